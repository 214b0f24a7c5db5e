"""Maxima of images: one pass each, shared among threads."""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

import numpy as np
from numba import prange

from gan_numpy.kernels.native.arrays import FLOATS, operand
from gan_numpy.kernels.native.jit import kernel
from gan_numpy.kernels.reference import maxima as reference


@kernel(parallel=True)
def _piece_maximum(z, h, winners):
    units, pieces, places = z.shape
    for u in prange(units):
        best, winner = h[u], winners[u]
        for p in range(places):
            best[p], winner[p] = z[u, 0, p], 0
        for j in range(1, pieces):
            value, piece = z[u, j], np.uint8(j)
            for p in range(places):
                old = best[p]
                better = (not value[p] <= old) & (old == old)
                best[p] = value[p] if better else old
                winner[p] = piece if better else winner[p]


@kernel(parallel=True)
def _piece_gather(z, winners, h):
    units, pieces, places = z.shape
    for u in prange(units):
        for p in range(places):
            h[u, p] = z[u, 0, p]
        for j in range(1, pieces):
            for p in range(places):
                h[u, p] = z[u, j, p] if winners[u, p] == j else h[u, p]


@kernel(parallel=True)
def _piece_scatter(dh, winners, dz):
    units, pieces, places = dz.shape
    for u in prange(units):
        for j in range(pieces):
            for p in range(places):
                dz[u, j, p] = dh[u, p] if winners[u, p] == j else dh.dtype.type(0)


@kernel(parallel=True)
def _max_pool(x, size, stride, y, winners):
    maps, height, width = x.shape
    for m in prange(maps):
        for h in range(y.shape[1]):
            for w in range(y.shape[2]):
                row, column = h * stride, w * stride
                best, winner = x[m, row, column], 0
                for i in range(min(size, height - row)):
                    for j in range(min(size, width - column)):
                        value = x[m, row + i, column + j]
                        if (not value <= best) & (best == best):
                            best, winner = value, i * size + j
                y[m, h, w] = best
                winners[m, h, w] = winner


@kernel(parallel=True)
def _max_pool_scatter(dy, winners, size, stride, dx):
    for m in prange(len(dy)):
        dx[m] = 0
        for h in range(dy.shape[1]):
            for w in range(dy.shape[2]):
                winner = np.int64(winners[m, h, w])
                i, j = winner // size, winner % size
                dx[m, h * stride + i, w * stride + j] += dy[m, h, w]


@kernel(parallel=True)
def _max_pool_gather(u, winners, size, stride, out):
    for m in prange(len(u)):
        for h in range(out.shape[1]):
            for w in range(out.shape[2]):
                winner = np.int64(winners[m, h, w])
                i, j = winner // size, winner % size
                out[m, h, w] = u[m, h * stride + i, w * stride + j]


def _maps(x: np.ndarray) -> np.ndarray:
    """(N, C, H, W) as (N * C, H, W), in one piece of memory."""
    return operand(x).reshape(-1, *x.shape[2:])


def _check_pieces(winners: np.ndarray, pieces: int, shape: tuple[int, ...]) -> None:
    """Refuse winners that would lead out of the array."""
    if winners.shape != shape:
        raise ValueError(f"winners of shape {winners.shape} for an array of {shape}")
    if winners.max(initial=0) >= pieces:
        raise IndexError(f"winner {winners.max()} of {pieces} pieces")


