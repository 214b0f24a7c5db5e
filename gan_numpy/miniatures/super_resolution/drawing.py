"""The picture of super-resolution: digits by stage, the trade-off, a photograph."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gan_numpy.plots import new_figure, own_style, save_figure

COLORS = ("0.5", "#0072B2", "#009E73")


@own_style()
def draw(
    shown: dict[str, np.ndarray],
    stages: list[tuple[float, float]],
    views: list[np.ndarray],
    path: Path,
) -> None:
    """Write it as PNG.

    Parameters
    ----------
    shown : dict of str to (8, 1, H, H) ndarray
        What was given, what each stage made of it, what was true.
    stages : list of (PSNR in dB, FID)
        Of bicubic, squared error and adversary.
    views : list of (3, H, H) ndarray
        Of the photograph: bicubic, squared error, true.
    path : Path
    """
    figure = new_figure(13, 6)
    halves = figure.add_gridspec(1, 2, width_ratios=(8, 6))
    left = halves[0].subgridspec(len(shown), 1)
    right = halves[1].subgridspec(2, 3, height_ratios=(3, 2))
    for row, (name, images) in enumerate(shown.items()):
        axes = figure.add_subplot(left[row])
        strip = np.concatenate(list(images[:, 0]), axis=1)
        axes.imshow(strip.clip(0, 1), cmap="gray", interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        axes.set_ylabel(name, rotation=0, ha="right", va="center")
    trade = figure.add_subplot(right[0, :])
    for (dB, distance), name, color in zip(stages, list(shown)[1:-1], COLORS):
        trade.plot(dB, distance, "o", color=color, label=name)
    trade.legend(fontsize="small")
    trade.set(xlabel="PSNR (dB), more is nearer", ylabel="FID, less is truer")
    trade.set(yscale="log")
    trade.margins(0.25)
    names = ("bicubic", "squared error", "true")
    for k, (view, name) in enumerate(zip(views, names)):
        axes = figure.add_subplot(right[1, k])
        axes.imshow(view.transpose(1, 2, 0).clip(0, 1), interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        axes.set_title(name, fontsize="medium")
    save_figure(path, figure)
