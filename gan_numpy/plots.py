"""Pictures: grids of samples, scatter plots."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gan_numpy.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    from gan_numpy.datasets import Dataset

# Who is who, in all figures, lessons and pages: the paper's Figure 1 has black data, a
# green G and a blue D. These shades are told apart by the color-blind, too.
DATA, GENERATOR, DISCRIMINATOR = "#000000", "#009E73", "#0072B2"
DPI = 110
SCREEN_PIXELS = 28  # small images are enlarged to about MNIST's size
# Settings that are not of pictures: what a notebook chose for its windows stays.
OF_WINDOWS = ("backend", "interactive", "toolbar", "timezone", "webagg", "tk", "date")


@contextmanager
def own_style() -> Iterator[None]:
    """Matplotlib's own settings in the block, whatever the user's file says.

    A ``matplotlibrc`` with TeX or another font, resolution or color map is for the
    user's figures. The backend is not touched, and afterward all is as it was.
    """
    import matplotlib

    own_fonts()
    with warnings.catch_warnings():
        # Of settings that will go one day, or values that no axis can show.
        warnings.simplefilter("ignore")
        settings = {
            name: value
            for name, value in matplotlib.rcParamsDefault.items()
            if name.partition(".")[0].partition("_")[0] not in OF_WINDOWS
        }
        with matplotlib.rc_context(settings):
            yield


@cache
def own_fonts() -> None:
    """Matplotlib's own fonts, also where the user's list of fonts has lost them.

    The list is kept from one program to the next; made while the fonts could not be
    read, it lacks them ever after, and each formula in a figure says so.
    """
    import matplotlib
    from matplotlib.font_manager import fontManager

    listed = {entry.fname for entry in fontManager.ttflist}
    for path in Path(matplotlib.get_data_path(), "fonts", "ttf").glob("*.ttf"):
        if str(path) not in listed:
            fontManager.addfont(path)


def as_pictures(images: np.ndarray) -> np.ndarray:
    """Images as a screen shows them: color channels last, values within [0, 1].

    Parameters
    ----------
    images : (N, height, width) or (N, channels, height, width) ndarray
        One channel is gray, three are red, green and blue.

    Returns
    -------
    (N, height, width) or (N, height, width, 3) ndarray
    """
    if images.ndim == 4:
        images = images[:, 0] if images.shape[1] == 1 else images.transpose(0, 2, 3, 1)
    return np.clip(images, 0, 1)


def image_grid(images: np.ndarray, columns: int | None = None) -> np.ndarray:
    """Lay images out in rows, one pixel apart.

    Parameters
    ----------
    images : (N, height, width) or (N, channels, height, width) ndarray in [0, 1]
    columns : int, optional
        About the square root of N by default.

    Returns
    -------
    (rows * (height + 1) + 1, columns * (width + 1) + 1) ndarray, or with a last
    dimension of 3 if the images have colors
    """
    pictures = as_pictures(images)
    n, height, width = pictures.shape[:3]
    columns = columns or math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    size = (rows * (height + 1) + 1, columns * (width + 1) + 1)
    grid = np.full((*size, *pictures.shape[3:]), 0.5)
    for i, picture in enumerate(pictures):
        top, left = 1 + (i // columns) * (height + 1), 1 + i % columns * (width + 1)
        grid[top : top + height, left : left + width] = picture
    return grid


@own_style()
def save_image_grid(path: Path, images: np.ndarray, columns: int | None = None) -> None:
    """Write a grid of gray or color images as PNG, enlarged if they are small.

    Raises
    ------
    UserError
        If the file cannot be written.
    """
    from matplotlib.image import imsave

    grid = image_grid(images, columns)
    zoom = max(1, round(2 * SCREEN_PIXELS / max(images.shape[-2:])))
    grid = grid.repeat(zoom, axis=0).repeat(zoom, axis=1)
    write_atomically(
        path,
        lambda file: imsave(file, grid, cmap="gray", vmin=0, vmax=1, format="png"),
    )


@own_style()
def save_sheets(
    path: Path, sheets: Sequence[tuple[str, np.ndarray, int]], rows: Sequence[str] = ()
) -> None:
    """Write grids of images side by side as PNG, each below its title.

    Parameters
    ----------
    path : Path
    sheets : sequence of (title, images, columns)
        Images as for `image_grid`.
    rows : sequence of str
        Names of the first grid's rows.

    Raises
    ------
    UserError
        If the file cannot be written.
    """
    grids = [image_grid(images, columns) for _, images, columns in sheets]
    step = sheets[0][1].shape[-2] + 1
    zoom = max(1, round(2 * SCREEN_PIXELS / (step - 1))) / DPI
    widths = [grid.shape[1] for grid in grids]
    figure = new_figure(
        zoom * sum(widths) + 0.2 * len(grids) + 0.4,
        zoom * max(map(len, grids)) + 0.4,
    )
    panels = figure.subplots(1, len(grids), squeeze=False, width_ratios=widths)[0]
    for panel, (title, _, _), grid in zip(panels, sheets, grids):
        panel.imshow(grid, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        panel.set_title(title, fontsize="medium")
        panel.set(xticks=[], yticks=[], anchor="N")
        panel.spines[:].set_visible(False)
    panels[0].set_yticks([step * (i + 0.5) for i in range(len(rows))], rows)
    panels[0].tick_params(length=0)
    save_figure(path, figure)


@own_style()
def save_labeled_rows(
    path: Path,
    rows: list[tuple[str, np.ndarray]],
    columns: Sequence[str] = (),
    title: str = "",
) -> None:
    """Write rows of images as PNG, each with its name on the left.

    Parameters
    ----------
    path : Path
    rows : list of (name, (N, height, width) or (N, channels, height, width) ndarray)
        Of any lengths; short ones end early.
    columns : sequence of str
        Names above the first row's images.
    title : str
    """
    grids = [image_grid(images, len(images)) for _, images in rows]
    width = min(12.0, 1.5 + 0.8 * max(len(images) for _, images in rows))
    longest = max(grid.shape[1] for grid in grids)
    height = (width - 1.5) * sum(len(grid) for grid in grids) / longest
    above = 0.25 * bool(columns) + 0.35 * bool(title)
    figure = new_figure(width, height + 0.12 * len(rows) + 0.1 + above)
    axes = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
    for panel, (name, images), grid in zip(axes, rows, grids):
        panel.imshow(grid, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        panel.set_ylabel(name, rotation=0, ha="right", va="center")
        panel.set(xticks=[], yticks=[], xlim=(-0.5, longest - 0.5), anchor="W")
        panel.spines[:].set_visible(False)
    step = rows[0][1].shape[-1] + 1
    if columns:
        places = [step * (i + 0.5) for i in range(len(columns))]
        axes[0].xaxis.tick_top()
        axes[0].set_xticks(places, columns, fontsize="small")
        axes[0].tick_params(length=0)
    if title:
        figure.suptitle(title)
    save_figure(path, figure)


@own_style()
def save_neighbors(path: Path, samples: np.ndarray, nearest: np.ndarray) -> None:
    """Write rows of samples; the last column, framed, is the sample's beside it.

    The layout of the paper's Figure 2: the last column shows the training example that
    is nearest to the last sample of its row.

    Parameters
    ----------
    path : Path
    samples : (rows, columns, height, width) or (rows, columns, channels, height, width)
    nearest : (rows, height, width) or (rows, channels, height, width) ndarray
    """
    rows, columns = samples.shape[:2]
    images = np.concatenate([samples, nearest[:, None]], axis=1)
    grid = image_grid(images.reshape(-1, *images.shape[2:]), columns + 1)
    step = images.shape[-1] + 1
    figure = new_figure(1.1 * (columns + 1), 1.1 * rows + 0.4)
    axes = figure.subplots()
    axes.imshow(grid, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.add_patch(_frame(columns * step, 0, step, len(grid) - 1))
    axes.xaxis.tick_top()
    places = [step * columns / 2, step * (columns + 0.5)]
    axes.set_xticks(places, ["samples", "nearest in training"], fontsize="small")
    axes.tick_params(length=0)
    save_figure(path, figure)


def _frame(left: float, top: float, width: float, height: float) -> Patch:
    """A frame in the color that the paper's figure has."""
    from matplotlib.patches import Rectangle

    return Rectangle(
        (left, top), width, height, fill=False, edgecolor="#F0C000", linewidth=3
    )


