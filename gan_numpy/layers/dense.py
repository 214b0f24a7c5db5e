r"""Dense (affine) layer.

.. math::
    y &= x W + b, \\
    dx &= dy\, W^\top, \qquad dW = x^\top dy, \qquad db = \sum_n dy_n .

Second order: :math:`S = \sum_n u_n W dy_n^\top` is linear in each of :math:`u`,
:math:`W` and :math:`dy`, and knows nothing of :math:`x` and :math:`b`:

.. math::
    \frac{\partial S}{\partial(dy)} = u W, \qquad
    \frac{\partial S}{\partial W} = u^\top dy, \qquad
    \frac{\partial S}{\partial b} = 0 .

Shapes: :math:`x` (N, n_in), :math:`W` (n_in, n_out), :math:`b` (n_out,).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_input
from gan_numpy.layers.initializers import Initializer


class Dense(Layer):
    r"""Affine map :math:`y = xW + b`.

    Parameters
    ----------
    n_in, n_out : int
        Number of features in and out.
    init : Initializer
        Distribution of `W`.
    rng : numpy.random.Generator
        Generator of `W`.
    bias : float or (n_out,) array
        Where `b` starts.
    dtype : float32 or float64

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Dense
    >>> from gan_numpy.layers.initializers import normal
    >>> rng = np.random.default_rng(0)
    >>> layer = Dense(5, 3, init=normal(0.1), rng=rng)
    >>> x = np.zeros((7, 5), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (7, 3)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads["W"].shape, grads["b"].shape
    ((7, 5), (5, 3), (3,))
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        init: Initializer,
        rng: np.random.Generator,
        bias: float | np.ndarray = 0.0,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        b = np.empty(n_out, dtype=dtype)
        b[:] = bias
        self.params = {"W": init((n_in, n_out), rng, dtype), "b": b}

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return ``x @ W + b``, (N, n_out), and the cache ``x``."""
        W, b = self.params["W"], self.params["b"]
        check_input(self, x, W.shape[0], W.dtype)
        return kernels.affine(x, W, b), x

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return ``dy @ W.T`` and ``{"W": x.T @ dy, "b": dy.sum(0)}``."""
        x = cache
        grads: Grads = {}
        if param_grads:
            grads["W"], grads["b"] = kernels.affine_param_grads(dy, x)
        dx = kernels.affine_input_grad(dy, self.params["W"]) if input_grad else None
        return dx, grads

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return ``u @ W``, ``{"W": u.T @ dy, "b": 0}`` and None."""
        W, no_bias = self.params["W"], np.zeros_like(self.params["b"])
        dW, _ = kernels.affine_param_grads(dy, u)
        return kernels.affine(u, W, no_bias), {"W": dW, "b": no_bias}, None
