"""The affine map and its gradients: products of `matmul`, and sums over the batch."""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

import numpy as np
from numba import prange

from gan_numpy.kernels.native.arrays import operand, same_float
from gan_numpy.kernels.native.jit import kernel
from gan_numpy.kernels.native.matmul import matmul
from gan_numpy.kernels.reference import affine as reference

#: Values that one thread handles at a time, and how few it handles alone.
PIECE = 1 << 14
SERIAL_BELOW = 1 << 16


@kernel()
def _sum_columns(dy, db, start, stop):
    db = db[start:stop]
    for n in range(dy.shape[0]):
        row = dy[n, start:stop]
        for c in range(len(db)):
            db[c] += row[c]


@kernel(parallel=True)
def _sums(dy, db, columns):
    n = len(db)
    for p in prange(-(-n // columns)):
        _sum_columns(dy, db, p * columns, min(n, (p + 1) * columns))


def batch_sum(dy: np.ndarray) -> np.ndarray:
    """Sum over the first axis, in the order of the batch for any number of threads."""
    dy = operand(dy)
    db = np.zeros(dy.shape[1], dy.dtype)
    if dy.size <= SERIAL_BELOW:
        _sum_columns(dy, db, 0, len(db))
    else:
        _sums(dy, db, 128)
    return db


def affine(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    r""":math:`y = xW + b`: the tiles of the product start from the bias."""
    if not same_float(x, W, b):
        return reference.affine(x, W, b)
    return matmul(x, W, b)


def affine_param_grads(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`dW = x^\top dy` and :math:`db = \sum_n dy_n`."""
    if not same_float(dy, x):
        return reference.affine_param_grads(dy, x)
    return matmul(x.T, dy), batch_sum(dy)


def affine_input_grad(dy: np.ndarray, W: np.ndarray) -> np.ndarray:
    r""":math:`dx = dy\, W^\top`."""
    if not same_float(dy, W):
        return reference.affine_input_grad(dy, W)
    return matmul(dy, W.T)
