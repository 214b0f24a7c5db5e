r"""Maxima of images over channels and windows, in plain NumPy: their definition.

Of equal candidates the first wins, and its index is kept: the gradient of a maximum
goes to the winner, in all sweeps to the same one. NaN wins over all numbers.
"""

from __future__ import annotations

import numpy as np

# -- pieces: the maximum over neighboring channels -----------------------------------


def piece_maximum(z: np.ndarray, pieces: int) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`h_i = \max_j z_{(i,j)}` at every place.

    Parameters
    ----------
    z : (N, units * pieces, H, W)
        Channel ``i * pieces + j`` holds piece j of unit i.
    pieces : int

    Returns
    -------
    h : (N, units, H, W)
    winners : (N, units, H, W), uint8
    """
    n, channels, *size = z.shape
    z = z.reshape(n, channels // pieces, pieces, *size)
    winners = z.argmax(axis=2)
    return piece_gather(z, winners), winners.astype(np.uint8)


def piece_gather(z: np.ndarray, winners: np.ndarray) -> np.ndarray:
    """The winning piece of each unit: the adjoint of `piece_scatter`."""
    n, units, *size = winners.shape
    pieces = z.size // max(winners.size, 1)
    z = z.reshape(n, units, pieces, *size)
    index = winners[:, :, None].astype(np.intp)
    return np.take_along_axis(z, index, axis=2)[:, :, 0]


def piece_scatter(dh: np.ndarray, winners: np.ndarray, pieces: int) -> np.ndarray:
    """dz of shape (N, units * pieces, H, W): dh at the winner, 0 at the others."""
    n, units, *size = dh.shape
    dz = np.zeros((n, units, pieces, *size), dh.dtype)
    np.put_along_axis(dz, winners[:, :, None].astype(np.intp), dh[:, :, None], axis=2)
    return dz.reshape(n, units * pieces, *size)


# -- max pooling: the maximum over a window of each channel --------------------------


def pooled(length: int, size: int, stride: int) -> int:
    """Number of windows that cover `length` entries; the last one may reach beyond."""
    return -(-max(length - size, 0) // stride) + 1


def max_pool(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`y_{h,w} = \max_{i,j < size} x_{h\,stride + i,\; w\,stride + j}`.

    A window that reaches beyond the image is cut off there.

    Parameters
    ----------
    x : (N, C, H, W)
    size, stride : int
        Side of the window, and its step, not more than the side.

    Returns
    -------
    y : (N, C, pooled(H), pooled(W))
    winners : like y, uint16
        ``i * size + j`` of the first maximum of each window, row by row.
    """
    n, c, height, width = x.shape
    high, wide = pooled(height, size, stride), pooled(width, size, stride)
    reach = ((high - 1) * stride + size, (wide - 1) * stride + size)
    padded = np.full((n, c, *reach), -np.inf, x.dtype)
    padded[:, :, :height, :width] = x
    y = padded[:, :, ::stride, ::stride][:, :, :high, :wide].copy()
    winners = np.zeros(y.shape, np.uint16)
    for i in range(size):
        for j in range(size):
            rows = slice(i, i + high * stride, stride)
            columns = slice(j, j + wide * stride, stride)
            seen = padded[:, :, rows, columns]
            better = ~(seen <= y) & ~np.isnan(y)
            y[better] = seen[better]
            winners[better] = i * size + j
    return y, winners


def _winning_entries(winners: np.ndarray, size: int, stride: int) -> tuple:
    """Index arrays (n, c, row, column) of the winner of each window."""
    n, c, h, w = np.ogrid[tuple(slice(length) for length in winners.shape)]
    i, j = np.divmod(winners.astype(np.intp), size)
    return n, c, h * stride + i, w * stride + j


def max_pool_scatter(
    dy: np.ndarray, winners: np.ndarray, shape: tuple[int, ...], size: int, stride: int
) -> np.ndarray:
    """dx of `shape`: every dy is added to the winner of its window."""
    dx = np.zeros(shape, dy.dtype)
    np.add.at(dx, _winning_entries(winners, size, stride), dy)
    return dx


def max_pool_gather(
    u: np.ndarray, winners: np.ndarray, size: int, stride: int
) -> np.ndarray:
    """u at the winner of each window: the adjoint of `max_pool_scatter`."""
    return u[_winning_entries(winners, size, stride)]
