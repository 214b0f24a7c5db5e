"""Maxout: a product of `matmul`, and the maxima and their winners in one pass each."""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

import numpy as np
from numba import prange

from gan_numpy.kernels.native.affine import affine_param_grads
from gan_numpy.kernels.native.arrays import operand, same_float
from gan_numpy.kernels.native.jit import kernel
from gan_numpy.kernels.native.matmul import matmul
from gan_numpy.kernels.reference import maxout as reference

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
        for u in range(units):
            best[u], winner[u] = values[0, u], 0
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
        start = np.int64(p) * rows
        _maximum_rows(z, pieces, h, winners, start, min(n, start + rows))


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
        start = np.int64(p) * rows
        _scatter_rows(dh, winners, pieces, dz, start, min(n, start + rows))


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


def maxout(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`h_u = \max_j (xW + b)_{u,j}` and the winners."""
    if not same_float(x, W, b):
        return reference.maxout(x, W, b, pieces)
    return take_maximum(matmul(x, W, b), pieces)


def maxout_param_grads(
    dh: np.ndarray, winners: np.ndarray, x: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`dW = x^\top dz`, :math:`db = \sum_n dz_n`; dz is dh at the winners."""
    if not same_float(dh, x):
        return reference.maxout_param_grads(dh, winners, x, pieces)
    return affine_param_grads(scatter(dh, winners, pieces), x)


def maxout_input_grad(dh: np.ndarray, winners: np.ndarray, W: np.ndarray) -> np.ndarray:
    r""":math:`dx_n = \sum_u dh_{n,u} W_{:, (u, j^*_{n,u})}`."""
    if not same_float(dh, W):
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
    if not same_float(u, W):
        return reference.maxout_directional(u, winners, W)
    pieces = W.shape[1] // winners.shape[1]
    if len(winners) != len(u) or W.shape[1] % winners.shape[1]:
        raise ValueError(f"winners of {winners.shape} for u {u.shape}, W {W.shape}")
    if winners.max(initial=0) >= pieces:
        raise IndexError(f"winner {winners.max()} of {pieces} pieces")
    h = np.empty(winners.shape, u.dtype)
    _gather(matmul(u, W), operand(winners), pieces, h)
    return h
