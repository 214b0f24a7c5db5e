r"""Logistic sigmoid.

.. math:: y = \sigma(x) = \frac{1}{1 + e^{-x}}, \qquad dx = dy \odot y (1 - y).

Second order, with :math:`y' = y (1 - y)` and :math:`y'' = y' (1 - 2y)`:

.. math::
    \frac{\partial S}{\partial(dy)} = u \odot y', \qquad
    \frac{\partial S}{\partial x} = u \odot dy \odot y'' .

The last layer of the paper's generator, whose outputs are pixel intensities in [0, 1].
The sigmoid of the *discriminator* is part of the loss instead (`gan_numpy.objectives`
takes logits), where it cannot overflow.
"""

from __future__ import annotations

import numpy as np

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float


class Sigmoid(Layer):
    r""":math:`y = \sigma(x)`, elementwise; any shape.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Sigmoid
    >>> layer = Sigmoid()
    >>> y, cache = layer.forward(np.array([[0.0, 0.0]]))
    >>> y, y.shape
    (array([[0.5, 0.5]]), (1, 2))
    >>> dx, _ = layer.backward(np.ones_like(y), cache)
    >>> dx
    array([[0.25, 0.25]])
    """

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

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return ``u * y'``, no gradients, and ``u * dy * y''``."""
        y = cache
        d_dy = u * (y * (1 - y))
        return d_dy, {}, d_dy * dy * (1 - 2 * y)
