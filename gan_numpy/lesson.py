r"""What the lessons' notebooks share, so that their cells hold only what they teach.

One style for all figures, the fast mode of the tests, the student's function where it
is right, and known mistakes to break things with.
"""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.animation import FuncAnimation

from gan_numpy.derive import Derivation, judge
from gan_numpy.exercises.base import build_mutant
from gan_numpy.exercises.notebook import check
from gan_numpy.exercises.registry import get_exercise
from gan_numpy.stepping import Page, build_page, names

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.figure import Figure

# Okabe and Ito's colors, told apart by the color-blind, in an order in which neighbors
# differ in gray too.
BLUE, ORANGE, GREEN, PINK = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
BLACK, RED, SKY, GRAY = "#000000", "#D55E00", "#56B4E9", "#767676"
COLORS = (BLUE, ORANGE, GREEN, PINK, BLACK, RED, SKY)
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (1, 2)))
DPI = 110
STYLE: Any = {
    "figure.figsize": (6.2, 3.2),
    "figure.dpi": DPI,
    "figure.facecolor": "white",  # opaque: readable on a dark page too
    "savefig.facecolor": "white",
    "figure.constrained_layout.use": True,
    "axes.prop_cycle": cycler(color=COLORS) + cycler(linestyle=LINES),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": "medium",
    "font.size": 9,
    "legend.frameon": False,
    "image.cmap": "gray",
}
# What stands on the buttons of an animation, in place of an icon font from the network.
BUTTONS = {
    "minus": "&minus;",
    "fast-backward": "&#8676;",
    "step-backward": "&lsaquo;",
    "play fa-flip-horizontal": "&#9664;",
    "play": "&#9654;",
    "pause": "&#10074;&#10074;",
    "step-forward": "&rsaquo;",
    "fast-forward": "&#8677;",
    "plus": "+",
}

Function = Callable[..., Any]


def style() -> None:
    """Give every figure of the notebook the lessons' style."""
    plt.rcParams.update(STYLE)


def steps(full: int, fast: int) -> int:
    """`full`, or `fast` where ``GAN_NUMPY_FAST=1``: the tests run so."""
    return fast if os.environ.get("GAN_NUMPY_FAST") == "1" else full


def reference(name: str) -> Function:
    """The library's solution of an exercise."""
    return get_exercise(name).reference


def working(*functions: Function) -> Any:
    """The functions that you wrote if they are right, the library's until then.

    Functions that share a cache go together: all yours, or all the library's.

    Parameters
    ----------
    *functions : function
        Named like their exercises.

    Returns
    -------
    function or tuple of functions
        One if one was given.
    """
    names = [f.__name__ for f in functions]
    open_ones = [f.__name__ for f in functions if not check(f)]
    chosen = functions
    if open_ones:
        print(f"The lesson goes on with the library's {' and '.join(names)};")
        print(f"with yours as soon as {' and '.join(open_ones)} passes its check.")
        chosen = tuple(reference(name) for name in names)
    else:
        print(f"The lesson goes on with your {' and '.join(names)}.")
    return chosen if len(chosen) > 1 else chosen[0]


def mistake(name: str, tag: str) -> Function:
    """The library's solution of an exercise with a known mistake in it.

    Parameters
    ----------
    name : str
        Of the exercise.
    tag : str
        One of ``mistakes(name)``.

    Raises
    ------
    ValueError
        If the exercise has no mistake of this name.
    """
    exercise = get_exercise(name)
    for change in exercise.mutants:
        if " ".join(change.tags) == tag:
            return build_mutant(exercise, change)
    known = ", ".join(mistakes(name))
    raise ValueError(f"{name} has no known mistake {tag!r}; choose among {known}")


def mistakes(name: str) -> list[str]:
    """The names of the known mistakes of an exercise."""
    tags = [" ".join(change.tags) for change in get_exercise(name).mutants]
    return list(dict.fromkeys(tags))


def show_mistakes(*names: str) -> None:
    """Print the names of the known mistakes of some exercises."""
    for name in names:
        print(textwrap.fill(f"{name}: {', '.join(mistakes(name))}", 76))


def derive(name: str, formulas: str = "") -> Derivation:
    """Check a derivation that is written as formulas, not as code.

    Parameters
    ----------
    name : str
        Of the exercise.
    formulas : str
        Equations, one a line: ``"dW = x^T dy"``. Without any it says what is to be
        derived, from which arrays, and how formulas are written.

    Returns
    -------
    Derivation
        A notebook shows the formulas as they are printed, and what is wrong with them.

    Raises
    ------
    ValueError
        If there is no derivation of this name.
    """
    return judge(name, formulas)


def step_through(function: str | Function) -> Page:
    """A function line by line, with all arrays, as a page that a notebook shows.

    Parameters
    ----------
    function : function or str
        One that you wrote, named like its exercise: it opens at the first wrong line.
        Or the name of an exercise's function, or of a layer's class, for the library's.

    Returns
    -------
    Page
        ``page.save("dense.html")`` writes it to a file.

    Raises
    ------
    ValueError
        If nothing has this name.
    """
    if isinstance(function, str):
        name, namespace = function, None
    else:
        name = function.__name__
        namespace = {**getattr(function, "__globals__", {}), name: function}
    if name not in names():
        raise ValueError(f"no exercise and no layer {name!r}: {', '.join(names())}")
    return build_page(name, namespace)


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


def animate(
    figure: Figure, draw: Callable[[Any], Any], frames: Sequence[Any], fps: int = 8
) -> Any:
    """Play a figure in the notebook, with nothing from the network.

    Parameters
    ----------
    figure : Figure
        Closed afterwards.
    draw : function of one element of `frames`
        Redraws the figure.
    frames : sequence
        Some 40 at most: each is kept as a picture.
    fps : int
        Frames per second.

    Returns
    -------
    IPython.display.HTML
    """
    from IPython.display import HTML

    player = FuncAnimation(figure, draw, frames=list(frames), init_func=lambda: None)
    with plt.rc_context({"savefig.dpi": 80, "animation.embed_limit": 8}):
        page = player.to_jshtml(fps=fps, default_mode="once")
    plt.close(figure)
    page = re.sub(r'<link rel="stylesheet"[^>]*>', "", page)
    for icon, sign in BUTTONS.items():
        page = page.replace(f'<i class="fa fa-{icon}"></i>', sign)
    return HTML(page)
