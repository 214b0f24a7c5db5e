r"""The likelihood of a decoder, by annealed importance sampling.

A generator with a Gaussian around each output is a density,

.. math:: p(x) = \int N(u; 0, I)\, N\big(x; G(u), \sigma^2 I\big)\, du,

of which a Parzen window of 10,000 samples sees next to nothing: hardly one of them is
near a given x. Annealing goes and looks for the u that make x.

Read `decoder` (the density, and its gradient by hand), `hmc` (how a chain moves),
`annealing` (from the prior to the posterior, and the weights on the way) and
`bidirectional` (how wrong is it?).

Source: Wu et al., arXiv:1611.04273.
"""
