r"""Nearest-neighbor upsampling: every pixel becomes a square of equal ones.

.. math::
    y_{n,c,h,w} = x_{n,\; c,\; \lfloor h/f \rfloor,\; \lfloor w/f \rfloor}, \qquad
    dx_{n,c,h,w} = \sum_{i,j < f} dy_{n,\; c,\; h f + i,\; w f + j} .

A copy's adjoint is a sum. The second order copies again, :math:`u` this time. Followed
by a convolution it makes images larger without the checkerboards of a transposed
convolution whose kernel is no multiple of its stride (Odena, Dumoulin and Olah,
"Deconvolution and checkerboard artifacts", Distill, 2016).
"""

from __future__ import annotations

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_factor, check_float


class Upsample(Layer):
    """(N, C, H, W) to (N, C, factor * H, factor * W).

    Parameters
    ----------
    factor : int >= 1

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Upsample
    >>> layer = Upsample(2)
    >>> x = np.ones((2, 3, 7, 7), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (2, 3, 14, 14)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads
    ((2, 3, 7, 7), {})
    """

    def __init__(self, factor: int) -> None:
        super().__init__()
        check_factor(self, factor)
        self.factor = factor

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the larger batch; no cache.

        Raises
        ------
        ValueError
            If `x` is not (N, C, H, W).
        """
        check_float(self, x)
        if x.ndim != 4:
            raise ValueError(
                f"Upsample expects a batch of shape (N, C, H, W), got {x.shape}"
            )
        return self._copy(x), None

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return the sums of `dy` over the squares."""
        if not input_grad:
            return None, {}
        n, c, height, width = dy.shape
        f = self.factor
        squares = dy.reshape(n, c, height // f, f, width // f, f)
        return squares.sum(axis=(3, 5)), {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return `u`, upsampled, no gradients, no curvature."""
        return self._copy(u), {}, None

    def _copy(self, x: np.ndarray) -> np.ndarray:
        (n, c, height, width), f = x.shape, self.factor
        squares = np.broadcast_to(
            x[:, :, :, None, :, None], (n, c, height, f, width, f)
        )
        return squares.reshape(n, c, height * f, width * f)
