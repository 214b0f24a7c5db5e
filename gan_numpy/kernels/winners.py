"""Around the matrix product of a layer: maxima, their winners, sums over the batch."""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

import numpy as np
from numba import prange

from gan_numpy.kernels.jit import kernel, operand

#: Values that one thread handles at a time, and how few it handles alone.
PIECE = 1 << 14
SERIAL_BELOW = 1 << 16


@kernel()
def _maximum_rows(z, pieces, h, winners, start, stop):
    units = h.shape[1]
    values = np.empty((pieces, units), z.dtype)
    for n in range(start, stop):
        row, best, winner = z[n].reshape(units, pieces), h[n], winners[n]
        # With the pieces apart, the loops over the units run in vector registers.
        for u in range(units):
            for j in range(pieces):
                values[j, u] = row[u, j]
        best[:] = values[0]
        winner[:] = 0
        for j in range(1, pieces):
            value, piece = values[j], np.uint8(j)
            for u in range(units):
                old = best[u]
                # The first of equal pieces stays; the first NaN wins and then stays.
                better = (not value[u] <= old) & (old == old)
                best[u] = value[u] if better else old
                winner[u] = piece if better else winner[u]


@kernel(parallel=True)
def _maximum(z, pieces, h, winners, rows):
    n = len(z)
    for p in prange(-(-n // rows)):
        _maximum_rows(z, pieces, h, winners, p * rows, min(n, (p + 1) * rows))


@kernel()
def _scatter_rows(dh, winners, pieces, dz, start, stop):
    units = dh.shape[1]
    for n in range(start, stop):
        dz[n] = 0
        row, winner, value = dz[n].reshape(units, pieces), winners[n], dh[n]
        for u in range(units):
            row[u, winner[u]] = value[u]


@kernel(parallel=True)
def _scatter(dh, winners, pieces, dz, rows):
    n = len(dh)
    for p in prange(-(-n // rows)):
        _scatter_rows(dh, winners, pieces, dz, p * rows, min(n, (p + 1) * rows))


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


def take_maximum(z: np.ndarray, pieces: int) -> tuple[np.ndarray, np.ndarray]:
    """Maximum over the pieces of each unit and its index, in one pass over `z`.

    Parameters
    ----------
    z : (N, units * pieces), C-contiguous
    pieces : int

    Returns
    -------
    h : (N, units), like z
    winners : (N, units), uint8
    """
    if z.shape[1] % pieces:
        raise ValueError(f"{z.shape[1]} columns are not units of {pieces} pieces")
    shape = (z.shape[0], z.shape[1] // pieces)
    h, winners = np.empty(shape, z.dtype), np.empty(shape, np.uint8)
    if z.size <= SERIAL_BELOW:
        _maximum_rows(z, pieces, h, winners, 0, len(z))
    else:
        _maximum(z, pieces, h, winners, max(1, PIECE // z.shape[1]))
    return h, winners


def scatter(dh: np.ndarray, winners: np.ndarray, pieces: int) -> np.ndarray:
    """dz of shape (N, units * pieces): dh at the winning piece, 0 at the others."""
    if winners.shape != dh.shape:
        raise ValueError(f"winners of shape {winners.shape} for dh of {dh.shape}")
    if winners.max(initial=0) >= pieces:
        raise IndexError(f"winner {winners.max()} of {pieces} pieces")
    dh, winners = operand(dh), operand(winners)
    dz = np.empty((dh.shape[0], dh.shape[1] * pieces), dh.dtype)
    if dz.size <= SERIAL_BELOW:
        _scatter_rows(dh, winners, pieces, dz, 0, len(dh))
    else:
        _scatter(dh, winners, pieces, dz, max(1, PIECE // dz.shape[1]))
    return dz


def batch_sum(dy: np.ndarray) -> np.ndarray:
    """Sum over the first axis, in the order of the batch for any number of threads."""
    dy = operand(dy)
    db = np.zeros(dy.shape[1], dy.dtype)
    if dy.size <= SERIAL_BELOW:
        _sum_columns(dy, db, 0, len(db))
    else:
        _sums(dy, db, 128)
    return db
