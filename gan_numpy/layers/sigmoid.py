r"""Logistic sigmoid.

.. math:: y = \sigma(x) = \frac{1}{1 + e^{-x}}, \qquad dx = dy \odot y (1 - y).

The last layer of the paper's generator, whose outputs are pixel intensities in [0, 1].
The sigmoid of the *discriminator* is part of the loss instead (`gan_numpy.objectives`
takes logits), where it cannot overflow.
"""

from __future__ import annotations

import numpy as np

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer, check_float


class Sigmoid(Layer):
    r""":math:`y = \sigma(x)`, elementwise; any shape."""

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the sigmoid of `x`, also the cache."""
        check_float(self, x)
        y = kernels.sigmoid(x)
        return y, y

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return ``dy * y * (1 - y)``."""
        y = cache
        return dy * (y * (1 - y)) if input_grad else None, {}
