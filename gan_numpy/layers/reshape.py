r"""Reshape: the same numbers, another shape per example.

.. math:: y_{n,i} = x_{n,i}, \qquad dx_{n,i} = dy_{n,i},

with i counting the values of an example. The Jacobian is the identity: the backward
pass reshapes back, and the second order forth again.
"""

from __future__ import annotations

import math

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float


class Reshape(Layer):
    r"""(N, ...) to (N, *shape).

    Parameters
    ----------
    *shape : int
        Shape of one example. ``Reshape(64, 7, 7)`` makes images of dense features,
        ``Reshape(-1)`` flattens them.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Reshape
    >>> layer = Reshape(4, 7, 7)
    >>> x = np.ones((2, 196), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (2, 4, 7, 7)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads
    ((2, 196), {})
    """

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the reshaped batch and its former shape."""
        check_float(self, x)
        values = math.prod(x.shape[1:])
        known = math.prod(n for n in self.shape if n != -1)
        fits = values % known == 0 if -1 in self.shape else values == known
        if not fits:
            raise ValueError(
                f"Reshape cannot turn {values} values per example, from a batch of "
                f"shape {x.shape}, into {self.shape}"
            )
        shape = tuple(values // known if n == -1 else n for n in self.shape)
        return x.reshape(len(x), *shape), x.shape

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return `dy` in the shape of the input."""
        shape = cache
        return dy.reshape(shape) if input_grad else None, {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return `u` in the shape of the output; no gradients, no curvature."""
        return u.reshape(dy.shape), {}, None
