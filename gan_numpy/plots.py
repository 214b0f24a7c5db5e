"""Pictures: grids of samples, training curves, scatter plots."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gan_numpy.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCREEN_PIXELS = 28  # small images are enlarged to about MNIST's size


def image_grid(images: np.ndarray, columns: int | None = None) -> np.ndarray:
    """Lay images out in rows, one pixel apart.

    Parameters
    ----------
    images : (N, height, width) ndarray in [0, 1]
    columns : int, optional
        About the square root of N by default.

    Returns
    -------
    (rows * (height + 1) + 1, columns * (width + 1) + 1) ndarray
    """
    n, height, width = images.shape
    columns = columns or math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    grid = np.full((rows * (height + 1) + 1, columns * (width + 1) + 1), 0.5)
    for i, image in enumerate(images):
        top, left = 1 + (i // columns) * (height + 1), 1 + i % columns * (width + 1)
        grid[top : top + height, left : left + width] = image
    return grid


def save_image_grid(path: Path, images: np.ndarray, columns: int | None = None) -> None:
    """Write a grid of gray images as PNG, enlarged if they are small.

    Raises
    ------
    UserError
        If the file cannot be written.
    """
    from matplotlib.image import imsave

    zoom = max(1, round(2 * SCREEN_PIXELS / max(images.shape[1:])))
    grid = np.kron(image_grid(images, columns), np.ones((zoom, zoom)))
    write_atomically(
        path,
        lambda file: imsave(file, grid, cmap="gray", vmin=0, vmax=1, format="png"),
    )


def save_scatter(path: Path, points: np.ndarray, reference: np.ndarray) -> None:
    """Write a scatter plot of 2-D samples over real points as PNG.

    Parameters
    ----------
    path : Path
    points, reference : (N, 2) ndarray
        Generated and real points.
    """
    figure = _new_figure(5, 5)
    axes = figure.subplots()
    axes.scatter(reference[:, 0], reference[:, 1], s=6, color="0.75", label="data")
    axes.scatter(points[:, 0], points[:, 1], s=6, color="#0072B2", label="samples")
    axes.set_aspect("equal")
    axes.set(xlabel="$x_1$", ylabel="$x_2$")
    axes.legend(loc="upper right")
    save_figure(path, figure)


def save_samples(
    path: Path,
    samples: np.ndarray,
    image_shape: tuple[int, int] | None,
    reference: np.ndarray,
) -> None:
    """Write samples as whatever they are: images, points, or rows of values.

    Parameters
    ----------
    path : Path
    samples : (N, features) ndarray
    image_shape : (height, width) or None
    reference : (M, features) ndarray
        Real examples, for the background of a scatter plot.
    """
    if image_shape is not None:
        save_image_grid(path, samples.reshape(-1, *image_shape))
    elif samples.shape[1] == 2:
        save_scatter(path, samples, reference)
    else:
        save_image_grid(path, samples[:, None, :], columns=1)


def save_curves(path: Path, metrics: dict[str, list[float]], steps: int) -> None:
    r"""Write the training curves as PNG.

    Losses, mean D(x) and D(G(z)) - both approach ½ as the players approach the
    equilibrium - and the gradient norms, against the epoch.

    Parameters
    ----------
    path : Path
    metrics : dict
        Columns of ``metrics.csv``.
    steps : int
        Generator updates per epoch, for the title.
    """
    figure = _new_figure(12, 3.6)
    panels = figure.subplots(1, 3)
    epochs = metrics["epoch"]
    marker = "o" if len(epochs) == 1 else None
    curves = (
        ("loss (nats)", ("loss_discriminator", "loss_generator")),
        ("mean output of D", ("d_real", "d_fake")),
        ("gradient norm", ("grad_norm_discriminator", "grad_norm_generator")),
    )
    labels = {"d_real": "D(x), real", "d_fake": "D(G(z)), generated"}
    for axes, (title, names) in zip(panels, curves):
        for name, color, style in zip(names, ("#0072B2", "#D55E00"), ("-", "--")):
            label = labels.get(name, name.rpartition("_")[2])
            axes.plot(
                epochs, metrics[name], style, color=color, label=label, marker=marker
            )
        axes.set(xlabel=f"epoch ({steps} steps each)", ylabel=title)
        axes.legend()
    panels[1].axhline(0.5, color="0.7", linewidth=1, zorder=0)
    panels[1].set_ylim(0, 1)
    save_figure(path, figure)


def _new_figure(width: float, height: float) -> Figure:
    """A figure that no window system knows of."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def save_figure(path: Path, figure: Figure) -> None:
    """Write a figure as PNG, atomically."""
    write_atomically(path, lambda file: figure.savefig(file, format="png", dpi=110))
