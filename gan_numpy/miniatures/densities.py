r"""Unnormalized log-densities with their gradients, for noise-contrastive estimation.

A model is :math:`\log p_m(u; \theta) = \log p^0(u; \alpha) + c`: nobody divides
:math:`p^0` by its integral :math:`Z(\alpha)`; the number :math:`c`, which should become
:math:`-\log Z`, is a parameter like any other (Gutmann and Hyvärinen, JMLR 13:307,
2012).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

Params = dict[str, np.ndarray]


class LogDensity(Protocol):
    """Both directions of a model: values, and gradients for any cotangent."""

    def forward(self, params: Params, u: np.ndarray) -> tuple[np.ndarray, tuple]:
        """Log-densities (N,) of the rows of u (N, d), and a cache."""

    def backward(self, d_log: np.ndarray, cache: tuple) -> Params:
        """Gradients with the keys and shapes of the parameters."""


class Gaussian:
    r"""A Gaussian without its constant.

    .. math::
        r = u - \mu, \quad v = r L, \quad
        \log p_m = -\tfrac12 \lVert v \rVert^2 + c, \qquad
        d\mu = \sum_n g_n\, v_n L^\top, \quad
        dL = -\sum_n g_n\, r_n^\top v_n, \quad
        dc = \sum_n g_n,

    with L lower triangular: :math:`L L^\top` is the inverse of the covariance, and in
    one dimension :math:`L = 1/\sigma`. Shapes: :math:`\mu` (d,), L (d, d), c ().
    """

    def forward(self, params: Params, u: np.ndarray) -> tuple[np.ndarray, tuple]:
        """Log-densities (N,), and the cache."""
        L = np.tril(params["L"])
        r = u - params["mu"]
        v = r @ L
        return params["c"] - 0.5 * np.einsum("nd,nd->n", v, v), (r, v, L)

    def backward(self, d_log: np.ndarray, cache: tuple) -> Params:
        """``mu``, ``L`` (zero above the diagonal) and ``c``."""
        r, v, L = cache
        gv = d_log[:, None] * v
        return {
            "mu": gv.sum(axis=0) @ L.T,
            "L": -np.tril(r.T @ gv),
            "c": d_log.sum(),
        }

    def log_partition(self, params: Params) -> float:
        r""":math:`\log Z = \frac d2 \log 2\pi - \sum_i \log L_{ii}`, by heart."""
        diagonal = np.abs(np.diag(params["L"]))
        half = 0.5 * len(diagonal) * np.log(2 * np.pi)
        return float(half - np.log(diagonal).sum())


class LaplaceICA:
    r"""Independent components of Laplace's law, the paper's unnormalized ICA model.

    .. math::
        y = u B^\top, \qquad
        \log p_m = -\sqrt2 \sum_i |y_i| + c, \qquad
        dB = -\sqrt2 \sum_n g_n\, \mathrm{sign}(y_n)^\top u_n, \quad dc = \sum_n g_n .

    A row of B looks for one source, of variance 1. Shapes: B (d, d), c ().
    """

    def forward(self, params: Params, u: np.ndarray) -> tuple[np.ndarray, tuple]:
        """Log-densities (N,), and the cache."""
        y = u @ params["B"].T
        return params["c"] - np.sqrt(2) * np.abs(y).sum(axis=1), (u, y)

    def backward(self, d_log: np.ndarray, cache: tuple) -> Params:
        """``B`` and ``c``."""
        u, y = cache
        signs = d_log[:, None] * np.sign(y)
        return {"B": -np.sqrt(2) * signs.T @ u, "c": d_log.sum()}

    def log_partition(self, params: Params) -> float:
        r""":math:`\log Z = \frac d2 \log 2 - \log|\det B|`, by heart."""
        B = params["B"]
        return float(0.5 * len(B) * np.log(2) - np.linalg.slogdet(B)[1])


def gaussian_log_density(u: np.ndarray, std: float) -> np.ndarray:
    r"""The noise: :math:`\log N(u; 0, s^2 I)`, normalized; u (N, d)."""
    d = u.shape[1]
    square = np.einsum("nd,nd->n", u, u) / std**2
    return -0.5 * (square + d * np.log(2 * np.pi * std**2))
