r"""Convolution of images (LeCun et al., Proceedings of the IEEE 86(11), 1998).

.. math::
    y_{n,o,h,w} = b_o + \sum_{c,i,j} W_{o,c,i,j}\,
        x_{n,\; c,\; h s + i - p,\; w s + j - p}

with stride :math:`s` and :math:`p` zeros of padding on every side. (Strictly this is a
correlation: the kernel is not turned around.) With `im2col`, which writes what the
window sees at each place into a row, and its adjoint `col2im`, which adds it back (see
`gan_numpy.kernels.reference.convolution`), and with W as a matrix
:math:`W_{o,(i,j,c)}`, it is one product, and so are its gradients:

.. math::
    y &= \mathrm{im2col}(x)\, W^\top + b =: \mathrm{conv}(x) + b, \\
    dx &= \mathrm{col2im}(dy\, W) =: \mathrm{conv}^\top(dy), \\
    dW &= dy^\top\, \mathrm{im2col}(x), \qquad
    db_o = \sum_{n,h,w} dy_{n,o,h,w} .

The sum over n, h and w in dW is inside the product: its rows are all places of all
images. `conv_transpose` has the same equations with forward and backward exchanged.

Second order: :math:`S = \langle u, \mathrm{conv}^\top(dy) \rangle
= \langle \mathrm{conv}(u), dy \rangle` is linear in each of :math:`u`, :math:`W` and
:math:`dy`, and knows nothing of :math:`x` and :math:`b`:

.. math::
    \frac{\partial S}{\partial(dy)} = \mathrm{conv}(u), \qquad
    \frac{\partial S}{\partial W} = dy^\top\, \mathrm{im2col}(u), \qquad
    \frac{\partial S}{\partial b} = 0 .

Shapes: :math:`x` (N, C, H, W), :math:`W` (O, C, k, k), :math:`b` (O,), :math:`y`
(N, O, OH, OW) with :math:`OH = \lfloor (H + 2p - k)/s \rfloor + 1`. Rows at the end
that no window reaches are ignored; their gradient is zero.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_images, check_window
from gan_numpy.layers.initializers import Initializer


class Conv2D(Layer):
    """Convolution of (N, in_channels, H, W) to (N, out_channels, OH, OW).

    Parameters
    ----------
    in_channels, out_channels : int
        C and O.
    kernel_size, stride, padding : int
        Side of the square window, its step, and the zeros on every side of the image,
        in pixels. DCGAN halves an image with 4, 2, 1.
    init : Initializer
        Distribution of `W`, of shape (out_channels, in_channels, k, k);
        ``normal(0.02)`` in DCGAN (arXiv:1511.06434, section 4).
    rng : numpy.random.Generator
        Generator of `W`.
    bias : float or (out_channels,) array
        Where `b` starts.
    dtype : float32 or float64

    Raises
    ------
    ValueError
        If a size is not positive, or the padding is negative.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Conv2D
    >>> from gan_numpy.layers.initializers import normal
    >>> rng = np.random.default_rng(0)
    >>> layer = Conv2D(3, 8, 4, stride=2, padding=1, init=normal(0.1), rng=rng)
    >>> x = np.zeros((2, 3, 14, 14), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (2, 8, 7, 7)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads["W"].shape, grads["b"].shape
    ((2, 3, 14, 14), (8, 3, 4, 4), (8,))
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        *,
        stride: int = 1,
        padding: int = 0,
        init: Initializer,
        rng: np.random.Generator,
        bias: float | np.ndarray = 0.0,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        check_window(self, kernel_size, stride, padding)
        self.stride, self.padding = stride, padding
        b = np.empty(out_channels, dtype=dtype)
        b[:] = bias
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.params = {"W": init(shape, rng, dtype), "b": b}

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return ``conv(x) + b``, (N, O, OH, OW), and the cache ``x``.

        Raises
        ------
        ValueError
            If `x` is not (N, C, H, W), or smaller than the window.
        TypeError
            If the dtype of `x` is not that of the parameters.
        """
        W, b = self.params["W"], self.params["b"]
        check_images(self, x, W.shape[1], W.dtype, W.shape[2] - 2 * self.padding)
        return kernels.convolution(x, W, b, self.stride, self.padding), x

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return ``convT(dy)`` and ``{"W": dy.T @ im2col(x), "b": dy.sum((0, 2, 3))}``.

        In the product, `dy` is a matrix with one row per place.
        """
        x, W = cache, self.params["W"]
        s, p = self.stride, self.padding
        grads: Grads = {}
        if param_grads:
            grads["W"] = kernels.convolution_weight_grad(dy, x, W.shape[2:], s, p)
            grads["b"] = kernels.channel_sum(dy)
        dx = None
        if input_grad:
            dx = kernels.convolution_transpose(dy, W, None, x.shape[2:], s, p)
        return dx, grads

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return ``conv(u)``, ``{"W": dy.T @ im2col(u), "b": 0}`` and None."""
        W, no_bias = self.params["W"], np.zeros_like(self.params["b"])
        s, p = self.stride, self.padding
        dW = kernels.convolution_weight_grad(dy, u, W.shape[2:], s, p)
        d_dy = kernels.convolution(u, W, None, s, p)
        return d_dy, {"W": dW, "b": no_bias}, None
