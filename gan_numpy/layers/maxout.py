r"""Maxout layer (Goodfellow et al., "Maxout Networks", arXiv:1302.4389, section 3).

Each unit takes the largest of `k` affine *pieces*, and so learns its own convex,
piecewise-linear activation:

.. math::
    z_{i,j} = x \cdot W_{:,(i,j)} + b_{(i,j)}, \qquad
    h_i = \max_{j \le k} z_{i,j}, \qquad
    j^*_i = \arg\max_{j \le k} z_{i,j}.

The derivative of a maximum is 1 for the winner and 0 for all others, so

.. math::
    dz_{i,j} = dh_i \, [\,j = j^*_i\,], \qquad
    dx = dz\, W^\top, \qquad dW = x^\top dz, \qquad db = \sum_n dz_n .

Second order: with :math:`u` in the place of :math:`x`, the same winners, which do not
move when :math:`x` changes a little:

.. math::
    \frac{\partial S}{\partial(dh_i)} = (u W)_{i,j^*_i}, \qquad
    \frac{\partial S}{\partial W} = u^\top dz, \qquad
    \frac{\partial S}{\partial b} = 0 .

Of equal pieces the first wins, in the forward and the backward pass alike.
Column :math:`(i, j)` of `W` is column ``i * pieces + j``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_input
from gan_numpy.layers.initializers import Initializer


class Maxout(Layer):
    """A layer of maxout units.

    Parameters
    ----------
    n_in, units, pieces : int
        Number of features in, of units (the features out), and of affine pieces each.
    init : Initializer
        Distribution of `W`, of shape (n_in, units * pieces).
    rng : numpy.random.Generator
        Generator of `W`.
    dtype : float32 or float64

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Maxout
    >>> from gan_numpy.layers.initializers import normal
    >>> rng = np.random.default_rng(0)
    >>> layer = Maxout(5, 3, 4, init=normal(0.1), rng=rng)
    >>> x = np.zeros((7, 5), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (7, 3)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads["W"].shape, grads["b"].shape
    ((7, 5), (5, 12), (12,))
    """

    def __init__(
        self,
        n_in: int,
        units: int,
        pieces: int,
        *,
        init: Initializer,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        if not 1 <= pieces <= 255:
            raise ValueError(f"Maxout needs 1 to 255 pieces per unit, got {pieces}")
        super().__init__()
        self.pieces = pieces
        self.params = {
            "W": init((n_in, units * pieces), rng, dtype),
            "b": np.zeros(units * pieces, dtype=dtype),
        }

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return `h`, (N, units), and the cache ``(x, winners)``."""
        W, b = self.params["W"], self.params["b"]
        check_input(self, x, W.shape[0], W.dtype)
        h, winners = kernels.maxout(x, W, b, self.pieces)
        return h, (x, winners)

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Send `dy`, (N, units), to the winning pieces."""
        x, winners = cache
        grads: Grads = {}
        if param_grads:
            grads["W"], grads["b"] = kernels.maxout_param_grads(
                dy, winners, x, self.pieces
            )
        dx = None
        if input_grad:
            dx = kernels.maxout_input_grad(dy, winners, self.params["W"])
        return dx, grads

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return ``u @ W`` at the winners, ``{"W": u.T @ dz, "b": 0}`` and None."""
        _, winners = cache
        W, b = self.params["W"], self.params["b"]
        dW, _ = kernels.maxout_param_grads(dy, winners, u, self.pieces)
        d_dy = kernels.maxout_directional(u, winners, W)
        return d_dy, {"W": dW, "b": np.zeros_like(b)}, None
