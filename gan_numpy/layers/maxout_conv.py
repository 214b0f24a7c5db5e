r"""Convolution with maxout units (Goodfellow et al., arXiv:1302.4389, section 5).

A maxout layer whose pieces are convolutions: at every place of the image, each unit
takes the largest of its `k` maps,

.. math::
    z = \mathrm{conv}(x) + b, \qquad
    h_{n,i,p} = \max_{j \le k} z_{n,(i,j),p}, \qquad
    j^*_{n,i,p} = \arg\max_{j \le k} z_{n,(i,j),p} .

The gradient goes to the winning piece, and from there as in a convolution:

.. math::
    dz_{n,(i,j),p} = dh_{n,i,p}\, [\,j = j^*_{n,i,p}\,], \qquad
    dx = \mathrm{conv}^\top(dz), \qquad dW = dz^\top\, \mathrm{im2col}(x), \qquad
    db = \sum_{n,p} dz_{n,\cdot,p} .

Second order: with :math:`u` in the place of :math:`x`, and the same winners,

.. math::
    \frac{\partial S}{\partial(dh_{n,i,p})} = \mathrm{conv}(u)_{n,(i,j^*),p}, \qquad
    \frac{\partial S}{\partial W} = dz^\top\, \mathrm{im2col}(u), \qquad
    \frac{\partial S}{\partial b} = 0 .

Of equal pieces the first wins. Channel :math:`(i, j)` of z is ``i * pieces + j``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_images, check_window
from gan_numpy.layers.initializers import Initializer


class MaxoutConv2D(Layer):
    """Maxout over convolutions: (N, in_channels, H, W) to (N, units, OH, OW).

    Parameters
    ----------
    in_channels, units, pieces : int
        Channels in, units (the channels out), and pieces of each, at most 255.
    kernel_size, stride, padding : int
        As in `Conv2D`, in pixels.
    init : Initializer
        Distribution of `W`, of shape (units * pieces, in_channels, k, k).
    rng : numpy.random.Generator
        Generator of `W`.
    dtype : float32 or float64

    Raises
    ------
    ValueError
        If a size is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import MaxoutConv2D
    >>> from gan_numpy.layers.initializers import normal
    >>> rng = np.random.default_rng(0)
    >>> layer = MaxoutConv2D(3, 8, 2, 5, padding=2, init=normal(0.1), rng=rng)
    >>> x = np.zeros((2, 3, 14, 14), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (2, 8, 14, 14)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads["W"].shape, grads["b"].shape
    ((2, 3, 14, 14), (16, 3, 5, 5), (16,))
    """

    def __init__(
        self,
        in_channels: int,
        units: int,
        pieces: int,
        kernel_size: int,
        *,
        stride: int = 1,
        padding: int = 0,
        init: Initializer,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        check_window(self, kernel_size, stride, padding)
        if not 1 <= pieces <= 255:
            raise ValueError(
                f"MaxoutConv2D needs 1 to 255 pieces per unit, got {pieces}"
            )
        self.pieces, self.stride, self.padding = pieces, stride, padding
        shape = (units * pieces, in_channels, kernel_size, kernel_size)
        self.params = {
            "W": init(shape, rng, dtype),
            "b": np.zeros(units * pieces, dtype=dtype),
        }

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return `h`, (N, units, OH, OW), and the cache ``(x, winners)``.

        Raises
        ------
        ValueError
            If `x` is not (N, C, H, W), or smaller than the window.
        TypeError
            If the dtype of `x` is not that of the parameters.
        """
        W, b = self.params["W"], self.params["b"]
        check_images(self, x, W.shape[1], W.dtype, W.shape[2] - 2 * self.padding)
        z = kernels.convolution(x, W, b, self.stride, self.padding)
        h, winners = kernels.piece_maximum(z, self.pieces)
        return h, (x, winners)

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Send `dy` to the winning pieces, and on as a convolution does."""
        (x, winners), W = cache, self.params["W"]
        s, p = self.stride, self.padding
        dz = kernels.piece_scatter(dy, winners, self.pieces)
        grads: Grads = {}
        if param_grads:
            grads["W"] = kernels.convolution_weight_grad(dz, x, W.shape[2:], s, p)
            grads["b"] = kernels.channel_sum(dz)
        dx = None
        if input_grad:
            dx = kernels.convolution_transpose(dz, W, None, x.shape[2:], s, p)
        return dx, grads

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return ``conv(u)`` at the winners, the gradients (of `b`: 0) and None."""
        (_, winners), W = cache, self.params["W"]
        s, p = self.stride, self.padding
        dz = kernels.piece_scatter(dy, winners, self.pieces)
        dW = kernels.convolution_weight_grad(dz, u, W.shape[2:], s, p)
        z = kernels.convolution(u, W, None, s, p)
        no_bias = np.zeros_like(self.params["b"])
        return kernels.piece_gather(z, winners), {"W": dW, "b": no_bias}, None
