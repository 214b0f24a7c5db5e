r"""Lesson 17: a matrix product by tiles, and the numbers that it fetches.

Goto and van de Geijn, *Anatomy of High-Performance Matrix Multiplication*, ACM TOMS
34(3), 2008: a product is fast where each number that is fetched is used often.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import value_check
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.values import Formulas


def blocked_product(A: np.ndarray, B: np.ndarray, side: int) -> tuple[np.ndarray, int]:
    r"""The product A B, a tile of it at a time, and how many numbers were fetched.

    Parameters
    ----------
    A : (M, K)
    B : (K, N)
    side : int
        Of the square tiles; it need not divide M, K or N.

    Returns
    -------
    C : (M, N)
    fetched : int
        Entries of the tiles of A and B that were multiplied, each as often as it was
        used: a tile that serves two products is fetched twice.
    """
    (M, K), N = A.shape, B.shape[1]
    C, fetched = np.zeros((M, N), A.dtype), 0
    for i in range(0, M, side):
        for j in range(0, N, side):
            for k in range(0, K, side):
                a = A[i : i + side, k : k + side]
                b = B[k : k + side, j : j + side]
                C[i : i + side, j : j + side] += a @ b
                fetched += a.size + b.size
    return C, fetched


def _of(M: int, K: int, N: int, side: int) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        A, B = rng.standard_normal((M, K)), rng.standard_normal((K, N))
        return {"A": A, "B": B, "side": side}

    return inputs


SIZES = ((7, 11, 5, 3), (7, 5, 5, 2), (7, 9, 5, 4), (7, 13, 5, 3), (7, 3, 5, 2))


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Tiles that leave something over in every direction."""
    return _of(*SIZES[int(rng.integers(len(SIZES)))])(rng)


def _tiles(size: int, side: int) -> int:
    return -(-size // side)


def _fetched(A: np.ndarray, B: np.ndarray, side: int) -> int:
    """A once for each column of tiles, B once for each row of them."""
    return A.size * _tiles(B.shape[1], side) + B.size * _tiles(len(A), side)


def _last_only(A: np.ndarray, B: np.ndarray, side: int) -> np.ndarray:
    start = (A.shape[1] - 1) // side * side
    return A[:, start:] @ B[start:]


def _edges_dropped(A: np.ndarray, B: np.ndarray, side: int) -> np.ndarray:
    M, K, N = (size // side * side for size in (*A.shape, B.shape[1]))
    C = np.zeros((len(A), B.shape[1]))
    C[:M, :N] = A[:M, :K] @ B[:K, :N]
    return C


MISTAKES: dict[str, tuple[str, Any]] = {
    "overwritten": (
        "each product of tiles replaces the one before: the sum over k is lost",
        lambda A, B, s: (_last_only(A, B, s), None),
    ),
    "edges-dropped": (
        "the rows and columns that are left over by the tiles are missing",
        lambda A, B, s: (_edges_dropped(A, B, s), None),
    ),
    "once-only": (
        "every number is counted once, as if it stayed in the cache for good",
        lambda A, B, s: (None, A.size + B.size),
    ),
    "without-tiles": (
        "the numbers are counted as if there were no tiles: 2 M N K",
        lambda A, B, s: (None, 2 * A.size * B.shape[1]),
    ),
    "one-matrix-only": (
        "only A's numbers are counted",
        lambda A, B, s: (None, A.size * _tiles(B.shape[1], s)),
    ),
    "operations-counted": (
        "the operations are counted, not the numbers that are fetched",
        lambda A, B, s: (None, A.size * B.shape[1]),
    ),
    "full-tiles-counted": (
        "tiles at the edges are counted as if they were full",
        lambda A, B, s: (
            None,
            2 * s * s * _tiles(len(A), s) * _tiles(len(B), s) * _tiles(B.shape[1], s),
        ),
    ),
}

BLOCKED = Exercise(
    blocked_product,
    lesson="17",
    title="A product by tiles",
    statement=(
        "Cut A and B into tiles of side x side and sum the products of tiles:\n"
        "C_ij += A_ik B_kj. Return C, and the number of entries fetched: for each\n"
        "product of two tiles all of both."
    ),
    check=value_check(
        blocked_product,
        _inputs,
        Formulas(mistakes=MISTAKES),
        outputs=("C", "fetched"),
        repeats=8,
        corners=(
            Corner("tiles that fit exactly", _of(6, 4, 8, 2)),
            Corner("a tile larger than all", _of(5, 3, 7, 16)),
            Corner("tiles of one number", _of(3, 5, 2, 1)),
            Corner("a row times a matrix", _of(1, 7, 5, 2)),
        ),
    ),
    mutants=(
        mutant("overwritten", "+= a @ b", "= a @ b"),
        mutant(
            "edges-dropped",
            "for i in range(0, M, side):\n        for j in range(0, N, side):\n"
            "            for k in range(0, K, side):",
            "M, N, K = M // side * side, N // side * side, K // side * side\n"
            "    for i in range(0, M, side):\n        for j in range(0, N, side):\n"
            "            for k in range(0, K, side):",
        ),
        mutant("once-only", "return C, fetched", "return C, A.size + B.size"),
        mutant("without-tiles", "a.size + b.size", "2 * a.size * b.shape[1]"),
        mutant("one-matrix-only", "a.size + b.size", "a.size"),
        mutant("operations-counted", "a.size + b.size", "a.size * b.shape[1]"),
        mutant("full-tiles-counted", "a.size + b.size", "2 * side * side"),
        mutant("count", "return C, fetched", "return C"),
    ),
    hints=(
        "Three loops over tiles; slices past the end are cut by NumPy.",
        "C[rows, columns] += a @ b; fetched += a.size + b.size",
    ),
    points=3,
)

EXERCISES = (BLOCKED,)
