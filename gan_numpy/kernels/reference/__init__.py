r"""The definition of every operation, in plain NumPy: one file for each kind of layer.

Each function here is what the fast implementations are tested against, and short
enough to be read as the equation it computes. `gan_numpy.kernels.native` has a file of
the same name beside each of these. Begin with `affine`, `maxout` and `activations`.

Arrays are C-contiguous unless said otherwise; the dtype (float32 or float64) of the
result is that of the inputs.
"""
