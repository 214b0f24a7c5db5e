r"""Least squares GAN (Mao et al., "Least squares generative adversarial networks",
arXiv:1611.04076, eqs. 2, 8 and 9).

The discriminator regresses its output, which is no logit here, on a code for real and
one for generated examples:

.. math::
    L_D = \tfrac12 E_x (D(x) - b)^2 + \tfrac12 E_z (D(G(z)) - a)^2, \qquad
    L_G = \tfrac12 E_z (D(G(z)) - c)^2 .

For a fixed generator the best discriminator is the mean of the codes,

.. math:: D^*(x) = \frac{b\,p_{data}(x) + a\,p_g(x)}{p_{data}(x) + p_g(x)} .

The point of the square is what it does to generated examples that lie on the right side
of the decision boundary but far from it: the sigmoid's loss leaves them alone, with a
gradient of :math:`3 \cdot 10^{-4}` at an output of 8, while here it is 7 and pulls them
toward the boundary, where the data are.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.objectives.base import Objective, as_it_is, mean


def least_squares(name: str, a: float, b: float, c: float) -> Objective:
    r"""The pair of losses for one coding.

    .. math::
        \frac{\partial L_D}{\partial D_r} = \frac{D_r - b}B, \qquad
        \frac{\partial L_D}{\partial D_f} = \frac{D_f - a}B, \qquad
        \frac{\partial L_G}{\partial D_f} = \frac{D_f - c}B .

    Parameters
    ----------
    name : str
    a, b : float
        The discriminator's targets for generated and for real examples.
    c : float
        What the generator wants the discriminator to say. With :math:`b - c = 1` and
        :math:`b - a = 2` the generator minimizes Pearson's :math:`\chi^2` divergence
        (section 3.2.1 of the paper).
    """

    def discriminator_loss(
        real: np.ndarray, fake: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        loss = mean((real - b) ** 2) / 2 + mean((fake - a) ** 2) / 2
        return loss, (real - b) / real.size, (fake - a) / fake.size

    def generator_loss(fake: np.ndarray) -> tuple[float, np.ndarray]:
        return mean((fake - c) ** 2) / 2, (fake - c) / fake.size

    return Objective(name, discriminator_loss, generator_loss, as_it_is)


LEAST_SQUARES = least_squares("least_squares", a=0, b=1, c=1)  # eq. 9
PEARSON = least_squares("pearson", a=-1, b=1, c=0)  # eq. 8
