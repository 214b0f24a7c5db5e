r"""Rectified linear unit.

.. math:: y = \max(x, 0), \qquad dx = dy \odot [x > 0].

Second order: :math:`\partial S/\partial(dy) = u \odot [x > 0]`; no curvature.

The slope at exactly 0 is taken as 0. NaN passes through.
"""

from __future__ import annotations

import numpy as np

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float


class ReLU(Layer):
    r""":math:`y = \max(x, 0)`, elementwise; any shape.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import ReLU
    >>> layer = ReLU()
    >>> y, cache = layer.forward(np.array([[-2.0, 0.0, 3.0]]))
    >>> y, y.shape
    (array([[0., 0., 3.]]), (1, 3))
    >>> dx, _ = layer.backward(np.ones_like(y), cache)
    >>> dx
    array([[0., 0., 1.]])
    """

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return ``max(x, 0)`` and the cache ``x > 0``."""
        check_float(self, x)
        return kernels.relu(x)

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return `dy` where the input was positive, 0 elsewhere."""
        positive = cache
        return dy * positive if input_grad else None, {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return `u` where the input was positive, no gradients, no curvature."""
        positive = cache
        return u * positive, {}, None