def piece_maximum(z: np.ndarray, pieces: int) -> tuple[np.ndarray, np.ndarray]:
    """See `reference.piece_maximum`."""
    if z.shape[1] % pieces:
        raise ValueError(f"{z.shape[1]} channels are not units of {pieces} pieces")
    if z.dtype not in FLOATS or not z.size:
        return reference.piece_maximum(z, pieces)
    shape = (len(z), z.shape[1] // pieces, *z.shape[2:])
    h, winners = np.empty(shape, z.dtype), np.empty(shape, np.uint8)
    rows = shape[0] * shape[1]
    by_unit = operand(z).reshape(rows, pieces, -1)
    _piece_maximum(by_unit, h.reshape(rows, -1), winners.reshape(rows, -1))
    return h, winners


def piece_gather(z: np.ndarray, winners: np.ndarray) -> np.ndarray:
    """See `reference.piece_gather`."""
    if z.dtype not in FLOATS or not z.size:
        return reference.piece_gather(z, winners)
    pieces = z.shape[1] // winners.shape[1]
    _check_pieces(winners, pieces, (len(z), z.shape[1] // pieces, *z.shape[2:]))
    h, rows = np.empty(winners.shape, z.dtype), len(z) * winners.shape[1]
    by_unit = operand(z).reshape(rows, pieces, -1)
    _piece_gather(by_unit, operand(winners).reshape(rows, -1), h.reshape(rows, -1))
    return h


def piece_scatter(dh: np.ndarray, winners: np.ndarray, pieces: int) -> np.ndarray:
    """See `reference.piece_scatter`."""
    _check_pieces(winners, pieces, dh.shape)
    if dh.dtype not in FLOATS or not dh.size:
        return reference.piece_scatter(dh, winners, pieces)
    n, units, *size = dh.shape
    dz, rows = np.empty((n, units * pieces, *size), dh.dtype), n * units
    flat = operand(dh).reshape(rows, -1), operand(winners).reshape(rows, -1)
    _piece_scatter(*flat, dz.reshape(rows, pieces, -1))
    return dz


def _check_windows(
    winners: np.ndarray, shape: tuple[int, ...], size: int, stride: int
) -> None:
    """Refuse winners that would lead out of images of `shape`."""
    high, wide = (reference.pooled(length, size, stride) for length in shape[2:])
    if winners.shape != (*shape[:2], high, wide):
        raise ValueError(f"winners of shape {winners.shape} for images of {shape}")
    i, j = np.divmod(winners, winners.dtype.type(size))
    rows = i.max(axis=(0, 1, 3), initial=0) + stride * np.arange(high)
    columns = j.max(axis=(0, 1, 2), initial=0) + stride * np.arange(wide)
    if rows.max() >= max(shape[2], 1) or columns.max() >= max(shape[3], 1):
        raise IndexError(f"a winner lies outside of images of {shape}")


def max_pool(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """See `reference.max_pool`."""
    if x.dtype not in FLOATS or not x.size:
        return reference.max_pool(x, size, stride)
    high, wide = (reference.pooled(length, size, stride) for length in x.shape[2:])
    shape = (*x.shape[:2], high, wide)
    y, winners = np.empty(shape, x.dtype), np.empty(shape, np.uint16)
    _max_pool(_maps(x), size, stride, _maps(y), _maps(winners))
    return y, winners


def max_pool_scatter(
    dy: np.ndarray, winners: np.ndarray, shape: tuple[int, ...], size: int, stride: int
) -> np.ndarray:
    """See `reference.max_pool_scatter`."""
    _check_windows(winners, shape, size, stride)
    if dy.dtype not in FLOATS or not dy.size:
        return reference.max_pool_scatter(dy, winners, shape, size, stride)
    dx = np.empty(shape, dy.dtype)
    _max_pool_scatter(_maps(dy), _maps(winners), size, stride, _maps(dx))
    return dx


def max_pool_gather(
    u: np.ndarray, winners: np.ndarray, size: int, stride: int
) -> np.ndarray:
    """See `reference.max_pool_gather`."""
    _check_windows(winners, u.shape, size, stride)
    if u.dtype not in FLOATS or not u.size:
        return reference.max_pool_gather(u, winners, size, stride)
    out = np.empty(winners.shape, u.dtype)
    _max_pool_gather(_maps(u), _maps(winners), size, stride, _maps(out))
    return out
