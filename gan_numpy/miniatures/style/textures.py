"""Two textures, painted by rules: a mosaic and brush strokes."""

from __future__ import annotations

import numpy as np

TILES = np.array(
    [[217, 51, 38], [242, 191, 51], [26, 77, 140], [242, 235, 217], [26, 140, 128]]
)
PAINTS = np.array(
    [[20, 40, 110], [40, 90, 170], [90, 150, 200], [190, 210, 190], [240, 200, 80]]
)
GROUT = 25


def mosaic(side: int, stones: int, rng: np.random.Generator) -> np.ndarray:
    """Cells around random points in one of five colors, with dark joints.

    Returns
    -------
    (3, side, side) ndarray
        In [0, 1].
    """
    points = rng.uniform(0, side, (stones, 2))
    colors = TILES[rng.integers(len(TILES), size=stones)]
    places = np.moveaxis(np.mgrid[:side, :side], 0, 2)[:, :, None]
    distances = np.sqrt(np.square(places - points).sum(axis=3))
    nearest, second = np.partition(distances, 1, axis=2)[:, :, :2].transpose(2, 0, 1)
    picture = colors[distances.argmin(axis=2)]
    picture[second - nearest < side / 85] = GROUT
    return picture.transpose(2, 0, 1) / 255


def strokes(side: int, number: int, rng: np.random.Generator) -> np.ndarray:
    """Strokes of five colors, one over another, along a field that turns slowly.

    Returns
    -------
    (3, side, side) ndarray
        In [0, 1].
    """
    rows, columns = np.mgrid[:side, :side] / side
    phase = rng.uniform(0, 2 * np.pi, 4)
    picture = np.empty((side, side, 3))
    picture[:] = PAINTS[1]
    for _ in range(number):
        row, column = rng.uniform(0, 1, 2)
        turn = np.sin(4 * row + phase[0]) + np.sin(4 * column + phase[1])
        angle = 1.5 * turn + 0.2 * rng.standard_normal()
        along = (columns - column) * np.cos(angle) + (rows - row) * np.sin(angle)
        across = (rows - row) * np.cos(angle) - (columns - column) * np.sin(angle)
        inside = np.square(along / 0.085) + np.square(across / 0.016) < 1
        # What lies near shares its color, as in a painted sky.
        where = np.sin(5 * row + phase[2]) + np.sin(5 * column + phase[3])
        shade = 2 + where + 0.7 * rng.standard_normal()
        paint = PAINTS[int(np.clip(shade, 0, len(PAINTS) - 1))]
        bristles = 18 * np.sin(700 * across + rng.uniform(0, 6))
        picture[inside] = np.clip(paint + bristles[inside][:, None], 0, 255)
    return picture.transpose(2, 0, 1) / 255
