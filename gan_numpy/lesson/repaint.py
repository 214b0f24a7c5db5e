r"""Drawing only what has changed: a live figure that answers at once.

Two thirds of the time of a picture go into its axes: ticks, their labels, spines. They
stay as they are while a curve moves. So the figure without what moves is drawn once and
kept, and what moves is drawn upon it. Matplotlib itself marks what has changed, by
``Artist.stale``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.spines import Spine

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Part:
    """An artist of a figure, or of axes of it."""

    artist: Artist
    owner: Figure | Axes

    @property
    def stale(self) -> bool:
        """Whether it has changed since it was drawn."""
        return bool(self.artist.stale)

    @property
    def fixed(self) -> bool:
        """Whether it stays in the background: an axis, or the ground under all else."""
        return isinstance(self.artist, Axis) or self.artist is self.owner.patch

    @property
    def state(self) -> tuple[Any, ...]:
        """What must not change for the background to hold."""
        own, axes = self.artist, self.owner
        place = axes.get_position().bounds if isinstance(axes, Axes) else ()
        return id(own), own.get_zorder(), place


class Repainter:
    """A canvas that is drawn again and again.

    Parameters
    ----------
    figure : Figure
    dpi : float
    """

    def __init__(self, figure: Figure, dpi: float) -> None:
        figure.set_dpi(dpi)
        canvas = figure.canvas
        if not isinstance(canvas, FigureCanvasAgg):  # a closed figure's draws nothing
            canvas = FigureCanvasAgg(figure)
        self.figure, self.canvas = figure, canvas
        self.moving: list[Part] = []  # not part of the background
        self.background: Any = None
        self.frame: list[tuple[Any, ...]] = []

    def paint(self) -> FigureCanvasAgg:
        """The canvas with the figure as it is now."""
        parts = list(parts_of(self.figure))
        changed = [part for part in parts if part.stale or part in self.moving]
        if self.frame != [part.state for part in parts] or any(
            part.fixed or is_covered(part) for part in changed
        ):
            self.start_over()
        else:
            if self.background is None or any(p not in self.moving for p in changed):
                self.keep_all_but([part for part in parts if lies_on(part, changed)])
            self.canvas.restore_region(self.background)
            for part in sorted(self.moving, key=lambda part: part.artist.get_zorder()):
                part.artist.draw(self.canvas.get_renderer())
        return self.canvas

    def start_over(self) -> None:
        """Draw everything; nothing is known to move."""
        for part in self.moving:
            part.artist.set_animated(False)
        self.moving, self.background = [], None
        self.canvas.draw()  # which may give parts their final places
        self.frame = [part.state for part in parts_of(self.figure)]

    def keep_all_but(self, moving: list[Part]) -> None:
        """Draw the background, which is the figure without some parts."""
        self.moving = moving
        for part in moving:
            part.artist.set_animated(True)
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(self.figure.bbox)


def parts_of(owner: Figure | Axes) -> Iterator[Part]:
    """What is seen of a figure, its axes taken apart into curves, images and texts."""
    off = isinstance(owner, Axes) and not (owner.axison and owner.get_frame_on())
    for artist in owner.get_children():
        part = Part(artist, owner)
        if isinstance(artist, Axes) and artist.get_visible():
            yield from parts_of(artist)
        elif artist.get_visible() and not (
            off and (part.fixed or isinstance(artist, Spine))
        ):
            yield part


def lies_on(part: Part, changed: list[Part]) -> bool:
    """Whether a part has changed, or may cover one of its owner that has."""
    return part in changed or any(
        part.owner is other.owner
        and not part.fixed
        and part.artist.get_zorder() > other.artist.get_zorder()
        for other in changed
    )


def is_covered(part: Part) -> bool:
    """Whether other axes lie within the axes of a part."""
    return isinstance(part.owner, Axes) and bool(part.owner.child_axes)
