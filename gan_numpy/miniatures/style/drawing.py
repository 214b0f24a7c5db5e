"""The picture of the style transfer: a column for each style."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.plots import new_figure, own_style, save_figure

ROWS = ("style", "the flower in it", "more of the style")


@own_style()
def draw(flower: np.ndarray, results: dict[str, list[np.ndarray]], path: Path) -> None:
    """Write the content, each style, its transfer and its texture as PNG.

    Parameters
    ----------
    flower : (3, H, W) ndarray
    results : dict of str to list of (3, H, W) ndarray
        By style: the style, the transfer and, of a texture, more of it.
    path : Path
    """
    figure = new_figure(2.6 * (len(results) + 1), 7.6)
    grid = figure.subplots(3, len(results) + 1)
    for axes in grid.flat:
        axes.set_axis_off()
    _show(grid[1, 0], flower, "content")
    for (name, images), column in zip(results.items(), grid[:, 1:].T):
        for axes, image, row in zip(column, images, ROWS):
            _show(axes, image, name if row == "style" else row)
    save_figure(path, figure)


def _show(axes: Any, image: np.ndarray, title: str) -> None:
    axes.imshow(image.transpose(1, 2, 0).clip(0, 1), interpolation="nearest")
    axes.set_title(title, fontsize="medium")
