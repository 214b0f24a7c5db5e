r"""Hyperbolic tangent.

.. math:: y = \tanh x, \qquad dx = dy \odot (1 - y^2).

Second order, with :math:`y' = 1 - y^2` and :math:`y'' = -2 y y'`:

.. math::
    \frac{\partial S}{\partial(dy)} = u \odot y', \qquad
    \frac{\partial S}{\partial x} = u \odot dy \odot y'' .

The cache is the output: the derivative needs nothing else.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float


class Tanh(Layer):
    r""":math:`y = \tanh x`, elementwise; any shape.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Tanh
    >>> layer = Tanh()
    >>> y, cache = layer.forward(np.array([[0.0, 0.0]]))
    >>> y, y.shape
    (array([[0., 0.]]), (1, 2))
    >>> dx, _ = layer.backward(np.ones_like(y), cache)
    >>> dx
    array([[1., 1.]])
    """

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

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return ``u * y'``, no gradients, and ``u * dy * y''``."""
        y = cache
        slope = 1 - y * y
        d_dy = u * slope
        return d_dy, {}, d_dy * dy * (-2 * y)
