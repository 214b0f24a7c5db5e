r"""Sigmoid, ReLU and leaky ReLU in one pass each.

NumPy takes five passes over a float32 sigmoid and calls ``exp`` number by number; here
the exponential is the vectorized one of `exponential`, which stops at
:math:`2^{-126}`, the smallest normal float32. In float64, which is for checking
gradients, the sigmoid is the reference's. The mask of signs that leaky ReLU keeps is a
quarter of the slopes.
"""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

from math import log

import numpy as np
from numba import prange

from gan_numpy.kernels.native.exponential import exp2
from gan_numpy.kernels.native.arrays import FLOATS, operand
from gan_numpy.kernels.native.jit import kernel
from gan_numpy.kernels.reference import activations as reference

#: Elements that one thread handles at a time, and how few it handles alone.
PIECE = 1 << 14
SERIAL_BELOW = 1 << 16

LOG2_E = np.float32(1 / log(2))


@kernel()
def _sigmoid_piece(x, y, start, stop):
    x, y = x[start:stop], y[start:stop]
    one = np.float32(1)
    for i in range(len(x)):
        e = exp2(-abs(x[i]) * LOG2_E)  # exp(-|x|): no overflow at either end
        value = (one if x[i] >= 0 else e) / (one + e)
        y[i] = value if x[i] == x[i] else x[i]  # the exponential loses NaN


@kernel(parallel=True)
def _sigmoid(x, y):
    n = len(x)
    for p in prange(-(-n // PIECE)):
        _sigmoid_piece(x, y, p * PIECE, min(n, (p + 1) * PIECE))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """See `reference.sigmoid`; float32 within a few units in the last place."""
    if x.dtype != np.float32:
        return reference.sigmoid(x)
    x = operand(x)
    y = np.empty(x.shape, x.dtype)
    if x.size <= SERIAL_BELOW:
        _sigmoid_piece(x.reshape(-1), y.reshape(-1), 0, x.size)
    else:
        _sigmoid(x.reshape(-1), y.reshape(-1))
    return y


@kernel()
def _relu_piece(x, y, positive, start, stop):
    x, y, positive = x[start:stop], y[start:stop], positive[start:stop]
    zero = x.dtype.type(0)
    for i in range(len(x)):
        positive[i] = x[i] > zero
        y[i] = zero if x[i] <= zero else x[i]  # NaN is neither, and stays


@kernel(parallel=True)
def _relu(x, y, positive):
    n = len(x)
    for p in prange(-(-n // PIECE)):
        _relu_piece(x, y, positive, p * PIECE, min(n, (p + 1) * PIECE))


def relu(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """See `reference.relu`; the same bits."""
    if x.dtype not in FLOATS:
        return reference.relu(x)
    x = operand(x)
    y, positive = np.empty(x.shape, x.dtype), np.empty(x.shape, np.bool_)
    arguments = (x.reshape(-1), y.reshape(-1), positive.reshape(-1))
    if x.size <= SERIAL_BELOW:
        _relu_piece(*arguments, 0, x.size)
    else:
        _relu(*arguments)
    return y, positive


@kernel()
def _leaky_piece(x, alpha, y, positive, start, stop):
    x, y, positive = x[start:stop], y[start:stop], positive[start:stop]
    for i in range(len(x)):
        positive[i] = x[i] > 0
        y[i] = x[i] if x[i] > 0 else alpha * x[i]


@kernel(parallel=True)
def _leaky(x, alpha, y, positive):
    n = len(x)
    for p in prange(-(-n // PIECE)):
        _leaky_piece(x, alpha, y, positive, p * PIECE, min(n, (p + 1) * PIECE))


@kernel()
def _leaky_backward_piece(dy, alpha, positive, dx, start, stop):
    dy, positive, dx = dy[start:stop], positive[start:stop], dx[start:stop]
    for i in range(len(dy)):
        dx[i] = dy[i] if positive[i] else alpha * dy[i]


@kernel(parallel=True)
def _leaky_backward(dy, alpha, positive, dx):
    n = len(dy)
    for p in prange(-(-n // PIECE)):
        _leaky_backward_piece(
            dy, alpha, positive, dx, p * PIECE, min(n, (p + 1) * PIECE)
        )


def leaky_relu(x: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """See `reference.leaky_relu`; the same bits."""
    if x.dtype not in FLOATS:
        return reference.leaky_relu(x, alpha)
    x = operand(x)
    y, positive = np.empty(x.shape, x.dtype), np.empty(x.shape, np.bool_)
    arguments = (x.reshape(-1), x.dtype.type(alpha), y.reshape(-1))
    if x.size <= SERIAL_BELOW:
        _leaky_piece(*arguments, positive.reshape(-1), 0, x.size)
    else:
        _leaky(*arguments, positive.reshape(-1))
    return y, positive


def leaky_relu_backward(
    dy: np.ndarray, positive: np.ndarray, alpha: float
) -> np.ndarray:
    """See `reference.leaky_relu_backward`; the same bits."""
    if dy.dtype not in FLOATS or dy.shape != positive.shape:
        return reference.leaky_relu_backward(dy, positive, alpha)
    dx = np.empty(dy.shape, dy.dtype)
    signs = operand(positive).reshape(-1)
    arguments = (operand(dy).reshape(-1), dy.dtype.type(alpha), signs, dx.reshape(-1))
    if dy.size <= SERIAL_BELOW:
        _leaky_backward_piece(*arguments, 0, dy.size)
    else:
        _leaky_backward(*arguments)
    return dx