@own_style()
def save_scatter(
    path: Path, points: np.ndarray, reference: np.ndarray, title: str = ""
) -> None:
    """Write a scatter plot of 2-D samples over real points as PNG.

    Parameters
    ----------
    path : Path
    points, reference : (N, 2) ndarray
        Generated and real points.
    title : str
    """
    figure = new_figure(5, 5)
    axes = figure.subplots()
    axes.scatter(reference[:, 0], reference[:, 1], s=6, color="0.75", label="data")
    axes.scatter(points[:, 0], points[:, 1], s=6, color=GENERATOR, label="samples")
    axes.set_aspect("equal")
    axes.set(xlabel="$x_1$", ylabel="$x_2$", title=title)
    axes.legend(loc="upper right")
    save_figure(path, figure)


def save_samples(
    path: Path,
    samples: np.ndarray,
    data: Dataset,
    columns: int | None = None,
    *,
    title: str = "",
    rows: Sequence[str] = (),
    real: np.ndarray | None = None,
) -> None:
    """Write samples as whatever they are: images, points, or rows of values.

    Parameters
    ----------
    path : Path
    samples : (N, features) ndarray
        As the generator made them.
    data : Dataset
        What they imitate: says how its values are shown as pixels; its test examples
        are the background of a scatter plot.
    columns : int, optional
        Of the grid of images; about the square root of N by default.
    title : str
        Of the picture, if it has one.
    rows : sequence of str
        Names of the rows of images.
    real : (M, features) ndarray, optional
        Examples that are shown beside images, on as many rows.
    """
    if data.image_shape is not None:
        images = data.display(samples).reshape(-1, *data.image_shape)
        columns = columns or math.ceil(math.sqrt(len(images)))
        sheets = [(title, images, columns)]
        if real is not None:
            beside = data.display(real).reshape(-1, *data.image_shape)
            lines = math.ceil(len(images) / columns)
            sheets.append(("data", beside, math.ceil(len(beside) / lines)))
        if title or rows or real is not None:
            save_sheets(path, sheets, rows)
        else:
            save_image_grid(path, images, columns)
    elif samples.shape[1] == 2:
        save_scatter(path, samples, data.scaled("test", slice(0, 1000)), title)
    else:
        save_image_grid(path, samples[:, None, :], columns=1)


def new_figure(width: float, height: float) -> Figure:
    """A figure that no window system knows of."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def save_figure(path: Path, figure: Figure) -> None:
    """Write a figure as PNG, atomically."""
    write_atomically(path, lambda file: figure.savefig(file, format="png", dpi=DPI))
