"""The picture of imitation: the road, the course of the game, what cloning needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.miniatures.road import LENGTH, Drives, in_the_plane
from gan_numpy.plots import new_figure, own_style, save_figure

BLUE, RED, GRAY = "#0072B2", "#D55E00", "0.6"
CARS = 6  # of each driver, on the map


@own_style()
def draw(
    shown: np.ndarray,
    course: np.ndarray,
    cloned: dict[int, float],
    drives: tuple[Drives, Drives],
    path: Path,
) -> None:
    """Write three panels as PNG.

    Parameters
    ----------
    shown : (N, SENSES) ndarray
        What the expert saw when he decided.
    course : (rounds,) ndarray
        The learner's way in each round, in shares of the expert's.
    cloned : dict of int to float
        The same of cloning, by the number of demonstrations; first that of the game.
    drives : (Drives, Drives)
        Of the clone, and of the learner.
    path : Path
    """
    figure = new_figure(12, 4)
    *maps, curve, need = figure.subplots(1, 4)
    names = ("cloning", "imitation by an adversary")
    for axes, name, drive, color in zip(maps, names, drives, (RED, BLUE), strict=True):
        _road(axes)
        _cars(axes, drive, color)
        axes.set_title(f"{name}: {CARS} cars", fontsize="medium")
    first = next(iter(cloned))
    rounds = np.arange(1, len(course) + 1)
    curve.plot(rounds, course, color=BLUE, label="imitation")
    curve.axhline(cloned[first], color=RED, linestyle="--", label="cloning, same pairs")
    curve.axhline(1, color=GRAY, linestyle="--", label="the expert")
    curve.set(xlabel="round", ylabel="way, in shares of the expert's")
    curve.set_title(f"{len(shown)} decisions shown", fontsize="medium")
    need.plot(list(cloned), list(cloned.values()), "o-", color=RED, label="cloning")
    need.plot(first, course[-10:].mean(), "s", color=BLUE, label="imitation")
    need.axhline(1, color=GRAY, linestyle="--")
    need.set(xlabel="drives of the expert that were shown")
    need.set_title("what cloning needs", fontsize="medium")
    for axes in (curve, need):
        axes.set(ylim=(0, 1.1))
        axes.legend(fontsize="small", loc="lower right")
    save_figure(path, figure)


def _road(axes: Any) -> None:
    s = np.linspace(0, LENGTH, 500)
    for side in (-1.0, 1.0):
        axes.plot(*in_the_plane(s, np.full(500, side)), color="k", linewidth=0.8)
    axes.set(aspect="equal", xticks=[], yticks=[])


def _cars(axes: Any, drives: Drives, color: str) -> None:
    """Each way from o to where it ends: x in the ditch, a dot on the road."""
    for k in range(CARS):
        s, y = drives.cars[:, k, 0], drives.cars[:, k, 1]
        x, z = in_the_plane(s, y)
        axes.plot(x, z, color=color, linewidth=0.9)
        axes.plot(x[0], z[0], "o", color=color, fillstyle="none", markersize=4)
        wrecked = abs(y[-1]) >= 1
        mark, size = ("x", 8) if wrecked else (".", 6)
        axes.plot(x[-1], z[-1], mark, color=color, markersize=size)
