"""Leaky ReLU, in one pass each way; the mask of signs is a quarter of the slopes."""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

import numpy as np
from numba import prange

from gan_numpy.kernels import reference
from gan_numpy.kernels.jit import kernel, operand

#: Elements that one thread handles at a time, and how few it handles alone.
PIECE = 1 << 14
SERIAL_BELOW = 1 << 16

_FLOATS = (np.float32, np.float64)


@kernel()
def _forward_piece(x, alpha, y, positive, start, stop):
    x, y, positive = x[start:stop], y[start:stop], positive[start:stop]
    for i in range(len(x)):
        positive[i] = x[i] > 0
        y[i] = x[i] if x[i] > 0 else alpha * x[i]


@kernel(parallel=True)
def _forward(x, alpha, y, positive):
    n = len(x)
    for p in prange(-(-n // PIECE)):
        _forward_piece(x, alpha, y, positive, p * PIECE, min(n, (p + 1) * PIECE))


@kernel()
def _backward_piece(dy, alpha, positive, dx, start, stop):
    dy, positive, dx = dy[start:stop], positive[start:stop], dx[start:stop]
    for i in range(len(dy)):
        dx[i] = dy[i] if positive[i] else alpha * dy[i]


@kernel(parallel=True)
def _backward(dy, alpha, positive, dx):
    n = len(dy)
    for p in prange(-(-n // PIECE)):
        _backward_piece(dy, alpha, positive, dx, p * PIECE, min(n, (p + 1) * PIECE))


def leaky_relu(x: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """See `reference.leaky_relu`; the same bits."""
    if x.dtype not in _FLOATS:
        return reference.leaky_relu(x, alpha)
    x = operand(x)
    y, positive = np.empty(x.shape, x.dtype), np.empty(x.shape, np.bool_)
    arguments = (x.reshape(-1), x.dtype.type(alpha), y.reshape(-1))
    if x.size <= SERIAL_BELOW:
        _forward_piece(*arguments, positive.reshape(-1), 0, x.size)
    else:
        _forward(*arguments, positive.reshape(-1))
    return y, positive


def leaky_relu_backward(
    dy: np.ndarray, positive: np.ndarray, alpha: float
) -> np.ndarray:
    """See `reference.leaky_relu_backward`; the same bits."""
    if dy.dtype not in _FLOATS or dy.shape != positive.shape:
        return reference.leaky_relu_backward(dy, positive, alpha)
    dx = np.empty(dy.shape, dy.dtype)
    signs = operand(positive).reshape(-1)
    arguments = (operand(dy).reshape(-1), dy.dtype.type(alpha), signs, dx.reshape(-1))
    if dy.size <= SERIAL_BELOW:
        _backward_piece(*arguments, 0, dy.size)
    else:
        _backward(*arguments)
    return dx
