"""Every operation in pure Numba: the products of `matmul`, and fused passes around it.

No BLAS takes part, so that there is one pool of threads, and a layer's whole work is
code that can be read here. On processors with AVX-512 it is also the fastest.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.kernels import reference
from gan_numpy.kernels.activations import relu, sigmoid
from gan_numpy.kernels.jit import kernel, operand
from gan_numpy.kernels.leaky import leaky_relu, leaky_relu_backward
from gan_numpy.kernels.masks import dropout, dropout_backward
from gan_numpy.kernels.matmul import matmul
from gan_numpy.kernels.maxima import (
    max_pool,
    max_pool_gather,
    max_pool_scatter,
    piece_gather,
    piece_maximum,
    piece_scatter,
)
from gan_numpy.kernels.normalization import (
    batchnorm,
    batchnorm_input_grad,
    batchnorm_statistics,
    batchnorm_sums,
    channel_sum,
)
from gan_numpy.kernels.parzen import parzen_log_density
from gan_numpy.kernels.patches import (
    col2im,
    convolution,
    convolution_transpose,
    convolution_weight_grad,
    im2col,
)
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
    "batchnorm",
    "batchnorm_input_grad",
    "batchnorm_statistics",
    "batchnorm_sums",
    "channel_sum",
    "col2im",
    "convolution",
    "convolution_transpose",
    "convolution_weight_grad",
    "dropout",
    "dropout_backward",
    "im2col",
    "leaky_relu",
    "leaky_relu_backward",
    "max_pool",
    "max_pool_gather",
    "max_pool_scatter",
    "maxout",
    "maxout_directional",
    "maxout_input_grad",
    "maxout_param_grads",
    "momentum_update",
    "parzen_log_density",
    "piece_gather",
    "piece_maximum",
    "piece_scatter",
    "relu",
    "rmsprop_update",
    "sigmoid",
]


def _supported(*arrays: np.ndarray) -> bool:
    """Whether all arrays are float32 or all are float64."""
    first = arrays[0].dtype
    return first in (np.float32, np.float64) and all(a.dtype == first for a in arrays)


def affine(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    r""":math:`y = xW + b`: the tiles of the product start from the bias."""
    if not _supported(x, W, b):
        return reference.affine(x, W, b)
    return matmul(x, W, b)


def affine_param_grads(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`dW = x^\top dy` and :math:`db = \sum_n dy_n`."""
    if not _supported(dy, x):
        return reference.affine_param_grads(dy, x)
    return matmul(x.T, dy), batch_sum(dy)


def affine_input_grad(dy: np.ndarray, W: np.ndarray) -> np.ndarray:
    r""":math:`dx = dy\, W^\top`."""
    if not _supported(dy, W):
        return reference.affine_input_grad(dy, W)
    return matmul(dy, W.T)


def maxout(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`h_u = \max_j (xW + b)_{u,j}` and the winners; see `reference.maxout`."""
    if not _supported(x, W, b):
        return reference.maxout(x, W, b, pieces)
    return take_maximum(matmul(x, W, b), pieces)


def maxout_param_grads(
    dh: np.ndarray, winners: np.ndarray, x: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`dW = x^\top dz`, :math:`db = \sum_n dz_n`; dz is dh at the winners."""
    if not _supported(dh, x):
        return reference.maxout_param_grads(dh, winners, x, pieces)
    return affine_param_grads(scatter(dh, winners, pieces), x)


def maxout_input_grad(dh: np.ndarray, winners: np.ndarray, W: np.ndarray) -> np.ndarray:
    r""":math:`dx_n = \sum_u dh_{n,u} W_{:, (u, j^*_{n,u})}`."""
    if not _supported(dh, W):
        return reference.maxout_input_grad(dh, winners, W)
    return matmul(scatter(dh, winners, W.shape[1] // dh.shape[1]), W.T)


@kernel()
def _gather(z: np.ndarray, winners: np.ndarray, pieces: int, h: np.ndarray) -> None:
    """Copy the winning piece of each unit; too little work to share among threads."""
    for n in range(len(h)):
        row, winner, value = z[n].reshape(h.shape[1], pieces), winners[n], h[n]
        for i in range(h.shape[1]):
            value[i] = row[i, winner[i]]


def maxout_directional(u: np.ndarray, winners: np.ndarray, W: np.ndarray) -> np.ndarray:
    r"""Derivative of h in the direction u; see `reference.maxout_directional`."""
    if not _supported(u, W):
        return reference.maxout_directional(u, winners, W)
    pieces = W.shape[1] // winners.shape[1]
    if len(winners) != len(u) or W.shape[1] % winners.shape[1]:
        raise ValueError(f"winners of {winners.shape} for u {u.shape}, W {W.shape}")
    if winners.max(initial=0) >= pieces:
        raise IndexError(f"winner {winners.max()} of {pieces} pieces")
    h = np.empty(winners.shape, u.dtype)
    _gather(matmul(u, W), operand(winners), pieces, h)
    return h
