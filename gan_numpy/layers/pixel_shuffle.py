r"""Pixel shuffle: the channels of a pixel become a square of pixels.

.. math::
    y_{n,\, c,\, hf + i,\, wf + j} = x_{n,\; c f^2 + i f + j,\; h,\; w}, \qquad
    dx_{n,\; c f^2 + i f + j,\; h,\; w} = dy_{n,\, c,\, hf + i,\, wf + j} .

Every number moves to another place and none is changed: the layer is a permutation,
whose adjoint is its inverse. Behind a convolution with :math:`f^2` times the channels
it makes images larger at the price of a small product: each of the :math:`f^2` phases
of the larger image has kernels of its own. The second order moves :math:`u` as the
forward moves :math:`x`.

Source: Shi et al., "Real-time single image and video super-resolution using an
efficient sub-pixel convolutional neural network", arXiv:1609.05158, eq. 4.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_factor, check_float


class PixelShuffle(Layer):
    """(N, C * factor**2, H, W) to (N, C, factor * H, factor * W).

    Parameters
    ----------
    factor : int >= 1

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import PixelShuffle
    >>> layer = PixelShuffle(2)
    >>> x = np.arange(8.0).reshape(1, 8, 1, 1)
    >>> y, cache = layer.forward(x)
    >>> y.shape, y[0, 1].tolist()
    ((1, 2, 2, 2), [[4.0, 5.0], [6.0, 7.0]])
    >>> dx, grads = layer.backward(y, cache)
    >>> bool(np.all(dx == x)), grads
    (True, {})
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
            If `x` is not (N, C, H, W), or C is no multiple of ``factor ** 2``.
        """
        check_float(self, x)
        if x.ndim != 4 or x.shape[1] % self.factor**2:
            raise ValueError(
                f"PixelShuffle({self.factor}) expects a batch of shape (N, C, H, W) "
                f"with a multiple of {self.factor**2} channels, got {x.shape}"
            )
        return self._shuffled(x), None

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return `dy` with every number back where it came from."""
        if not input_grad:
            return None, {}
        (n, c, height, width), f = dy.shape, self.factor
        squares = dy.reshape(n, c, height // f, f, width // f, f)
        phases = squares.transpose(0, 1, 3, 5, 2, 4)
        return phases.reshape(n, c * f**2, height // f, width // f), {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return `u`, shuffled, no gradients, no curvature."""
        return self._shuffled(u), {}, None

    def _shuffled(self, x: np.ndarray) -> np.ndarray:
        (n, channels, height, width), f = x.shape, self.factor
        phases = x.reshape(n, channels // f**2, f, f, height, width)
        squares = phases.transpose(0, 1, 4, 2, 5, 3)
        return squares.reshape(n, channels // f**2, height * f, width * f)
