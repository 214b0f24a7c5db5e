"""The picture of mode collapse: samples beside the data, over what D thinks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.evaluation.modes import MIXTURES
from gan_numpy.plots import new_figure, own_style, save_figure
from gan_numpy.reproduce.modes import Row
from gan_numpy.runs.run import Run

SIDE = 60  # points of D's map along an edge
PARTNERS = 20  # real examples beside each of them in its packs
SHOWN = 1000  # samples in a panel


def opinion_map(run: Run, data: Dataset, limit: float) -> np.ndarray:
    """D's opinion on a square grid of points: how real it takes each to be.

    A discriminator that judges packs is asked about packs of a point and real examples,
    and its opinions are averaged.

    Parameters
    ----------
    run : Run
    data : Dataset
    limit : float
        The square is [-limit, limit] on both axes.

    Returns
    -------
    (SIDE, SIDE) ndarray in [0, 1]
        Rows from bottom to top.
    """
    D, m = run.load_state(data).D, run.recipe.packing
    axis = np.linspace(-limit, limit, SIDE, dtype=np.float32)
    points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 1, 2)
    opinion = run.recipe.make_objective().opinion
    rng, total = np.random.default_rng(0), np.zeros(len(points))
    repeats = PARTNERS if m > 1 else 1
    for _ in range(repeats):
        rows = rng.integers(len(data.train), size=(len(points), m - 1))
        partners = data.scaled("train")[rows]
        packs = np.concatenate([points, partners], axis=1)
        logits, _ = D.forward(packs.reshape(-1, 2))
        total += opinion(logits.astype(np.float64))[:, 0]
    return (total / repeats).reshape(SIDE, SIDE)


@own_style()
def draw_modes(path: Path, rows: Sequence[Row], data: Dataset) -> None:
    """Write a panel for each run, and the data on the left, as PNG.

    Parameters
    ----------
    path : Path
    rows : sequence of Row
        Seed by seed of each recipe.
    data : Dataset
    """
    names = list(dict.fromkeys(row.run.recipe.name for row in rows))
    groups = [[row for row in rows if row.run.recipe.name == name] for name in names]
    columns = 1 + max(map(len, groups))
    figure = new_figure(2.3 * columns, 2.6 * len(groups))
    panels = figure.subplots(len(groups), columns, squeeze=False)
    limit = 1.3 * float(np.abs(data.train).max())
    for line, name, group in zip(panels, names, groups):
        _draw_points(line[0], data.scaled("test"), limit)
        line[0].set_title("data", fontsize="small")
        line[0].set_ylabel(name)
        for axes, row in zip(line[1:], group):
            seen = opinion_map(row.run, data, limit)
            extent = (-limit, limit, -limit, limit)
            shades = {"cmap": "Greys_r", "vmin": 0, "vmax": 1}
            opinion = axes.imshow(seen, extent=extent, origin="lower", **shades)
            centers = MIXTURES[data.name][0]()
            ring = {"facecolors": "none", "edgecolors": "#0072B2"}
            axes.scatter(*centers.T, s=60, linewidths=0.8, **ring)
            _draw_points(axes, row.samples, limit)
            s = row.score
            axes.set_title(
                f"seed {row.run.seed}: {s.captured} of {s.modes}", fontsize="small"
            )
        for axes in line[1 + len(group) :]:
            axes.set_visible(False)
    figure.colorbar(opinion, ax=panels, shrink=0.6, label="D: 0 generated, 1 real")
    figure.suptitle("samples over D's opinion; circles are modes")
    save_figure(path, figure)


def _draw_points(axes: Any, points: np.ndarray, limit: float) -> None:
    axes.scatter(*points[:SHOWN].T, s=5, color="#D55E00", linewidths=0, alpha=0.6)
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit), xticks=[], yticks=[])
    axes.set_aspect("equal")
