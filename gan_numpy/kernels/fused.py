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

from gan_numpy.kernels.native import activations, maxima, normalization, updates
from gan_numpy.kernels.native import affine as native_affine
from gan_numpy.kernels.native import convolution as native_convolution
from gan_numpy.kernels.native import dropout as native_dropout
from gan_numpy.kernels.native import maxout as native_maxout
from gan_numpy.kernels.native import parzen
from gan_numpy.kernels.native.arrays import FLOATS
from gan_numpy.kernels.reference import affine as reference_affine
from gan_numpy.kernels.reference import maxout as reference_maxout


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


# -- inherited as they are: hardly more than a product ------------------------------

affine = reference_affine.affine
affine_input_grad = reference_affine.affine_input_grad
maxout_directional = reference_maxout.maxout_directional
parzen_log_density = parzen.parzen_log_density  # what it fuses has no BLAS to call

# -- native's passes, on one thread --------------------------------------------------

sigmoid = _alone(activations.sigmoid)
relu = _alone(activations.relu)
leaky_relu = _alone(activations.leaky_relu)
leaky_relu_backward = _alone(activations.leaky_relu_backward)
dropout = _alone(native_dropout.dropout)
dropout_backward = _alone(native_dropout.dropout_backward)
piece_maximum = _alone(maxima.piece_maximum)
piece_gather = _alone(maxima.piece_gather)
piece_scatter = _alone(maxima.piece_scatter)
max_pool = _alone(maxima.max_pool)
max_pool_gather = _alone(maxima.max_pool_gather)
max_pool_scatter = _alone(maxima.max_pool_scatter)
channel_sum = _alone(normalization.channel_sum)
batchnorm = _alone(normalization.batchnorm)
batchnorm_statistics = _alone(normalization.batchnorm_statistics)
batchnorm_sums = _alone(normalization.batchnorm_sums)
batchnorm_input_grad = _alone(normalization.batchnorm_input_grad)
momentum_update = _alone(updates.momentum_update)
adam_update = _alone(updates.adam_update)
rmsprop_update = _alone(updates.rmsprop_update)
average_update = _alone(updates.average_update)
im2col = _alone(native_convolution.im2col)
col2im = _alone(native_convolution.col2im)

# -- a product of the BLAS, and passes around it -------------------------------------

_batch_sum = _alone(native_affine.batch_sum)
_take_maximum = _alone(native_maxout.take_maximum)
_scatter = _alone(native_maxout.scatter)


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


convolution = _alone(partial(native_convolution.convolution, product=_product))
convolution_transpose = _alone(
    partial(native_convolution.convolution_transpose, product=_product)
)
convolution_weight_grad = _alone(
    partial(native_convolution.convolution_weight_grad, product=_product)
)


def affine_param_grads(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`dW = x^\top dy` and :math:`db = \sum_n dy_n`."""
    if dy.dtype not in FLOATS:
        return reference_affine.affine_param_grads(dy, x)
    return x.T @ dy, _batch_sum(dy)


def maxout(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`h_u = \max_j (xW + b)_{u,j}` and the winners."""
    z = affine(x, W, b)
    if z.dtype not in FLOATS:
        return reference_maxout.maxout(x, W, b, pieces)
    return _take_maximum(z, pieces)


def maxout_param_grads(
    dh: np.ndarray, winners: np.ndarray, x: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`dW = x^\top dz`, :math:`db = \sum_n dz_n`; dz is dh at the winners."""
    if dh.dtype not in FLOATS:
        return reference_maxout.maxout_param_grads(dh, winners, x, pieces)
    return affine_param_grads(_scatter(dh, winners, pieces), x)


def maxout_input_grad(dh: np.ndarray, winners: np.ndarray, W: np.ndarray) -> np.ndarray:
    r""":math:`dx_n = \sum_u dh_{n,u} W_{:, (u, j^*_{n,u})}`."""
    if dh.dtype not in FLOATS:
        return reference_maxout.maxout_input_grad(dh, winners, W)
    return _scatter(dh, winners, W.shape[1] // dh.shape[1]) @ W.T
