"""Dropout with its random mask made inside the kernel.

The mask is counter-based: bit i depends on the seed and on i only, so any thread can
make any part of it and the result is the reference's, bit for bit.

A piece is cut out of the arrays before its loop: an index that counts from 0 cannot be
negative, and without Python's rule for negative indices in the way LLVM vectorizes it.
"""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

import math

import numpy as np
from numba import prange

from gan_numpy.kernels.native.arrays import FLOATS, operand
from gan_numpy.kernels.native.jit import kernel
from gan_numpy.kernels.reference import dropout as reference

#: Elements that one thread handles at a time, and how few it handles alone.
PIECE = 1 << 14
SERIAL_BELOW = 1 << 16

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@kernel()
def _dropout_piece(x, scale, seed, threshold, y, mask, start, stop):
    """Entries start..stop; every integer is a uint64, or Numba would turn to floats."""
    state = seed + np.uint64(start) * _GOLDEN
    x, y, mask = x[start:stop], y[start:stop], mask[start:stop]
    for i in range(len(x)):
        state += _GOLDEN
        bits = (state ^ (state >> np.uint64(30))) * _MIX_1
        bits = (bits ^ (bits >> np.uint64(27))) * _MIX_2
        bits ^= bits >> np.uint64(31)
        kept = (bits >> np.uint64(11)) < threshold
        mask[i] = kept
        y[i] = x[i] * scale if kept else x.dtype.type(0)


@kernel(parallel=True)
def _dropout(x, scale, seed, threshold, y, mask):
    n = len(x)
    for p in prange(-(-n // PIECE)):
        end = min(n, (p + 1) * PIECE)
        _dropout_piece(x, scale, seed, threshold, y, mask, p * PIECE, end)


@kernel()
def _masked_piece(dy, scale, mask, dx, start, stop):
    dy, mask, dx = dy[start:stop], mask[start:stop], dx[start:stop]
    for i in range(len(dy)):
        dx[i] = dy[i] * scale if mask[i] else dy.dtype.type(0)


@kernel(parallel=True)
def _masked(dy, scale, mask, dx):
    n = len(dy)
    for p in prange(-(-n // PIECE)):
        _masked_piece(dy, scale, mask, dx, p * PIECE, min(n, (p + 1) * PIECE))


def dropout(x: np.ndarray, keep: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    r"""See `reference.dropout`; the same mask, made and applied in one pass.

    ``uniform < keep`` for the uniform :math:`k\, 2^{-53}` of the reference is
    :math:`k < \lceil 2^{53} \text{keep} \rceil`, exactly: no float is needed.
    """
    if x.dtype not in FLOATS:
        return reference.dropout(x, keep, seed)
    x = operand(x)
    y, mask = np.empty(x.shape, x.dtype), np.empty(x.shape, np.bool_)
    threshold = np.uint64(math.ceil(keep * 2.0**53))
    arguments = (
        x.reshape(-1),
        x.dtype.type(1 / keep),
        np.uint64(seed),
        threshold,
        y.reshape(-1),
        mask.reshape(-1),
    )
    if x.size <= SERIAL_BELOW:
        _dropout_piece(*arguments, 0, x.size)
    else:
        _dropout(*arguments)
    return y, mask


def dropout_backward(dy: np.ndarray, mask: np.ndarray, keep: float) -> np.ndarray:
    """See `reference.dropout_backward`."""
    if dy.dtype not in FLOATS or dy.shape != mask.shape:
        return reference.dropout_backward(dy, mask, keep)
    dx = np.empty(dy.shape, dy.dtype)
    scale = dy.dtype.type(1 / keep)
    flat, kept = operand(dy).reshape(-1), operand(mask).reshape(-1)
    arguments = (flat, scale, kept, dx.reshape(-1))
    if dy.size <= SERIAL_BELOW:
        _masked_piece(*arguments, 0, dy.size)
    else:
        _masked(*arguments)
    return dx
