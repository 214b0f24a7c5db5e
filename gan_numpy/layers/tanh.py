r"""Hyperbolic tangent.

.. math:: y = \tanh x, \qquad dx = dy \odot (1 - y^2).

The cache is the output: the derivative needs nothing else.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer, check_float


class Tanh(Layer):
    r""":math:`y = \tanh x`, elementwise; any shape."""

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return ``tanh(x)``, also the cache."""
        check_float(self, x)
        y = np.tanh(x)
        return y, y

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return ``dy * (1 - y**2)``."""
        y = cache
        return dy * (1 - y * y) if input_grad else None, {}
