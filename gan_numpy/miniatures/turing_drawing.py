"""The picture of Turing learning: what evolved, and how it moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gan_numpy.miniatures.agents import paths
from gan_numpy.plots import new_figure, own_style, save_figure

BLUE, RED, GRAY = "#0072B2", "#D55E00", "0.6"


@own_style()
def draw(animal: np.ndarray, course: np.ndarray, films: np.ndarray, path: Path) -> None:
    """Write three panels as PNG: both parameters over time, and three tracks.

    Parameters
    ----------
    animal : (2,) ndarray
    course : (generations, population, 2) ndarray
    films : (3, steps, 2) ndarray
        Of the animal, of the model found, and of one of the first generation.
    path : Path
    """
    figure = new_figure(12, 3.6)
    *panels, plane = figure.subplots(1, 3)
    time = np.arange(1, len(course) + 1)
    names = (r"$\alpha$, speed in the light", r"$\beta$, turning in the dark")
    for k, (axes, name) in enumerate(zip(panels, names)):
        low, middle, high = np.percentile(course[:, :, k], (10, 50, 90), axis=1)
        axes.fill_between(time, low, high, color=BLUE, alpha=0.25, linewidth=0)
        axes.plot(time, middle, color=BLUE, linewidth=0.8, label="models: median, 80 %")
        axes.axhline(animal[k], color=RED, linestyle="--", label="the animal's")
        axes.set(xlabel="generation", ylim=(animal[k] - 1, animal[k] + 1))
        axes.set_title(name, fontsize="medium")
        axes.legend(fontsize="small")
    kinds = (
        ("animal", RED, "-"),
        ("model found", BLUE, "-"),
        ("a first model", GRAY, ":"),
    )
    for track, (name, color, line) in zip(paths(films), kinds):
        plane.plot(*track.T, line, color=color, label=name, linewidth=1)
    plane.plot(0, 0, "ko", markersize=4)
    plane.set(aspect="equal", xlabel="place, 100 steps", adjustable="datalim")
    plane.set_title("tracks, each under a light of its own", fontsize="medium")
    plane.legend(fontsize="small")
    save_figure(path, figure)
