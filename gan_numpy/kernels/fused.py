"""NumPy's BLAS for the matrix products, fused Numba passes for all that surrounds them.

The best choice where `native` has no wide vectors to work with, or a BLAS knows the
processor better. The threads of a BLAS and those of Numba are two pools, and a BLAS
thread that waits for more work spins for a while on the processor that a Numba thread
would need next. So the passes between the products run on one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numba
import numpy as np

from gan_numpy.kernels import (
    activations,
    leaky,
    masks,
    maxima,
    normalization,
    patches,
    reference,
    updates,
)
from gan_numpy.kernels import winners as passes
from gan_numpy.kernels.parzen import parzen_log_density
from gan_numpy.kernels.reference import affine, affine_input_grad, maxout_directional

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

_FLOATS = (np.float32, np.float64)


def _alone(function: Callable) -> Callable:
    """The function on one of Numba's threads."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        threads = numba.get_num_threads()
        numba.set_num_threads(1)
        try:
            return function(*args, **kwargs)
        finally:
            numba.set_num_threads(threads)

    return run


sigmoid = _alone(activations.sigmoid)
relu = _alone(activations.relu)
dropout = _alone(masks.dropout)
dropout_backward = _alone(masks.dropout_backward)
momentum_update = _alone(updates.momentum_update)
adam_update = _alone(updates.adam_update)
rmsprop_update = _alone(updates.rmsprop_update)
average_update = _alone(updates.average_update)
take_maximum = _alone(passes.take_maximum)
scatter = _alone(passes.scatter)
batch_sum = _alone(passes.batch_sum)
leaky_relu = _alone(leaky.leaky_relu)
leaky_relu_backward = _alone(leaky.leaky_relu_backward)
batchnorm = _alone(normalization.batchnorm)
batchnorm_input_grad = _alone(normalization.batchnorm_input_grad)
batchnorm_statistics = _alone(normalization.batchnorm_statistics)
batchnorm_sums = _alone(normalization.batchnorm_sums)
channel_sum = _alone(normalization.channel_sum)
piece_maximum = _alone(maxima.piece_maximum)
piece_gather = _alone(maxima.piece_gather)
piece_scatter = _alone(maxima.piece_scatter)
max_pool = _alone(maxima.max_pool)
max_pool_scatter = _alone(maxima.max_pool_scatter)
max_pool_gather = _alone(maxima.max_pool_gather)
im2col = _alone(patches.im2col)
col2im = _alone(patches.col2im)


def _product(
    A: np.ndarray,
    B: np.ndarray,
    bias: np.ndarray | None = None,
    out: np.ndarray | None = None,
    add: bool = False,
) -> np.ndarray:
    """`matmul.matmul` by the BLAS."""
    if add:
        out += A @ B
        return out
    C = np.matmul(A, B, out=out)
    if bias is not None:
        C += bias
    return C


convolution = _alone(partial(patches.convolution, product=_product))
convolution_transpose = _alone(partial(patches.convolution_transpose, product=_product))
convolution_weight_grad = _alone(
    partial(patches.convolution_weight_grad, product=_product)
)


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
