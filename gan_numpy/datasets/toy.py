r"""Two-dimensional toy distributions, made here: a ring, a grid, two moons.

Mode collapse is visible to the naked eye on them, and their densities are known. The
ring and the grid are those of VEEGAN (Srivastava et al., arXiv:1705.07761, section 5.1)
as used by PacGAN (arXiv:1712.04086): 8 Gaussians on the unit circle with
:math:`\sigma = .01`, 25 on :math:`\{-4, -2, 0, 2, 4\}^2` with :math:`\sigma = .05`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy.datasets.base import Dataset

RING_MODES, RING_STD = 8, 0.01
GRID_SIDE, GRID_SPACING, GRID_STD = 5, 2.0, 0.05
MOONS_STD, MOONS_MIDDLE = 0.05, (0.5, 0.25)


def ring_centers() -> np.ndarray:
    """The 8 means on the unit circle, (8, 2) float64."""
    angle = 2 * np.pi * np.arange(RING_MODES) / RING_MODES
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def grid_centers() -> np.ndarray:
    """The 25 means, (25, 2) float64."""
    side = GRID_SPACING * (np.arange(GRID_SIDE) - (GRID_SIDE - 1) / 2)
    return np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)


def sample_ring(n: int, rng: np.random.Generator) -> np.ndarray:
    """`n` points of the ring, (n, 2) float32."""
    centers = ring_centers()[rng.integers(RING_MODES, size=n)]
    return (centers + rng.normal(0, RING_STD, (n, 2))).astype(np.float32)


def sample_grid(n: int, rng: np.random.Generator) -> np.ndarray:
    """`n` points of the grid, (n, 2) float32."""
    centers = grid_centers()[rng.integers(GRID_SIDE**2, size=n)]
    return (centers + rng.normal(0, GRID_STD, (n, 2))).astype(np.float32)


def sample_moons(n: int, rng: np.random.Generator) -> np.ndarray:
    """`n` points of two interleaved half circles, (n, 2) float32."""
    return labeled_moons(n, rng)[0]


def labeled_moons(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The same, and of which moon each is, (n,) int: 1 for the upper one."""
    angle = rng.uniform(0, np.pi, n)
    upper = rng.random(n) < 0.5
    x = np.where(upper, np.cos(angle), 1 - np.cos(angle))
    y = np.where(upper, np.sin(angle), 0.5 - np.sin(angle))
    noise = rng.normal(0, MOONS_STD, (n, 2))
    points = np.stack([x, y], axis=1) + noise
    return points.astype(np.float32), upper.astype(np.int64)


SAMPLERS: dict[str, Callable[[int, np.random.Generator], np.ndarray]] = {
    "ring": sample_ring,
    "grid": sample_grid,
    "moons": sample_moons,
}


def load(name: str) -> Dataset:
    """10,000 training, 1,000 validation and 2,000 test points, from a fixed seed.

    Parameters
    ----------
    name : {"ring", "grid", "moons"}
    """
    points = SAMPLERS[name](13_000, np.random.default_rng(0))
    train, validation, test = np.split(points, [10_000, 11_000])
    return Dataset(name, train, validation, test)
