r"""Distances between two sets of points, a block of rows at a time.

.. math:: \lVert x - y\rVert^2 = \lVert x\rVert^2 - 2\, x \cdot y + \lVert y\rVert^2

turns all distances into one product of matrices. The full table of 10,000 x 50,000
would take 4 GB; a block of it is used and forgotten. Both sets are shifted by the mean
of `y` first: no distance changes, but the rounding of the formula gets smaller. What is
below zero by rounding becomes zero.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK_VALUES = 1 << 23  # distances at once: 64 MB


def check_points(
    name: str, x: np.ndarray, least: int = 1, features: int | None = None
) -> np.ndarray:
    """The points as float64, or an error that names them.

    Raises
    ------
    ValueError
        If the shape is not (N, d), N is less than `least`, d is not `features`, or a
        value is not finite.
    """
    if x.ndim != 2 or x.shape[1] == 0:
        raise ValueError(f"{name} need shape (N, d), got {x.shape}")
    if len(x) < least:
        raise ValueError(f"{name} must be {least} or more, got {len(x)}")
    if features is not None and x.shape[1] != features:
        raise ValueError(f"{name} have {x.shape[1]} values each, expected {features}")
    if not np.isfinite(x).all():
        raise ValueError(f"{name} hold values that are not finite")
    return x.astype(np.float64, copy=False)


def squared_distances(
    x: np.ndarray, y: np.ndarray, block_values: int = BLOCK_VALUES
) -> Iterator[tuple[slice, np.ndarray]]:
    """Rows of the table of squared distances.

    Parameters
    ----------
    x : (N, d) float64
    y : (M, d) float64
    block_values : int
        Distances held at once, at most (but one row at least).

    Yields
    ------
    rows : slice
        Which points of `x`.
    d2 : (rows, M) float64
        A fresh array.
    """
    mean = y.mean(axis=0)
    y = y - mean
    y_norms = np.einsum("ij,ij->i", y, y)
    size = max(1, block_values // len(y))
    for start in range(0, len(x), size):
        rows = slice(start, min(start + size, len(x)))
        block = x[rows] - mean
        d2 = block @ y.T
        d2 *= -2
        d2 += y_norms
        d2 += np.einsum("ij,ij->i", block, block)[:, None]
        yield rows, np.maximum(d2, 0, out=d2)


def nearest(
    x: np.ndarray, y: np.ndarray, block_values: int = BLOCK_VALUES
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest point of `y` for each point of `x`.

    Returns
    -------
    index : (N,) int64
        Of equally near ones the first, but for rounding.
    distance : (N,) float64
        Euclidean, from the difference of the two: a copy is at exactly 0.
    """
    index = np.empty(len(x), np.int64)
    distance = np.empty(len(x))
    for rows, d2 in squared_distances(x, y, block_values):
        index[rows] = d2.argmin(axis=1)
        distance[rows] = np.linalg.norm(x[rows] - y[index[rows]], axis=1)
    return index, distance


def kth_neighbor(
    x: np.ndarray,
    k: int,
    block_values: int = BLOCK_VALUES,
    of: np.ndarray | None = None,
) -> np.ndarray:
    """Squared distance of each point to its k-th nearest *other* point, (N,).

    With `of`, indices of some of the points, of these only.
    """
    of = np.arange(len(x)) if of is None else of
    radii = np.empty(len(of))
    for rows, d2 in squared_distances(x[of], x, block_values):
        d2[np.arange(len(d2)), of[rows]] = np.inf
        radii[rows] = np.partition(d2, k - 1, axis=1)[:, k - 1]
    return radii
