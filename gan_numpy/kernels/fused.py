"""NumPy's BLAS for the matrix products, fused Numba passes for all that surrounds them.

The best choice where `native` has no wide vectors to work with, or a BLAS knows the
processor better. Its threads and Numba's are two pools: BLAS threads that wait for more
work spin for a while, and compete with the Numba loop that follows them.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.kernels import reference
from gan_numpy.kernels.masks import dropout, dropout_backward
from gan_numpy.kernels.reference import affine, affine_input_grad, maxout_directional
from gan_numpy.kernels.parzen import parzen_log_density
from gan_numpy.kernels.updates import (
    adam_update,
    average_update,
    momentum_update,
    rmsprop_update,
)
from gan_numpy.kernels.winners import batch_sum, scatter, take_maximum

__all__ = [
    "adam_update",
    "affine",
    "affine_input_grad",
    "affine_param_grads",
    "average_update",
    "dropout",
    "dropout_backward",
    "maxout",
    "maxout_directional",
    "maxout_input_grad",
    "maxout_param_grads",
    "momentum_update",
    "parzen_log_density",
    "rmsprop_update",
]

_FLOATS = (np.float32, np.float64)


def affine_param_grads(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`dW = x^\top dy` and :math:`db = \sum_n dy_n`."""
    if dy.dtype not in _FLOATS:
        return reference.affine_param_grads(dy, x)
    return x.T @ dy, batch_sum(dy)


def maxout(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`h_u = \max_j (xW + b)_{u,j}` and the winners; see `reference.maxout`."""
    z = affine(x, W, b)
    if z.dtype not in _FLOATS:
        return reference.maxout(x, W, b, pieces)
    return take_maximum(z, pieces)


def maxout_param_grads(
    dh: np.ndarray, winners: np.ndarray, x: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`dW = x^\top dz`, :math:`db = \sum_n dz_n`; dz is dh at the winners."""
    if dh.dtype not in _FLOATS:
        return reference.maxout_param_grads(dh, winners, x, pieces)
    return affine_param_grads(scatter(dh, winners, pieces), x)


def maxout_input_grad(dh: np.ndarray, winners: np.ndarray, W: np.ndarray) -> np.ndarray:
    r""":math:`dx_n = \sum_u dh_{n,u} W_{:, (u, j^*_{n,u})}`."""
    if dh.dtype not in _FLOATS:
        return reference.maxout_input_grad(dh, winners, W)
    return scatter(dh, winners, W.shape[1] // dh.shape[1]) @ W.T
