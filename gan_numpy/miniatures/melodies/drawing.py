"""The picture of the melodies: three to look at, and how far they are from tunes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.miniatures.melodies.notes import notes_of
from gan_numpy.plots import new_figure, own_style, save_figure

COLORS = ("#0072B2", "#D55E00", "#56B4E9", "0.7")
TITLES = (
    ("black", "a jig that was held out"),
    (COLORS[0], "a jig by the network"),
    (COLORS[1], "a jig by a Markov chain of order 1"),
)


@own_style()
def draw(
    melodies: tuple[np.ndarray, ...], apart: dict[str, dict[str, float]], path: Path
) -> None:
    """Write piano rolls beside a chart of distances as PNG.

    Parameters
    ----------
    melodies : three (steps,) ndarray
        Held out, by the network, by the chain.
    apart : dict of dict
        By who composed, the distances by statistic.
    path : Path
    """
    figure = new_figure(12, 5)
    grid = figure.add_gridspec(3, 2, width_ratios=(1.4, 1))
    for row, (melody, (color, title)) in enumerate(zip(melodies, TITLES)):
        axes = figure.add_subplot(grid[row, 0])
        roll(axes, melody, color)
        axes.set_title(title, fontsize="medium")
        axes.set_xlabel("bar" if row == 2 else "")
    axes = figure.add_subplot(grid[:, 1])
    names = list(next(iter(apart.values())))
    for k, (who, far) in enumerate(apart.items()):
        places = np.arange(len(names)) + 0.2 * (k - 1.5)
        heights = [far[name] for name in names]
        axes.bar(places, heights, width=0.19, color=COLORS[k], label=who)
    axes.set_xticks(np.arange(len(names)), names)
    axes.set_title("distance to held-out tunes", fontsize="medium")
    axes.legend(fontsize="small")
    save_figure(path, figure)


def roll(axes: Any, melody: np.ndarray, color: str) -> None:
    """Notes as bars over time, lines between the measures."""
    bar = len(melody) / 8
    for note in notes_of(melody):
        axes.barh(note.pitch, note.length, left=note.onset, height=0.9, color=color)
    for k in range(9):
        axes.axvline(k * bar, color="0.85", linewidth=0.8, zorder=0)
    axes.set_xticks(bar * (np.arange(8) + 0.5), [str(k + 1) for k in range(8)])
    axes.set(xlim=(0, len(melody)), ylim=(60, 85), ylabel="pitch")
