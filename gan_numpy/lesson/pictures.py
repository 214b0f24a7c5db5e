r"""Pictures that several lessons draw: the plane, D over it, sheets of digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_numpy.plots import image_grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh


def plane(
    box: tuple[float, float, float, float], side: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A grid of points of the plane.

    Parameters
    ----------
    box : (left, right, bottom, top)
    side : int
        Points in each direction.

    Returns
    -------
    x1, x2 : (side, side)
    points : (side * side, 2)
        In the order of ``x1.ravel()``.
    """
    left, right, bottom, top = box
    x1, x2 = np.meshgrid(np.linspace(left, right, side), np.linspace(bottom, top, side))
    return x1, x2, np.stack([x1.ravel(), x2.ravel()], axis=1)


def heat_map(
    axes: Axes,
    probability: Callable[[np.ndarray], np.ndarray],
    box: tuple[float, float, float, float],
    gradient: Callable[[np.ndarray], np.ndarray] | None = None,
    *,
    side: int = 80,
    arrows: int = 13,
) -> QuadMesh:
    """Draw D over a part of the plane, its line D = 1/2, and arrows along a gradient.

    Arrows have the direction of the gradient; their length is the square root of its
    size, so that small gradients remain visible.

    Parameters
    ----------
    axes : Axes
    probability : function of (M, 2) points that returns (M,) values in [0, 1]
    box : (left, right, bottom, top)
    gradient : function of (M, 2) points that returns (M, 2), optional
    side, arrows : int
        Points of the map and arrows in each direction.

    Returns
    -------
    QuadMesh
        For ``figure.colorbar``.
    """
    x1, x2, points = plane(box, side)
    values = np.reshape(probability(points), x1.shape)
    mesh = axes.pcolormesh(x1, x2, values, cmap="cividis", vmin=0, vmax=1)
    mesh.set_edgecolor("face")
    if values.min() < 0.5 < values.max():
        axes.contour(x1, x2, values, [0.5], colors="white", linewidths=1.5)
    if gradient is not None:
        _, _, points = plane(box, arrows + 2)
        inside = np.all((points > points.min(0)) & (points < points.max(0)), axis=1)
        points = points[inside]
        g = np.asarray(gradient(points), dtype=float)
        size = np.linalg.norm(g, axis=1, keepdims=True)
        g = g / np.sqrt(np.maximum(size, 1e-12)) / np.sqrt(max(size.max(), 1e-12))
        axes.quiver(*points.T, *g.T, color="white", scale=1.3 * arrows, width=0.004)
    axes.set(xlim=box[:2], ylim=box[2:], aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    return mesh


def sheet(
    axes: Axes,
    images: np.ndarray,
    columns: int,
    rows: Sequence[Any] = (),
    names: Sequence[Any] = (),
) -> None:
    """Draw small square images in rows.

    Parameters
    ----------
    axes : Axes
    images : (N, side * side) or (N, ..., side, side), values in [0, 1]
    columns : int
        Images in a row.
    rows, names : sequence, optional
        What stands beside each row, and below each column.
    """
    if images.ndim == 2:
        side = round(images.shape[1] ** 0.5)
        images = images.reshape(-1, side, side)
    step = images.shape[-1] + 1
    axes.imshow(image_grid(images, columns), vmin=0, vmax=1)
    for axis, texts in ((axes.yaxis, rows), (axes.xaxis, names)):
        places = step / 2 + step * np.arange(len(texts))
        axis.set_ticks(places, [str(text) for text in texts])
    axes.tick_params(length=0)
