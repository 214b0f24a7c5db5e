r"""Modulated convolution: a style scales what a convolution reads.

.. math::
    y_{no} = d_{no} \sum_c W_{oc} * (s_{nc}\, x_{nc}) + b_o, \qquad
    d_{no} = \Big(\sum_{c,k} (s_{nc} W_{ock})^2 + \epsilon\Big)^{-1/2} .

The scale :math:`s_{nc}` belongs to the image n. *Demodulation* by d undoes what s does
to the size of the result, on average over inputs of variance 1, and leaves which
channels were preferred. AdaIN divides by the size that the maps really have, and with
it by what tells one part of an image from another; here the size is a computed one.

Both factors stand outside of the sum, so that one convolution serves all images:
:math:`v = s \odot x`, :math:`t = W * v`, :math:`y = d \odot t + b`. Backward, from the
end, with :math:`Q_{oc} = \sum_k W_{ock}^2` and :math:`d = (s^2 Q^\top +
\epsilon)^{-1/2}`:

.. math::
    dt &= d \odot dy, \qquad
    e_{no} = \sum_p dy_{nop}\, t_{nop}, \qquad
    r_{no} = -\tfrac12\, d_{no}^3\, e_{no}, \\
    dx &= s \odot (W *^\top dt), \qquad
    ds_{nc} = \sum_p x_{ncp}\, (W *^\top dt)_{ncp}
        + 2\, s_{nc} \sum_o r_{no} Q_{oc}, \\
    dW_{ock} &= \textstyle\sum_{n,p} dt\, \mathrm{im2col}(v)
        + 2\, W_{ock} \sum_n r_{no}\, s_{nc}^2, \qquad
    db_o = \sum_{n,p} dy_{nop} .

Here :math:`e = dd` is the gradient of the factor d, and r that of what is under its
root. An image and its style come in one row, as for `AdaIN`: the maps (C H W numbers)
and the scales (C). There is no second order.

Source: Karras et al., "Analyzing and improving the image quality of StyleGAN",
arXiv:1912.04958, eq. 1 to 3.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_dtype, check_window
from gan_numpy.layers.initializers import Initializer


class Modulated(NamedTuple):
    """What a forward pass leaves: x and t as maps, s (N, C) and d (N, O)."""

    x: np.ndarray
    scale: np.ndarray
    t: np.ndarray
    demodulation: np.ndarray


class ModulatedConv2D(Layer):
    r"""Rows of maps and scales, (N, C * H * W + C), to (N, O, OH, OW).

    Parameters
    ----------
    in_channels, out_channels : int
        C and O.
    height, width : int
        Of the maps.
    kernel_size, padding : int
        Side of the square window, and the zeros on every side of the maps.
    init : Initializer
        Distribution of `W`, of shape (O, C, k, k).
    rng : numpy.random.Generator
        Generator of `W`.
    epsilon : float
        :math:`\epsilon`, added under the root.
    dtype : float32 or float64

    Raises
    ------
    ValueError
        If a size is not positive, or the maps are smaller than the window.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import ModulatedConv2D
    >>> from gan_numpy.layers.initializers import normal
    >>> options = {"init": normal(0.1), "rng": np.random.default_rng(0)}
    >>> layer = ModulatedConv2D(3, 8, 7, 5, 3, padding=1, **options)
    >>> x = np.ones((2, 3 * 7 * 5 + 3), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (2, 8, 7, 5)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads["W"].shape, grads["b"].shape
    ((2, 108), (8, 3, 3, 3), (8,))
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        height: int,
        width: int,
        kernel_size: int,
        *,
        padding: int = 0,
        init: Initializer,
        rng: np.random.Generator,
        epsilon: float = 1e-8,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        check_window(self, kernel_size, 1, padding)
        if min(height, width) + 2 * padding < kernel_size:
            raise ValueError(
                f"ModulatedConv2D: maps of {height} x {width} with a padding of "
                f"{padding} are smaller than the window, {kernel_size}"
            )
        self.shape, self.padding = (in_channels, height, width), padding
        self.epsilon = epsilon
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        b = np.zeros(out_channels, dtype=dtype)
        self.params = {"W": init(shape, rng, dtype), "b": b}

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return ``d * (W conv (s * x)) + b``.

        Raises
        ------
        ValueError
            If `x` is not (N, C * H * W + C).
        TypeError
            If the dtype of `x` is not that of the parameters.
        """
        W, b = self.params["W"], self.params["b"]
        maps, s = self._parts(x)
        size = np.square(s) @ _energy(W).T + W.dtype.type(self.epsilon)
        d = 1 / np.sqrt(size)
        v = maps * s[:, :, None, None]
        t = kernels.convolution(v, W, None, 1, self.padding)
        y = t * d[:, :, None, None] + b[:, None, None]
        return y, Modulated(maps, s, t, d)

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return the gradients of maps and scales as rows, and of ``W`` and ``b``."""
        x, s, t, d = cache
        W, p = self.params["W"], self.padding
        dt = dy * d[:, :, None, None]
        r = -(d**3) * (dy * t).sum(axis=(2, 3)) / d.dtype.type(2)
        grads: Grads = {}
        if param_grads:
            v = x * s[:, :, None, None]
            direct = kernels.convolution_weight_grad(dt, v, W.shape[2:], 1, p)
            by_size = r.T @ np.square(s)
            grads["W"] = direct + 2 * W * by_size[:, :, None, None]
            grads["b"] = kernels.channel_sum(dy)
        if not input_grad:
            return None, grads
        dv = kernels.convolution_transpose(dt, W, None, x.shape[2:], 1, p)
        ds = (dv * x).sum(axis=(2, 3)) + 2 * s * (r @ _energy(W))
        dx = (dv * s[:, :, None, None]).reshape(len(x), int(np.prod(self.shape)))
        return np.concatenate([dx, ds], axis=1), grads

    def _parts(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Maps (N, C, H, W) and scales (N, C) of rows."""
        c, height, width = self.shape
        numbers = c * height * width
        if x.ndim != 2 or x.shape[1] != numbers + c:
            raise ValueError(
                f"ModulatedConv2D expects a batch of shape (N, {numbers + c}): {c} "
                f"maps of {height} x {width} and {c} scales; got {x.shape}"
            )
        check_dtype(self, x, self.params["W"].dtype)
        maps = np.ascontiguousarray(x[:, :numbers]).reshape(-1, *self.shape)
        return maps, x[:, numbers:].copy()


def _energy(W: np.ndarray) -> np.ndarray:
    r""":math:`Q_{oc} = \sum_k W_{ock}^2`."""
    return np.square(W).sum(axis=(2, 3))
