"""Batch normalization of images, in as few passes as can be.

A map of one example is a run of neighboring numbers: it is summed in the dtype of the
batch, and the runs of a channel are summed in float64. A thread takes whole channels
for the sums and whole examples for the rest: results do not depend on the number of
threads, bit for bit. Batches of features, whose runs have one number, are NumPy's.
"""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

import numpy as np
from numba import prange

from gan_numpy.kernels.native.arrays import FLOATS, operand
from gan_numpy.kernels.native.jit import kernel
from gan_numpy.kernels.reference import normalization as reference
from gan_numpy.kernels.reference.normalization import by_channel

#: A sum has to be reordered to run in vector registers.
REORDERED = {"reassoc", "nsz"}


@kernel(fastmath=REORDERED)
def _run_sum(x):
    total = x.dtype.type(0)
    for p in range(len(x)):
        total += x[p]
    return total


@kernel(fastmath=REORDERED)
def _run_squares(x, mean):
    total = x.dtype.type(0)
    for p in range(len(x)):
        centered = x[p] - mean
        total += centered * centered
    return total


@kernel(fastmath=REORDERED)
def _run_product(dy, x, mean):
    total = x.dtype.type(0)
    for p in range(len(x)):
        total += dy[p] * (x[p] - mean)
    return total


@kernel(parallel=True)
def _sums(x, out):
    for c in prange(x.shape[1]):
        total = 0.0
        for n in range(len(x)):
            total += _run_sum(x[n, c])
        out[c] = total


@kernel(parallel=True)
def _statistics(x, mean, variance):
    count = x.shape[0] * x.shape[2]
    for c in prange(x.shape[1]):
        total = 0.0
        for n in range(len(x)):
            total += _run_sum(x[n, c])
        mean[c] = total / count
        total = 0.0
        for n in range(len(x)):
            total += _run_squares(x[n, c], mean[c])
        variance[c] = total / count


@kernel(parallel=True)
def _two_sums(dy, x, mean, total, product):
    for c in prange(x.shape[1]):
        sum_dy, sum_product = 0.0, 0.0
        for n in range(len(x)):
            sum_dy += _run_sum(dy[n, c])
            sum_product += _run_product(dy[n, c], x[n, c], mean[c])
        total[c] = sum_dy
        product[c] = sum_product


@kernel(parallel=True)
def _normalize(x, mean, scale, shift, y):
    for n in prange(len(x)):
        for c in range(x.shape[1]):
            run, out, m, s, b = x[n, c], y[n, c], mean[c], scale[c], shift[c]
            for p in range(len(run)):
                out[p] = s * (run[p] - m) + b


@kernel(parallel=True)
def _input_grad(dy, x, mean, scale, slope, shift, dx):
    for n in prange(len(x)):
        for c in range(x.shape[1]):
            run, cotangent, out = x[n, c], dy[n, c], dx[n, c]
            m, s, t, b = mean[c], scale[c], slope[c], shift[c]
            for p in range(len(run)):
                out[p] = s * cotangent[p] - t * (run[p] - m) - b


def _supported(x: np.ndarray, *others: np.ndarray) -> bool:
    """Whether this is a batch of images, and everything of one dtype."""
    same = x.dtype in FLOATS and all(a.dtype == x.dtype for a in others)
    return same and x.ndim > 2 and x.size > 0


def channel_sum(dy: np.ndarray) -> np.ndarray:
    """See `reference.channel_sum`."""
    if not _supported(dy):
        return reference.channel_sum(dy)
    total = np.empty(dy.shape[1], dy.dtype)
    _sums(operand(by_channel(dy)), total)
    return total


def batchnorm_statistics(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """See `reference.batchnorm_statistics`."""
    if not _supported(x):
        return reference.batchnorm_statistics(x)
    mean, variance = (np.empty(x.shape[1], x.dtype) for _ in range(2))
    _statistics(operand(by_channel(x)), mean, variance)
    return mean, variance


def batchnorm(
    x: np.ndarray, mean: np.ndarray, scale: np.ndarray, shift: np.ndarray
) -> np.ndarray:
    """See `reference.batchnorm`."""
    numbers = (mean, scale, shift)
    if not _supported(x, *numbers):
        return reference.batchnorm(x, *numbers)
    _check(x.shape, *numbers)
    y = np.empty(x.shape, x.dtype)
    _normalize(operand(by_channel(x)), *map(operand, numbers), by_channel(y))
    return y


def batchnorm_sums(
    dy: np.ndarray, x: np.ndarray, mean: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """See `reference.batchnorm_sums`."""
    if not _supported(x, dy, mean):
        return reference.batchnorm_sums(dy, x, mean)
    _check(x.shape, mean, like=dy)
    total, product = np.empty_like(mean), np.empty_like(mean)
    batches = operand(by_channel(dy)), operand(by_channel(x))
    _two_sums(*batches, operand(mean), total, product)
    return total, product


def batchnorm_input_grad(
    dy: np.ndarray,
    x: np.ndarray,
    mean: np.ndarray,
    scale: np.ndarray,
    slope: np.ndarray,
    shift: np.ndarray,
) -> np.ndarray:
    """See `reference.batchnorm_input_grad`."""
    numbers = (mean, scale, slope, shift)
    if not _supported(x, dy, *numbers):
        return reference.batchnorm_input_grad(dy, x, *numbers)
    _check(x.shape, *numbers, like=dy)
    dx = np.empty(x.shape, x.dtype)
    batches = operand(by_channel(dy)), operand(by_channel(x))
    _input_grad(*batches, *map(operand, numbers), by_channel(dx))
    return dx


def _check(
    shape: tuple[int, ...], *numbers: np.ndarray, like: np.ndarray | None = None
) -> None:
    """Refuse arrays in which the loops would leave their memory."""
    if any(a.shape != shape[1:2] for a in numbers):
        raise ValueError(f"one number for each of {shape[1]} channels is needed")
    if like is not None and like.shape != shape:
        raise ValueError(f"a cotangent of shape {like.shape} for a batch of {shape}")
