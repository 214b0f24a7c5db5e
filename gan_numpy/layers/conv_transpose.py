r"""Transposed convolution (Zeiler et al., CVPR 2010; DCGAN, arXiv:1511.06434).

The adjoint of a convolution (`conv`), which makes small maps into large images: each
entry of :math:`x` stamps its multiple of the kernel into the image, in steps of the
stride, and where stamps overlap they add up,

.. math::
    y_{n,\; c,\; h s + i - p,\; w s + j - p} \mathrel{+}= \sum_o W_{o,c,i,j}\,
        x_{n,o,h,w}, \qquad
    \langle \mathrm{conv}(a), x \rangle = \langle a, \mathrm{conv}^\top(x) \rangle
    \ \text{for every image } a .

Forward and backward are the convolution's, exchanged: the forward pass is its input
gradient, the input gradient its forward pass, and in the weights' gradient :math:`x`
and :math:`dy` change places:

.. math::
    y &= \mathrm{conv}^\top(x) + b = \mathrm{col2im}(x\, W) + b, \\
    dx &= \mathrm{conv}(dy) = \mathrm{im2col}(dy)\, W^\top, \\
    dW &= x^\top\, \mathrm{im2col}(dy), \qquad
    db_c = \sum_{n,h,w} dy_{n,c,h,w} .

Second order: :math:`S = \langle u, \mathrm{conv}(dy) \rangle
= \langle \mathrm{conv}^\top(u), dy \rangle`, so

.. math::
    \frac{\partial S}{\partial(dy)} = \mathrm{conv}^\top(u), \qquad
    \frac{\partial S}{\partial W} = u^\top\, \mathrm{im2col}(dy), \qquad
    \frac{\partial S}{\partial b} = 0 .

Shapes: :math:`x` (N, O, h, w) with O = `in_channels`, :math:`W` (O, C, k, k) as in the
convolution, :math:`b` (C,), :math:`y` (N, C, H, W) with
:math:`H = (h - 1) s - 2p + k + q`. A convolution with stride :math:`s` takes :math:`s`
heights H to the same h; the output padding :math:`q < s` says which of them is meant.
The q last rows hold what reaches them, often the bias only.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_images, check_window
from gan_numpy.layers.initializers import Initializer


class ConvTranspose2D(Layer):
    """Adjoint of `Conv2D`: (N, in_channels, h, w) to (N, out_channels, H, W).

    Parameters
    ----------
    in_channels, out_channels : int
        O and C: those of the convolution, exchanged.
    kernel_size, stride, padding : int
        The convolution's. DCGAN doubles an image with 4, 2, 1.
    output_padding : int in [0, stride)
        Rows and columns that the output has more, at its end.
    init : Initializer
        Distribution of `W`, (in_channels, out_channels, k, k); it is drawn as (out, in,
        k, k), as an initializer that counts the inputs expects it.
    rng : numpy.random.Generator
        Generator of `W`.
    bias : float or (out_channels,) array
        Where `b` starts.
    dtype : float32 or float64

    Raises
    ------
    ValueError
        If a size is not positive, the padding is negative or the output padding is not
        in [0, stride).

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import ConvTranspose2D
    >>> from gan_numpy.layers.initializers import normal
    >>> rng = np.random.default_rng(0)
    >>> layer = ConvTranspose2D(8, 3, 4, stride=2, padding=1, init=normal(0.1), rng=rng)
    >>> x = np.zeros((2, 8, 7, 7), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (2, 3, 14, 14)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads["W"].shape, grads["b"].shape
    ((2, 8, 7, 7), (8, 3, 4, 4), (3,))
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        *,
        stride: int = 1,
        padding: int = 0,
        output_padding: int = 0,
        init: Initializer,
        rng: np.random.Generator,
        bias: float | np.ndarray = 0.0,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        check_window(self, kernel_size, stride, padding)
        if not 0 <= output_padding < stride:
            raise ValueError(
                f"ConvTranspose2D needs an output padding of 0 to {stride - 1}, less "
                f"than its stride, got {output_padding}"
            )
        self.stride, self.padding = stride, padding
        self.output_padding = output_padding
        b = np.empty(out_channels, dtype=dtype)
        b[:] = bias
        W = init((out_channels, in_channels, kernel_size, kernel_size), rng, dtype)
        self.params = {"W": np.ascontiguousarray(W.swapaxes(0, 1)), "b": b}

    def _output_size(self, x: np.ndarray) -> tuple[int, int]:
        """(H, W) for the maps x."""
        more = self.params["W"].shape[2] + self.output_padding - 2 * self.padding
        height, width = ((n - 1) * self.stride + more for n in x.shape[2:])
        if height < 1 or width < 1:
            raise ValueError(
                f"ConvTranspose2D: maps of shape {x.shape} would become images of "
                f"{height} x {width}; the padding, {self.padding}, is too large"
            )
        return height, width

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return ``convT(x) + b``, (N, C, H, W), and the cache ``x``.

        Raises
        ------
        ValueError
            If `x` is not (N, O, h, w), or nothing of the output would be left.
        TypeError
            If the dtype of `x` is not that of the parameters.
        """
        W, b = self.params["W"], self.params["b"]
        check_images(self, x, W.shape[0], W.dtype)
        size, s, p = self._output_size(x), self.stride, self.padding
        return kernels.convolution_transpose(x, W, b, size, s, p), x

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return ``conv(dy)`` and ``{"W": x.T @ im2col(dy), "b": dy.sum((0, 2, 3))}``.

        In the product, `x` is a matrix with one row per place.
        """
        x, W = cache, self.params["W"]
        s, p = self.stride, self.padding
        grads: Grads = {}
        if param_grads:
            grads["W"] = kernels.convolution_weight_grad(x, dy, W.shape[2:], s, p)
            grads["b"] = kernels.channel_sum(dy)
        dx = kernels.convolution(dy, W, None, s, p) if input_grad else None
        return dx, grads

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return ``convT(u)``, ``{"W": u.T @ im2col(dy), "b": 0}`` and None."""
        W, no_bias = self.params["W"], np.zeros_like(self.params["b"])
        s, p = self.stride, self.padding
        dW = kernels.convolution_weight_grad(u, dy, W.shape[2:], s, p)
        d_dy = kernels.convolution_transpose(u, W, None, dy.shape[2:], s, p)
        return d_dy, {"W": dW, "b": no_bias}, None
