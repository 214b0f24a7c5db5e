r"""The gradient's way: where in the game a lesson is.

One picture for all lessons: forward, from noise and data to the loss, above; the
gradient, back to the parameters of both players, below. A lesson's part has color.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
from threadpoolctl import threadpool_limits

from gan_numpy.lesson.style import DATA, DISCRIMINATOR, GENERATOR, RED, show, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Where each thing stands, what it says and whose it is.
PLACES: dict[str, tuple[float, float, str, str]] = {
    "z": (0.0, 1.0, "$z$", GENERATOR),
    "G": (1.6, 1.0, "generator $G$", GENERATOR),
    "fake": (3.2, 1.0, "$\\tilde x = G(z)$", GENERATOR),
    "x": (3.2, 2.0, "data $x$", DATA),
    "D": (5.0, 1.0, "discriminator $D$", DISCRIMINATOR),
    "a": (6.6, 1.0, "logit $a$", DISCRIMINATOR),
    "L": (7.9, 1.0, "loss $L$", DATA),
}
FORWARD = (("z", "G"), ("G", "fake"), ("fake", "D"), ("x", "D"), ("D", "a"), ("a", "L"))
# Each step of the gradient: from where to where, and its name.
BACK = {
    "da": (7.9, 6.6, "$da$"),
    "dD": (6.6, 5.0, "$d\\theta_D$"),
    "dx": (5.0, 3.2, "$d\\tilde x$"),
    "dG": (3.2, 1.6, "$d\\theta_G$"),
}
ALL = frozenset(PLACES) | frozenset(BACK)
# What each lesson is about, and its part.
LESSONS: dict[str, tuple[str, frozenset[str]]] = {
    "00": ("a judge for every arrow that points left", frozenset(BACK)),
    "01": ("the loss and its gradient", frozenset({"a", "L", "da"})),
    "02": ("one layer, there and back", frozenset({"D", "G", "dD", "dx", "dG"})),
    "03": ("the layers of the first discriminator", frozenset({"D", "dD", "dx"})),
    "04": ("the best answer that D can give", frozenset({"x", "fake", "D", "a"})),
    "05": ("what each player is paid", frozenset({"a", "L", "da"})),
    "06": ("the whole of it: Algorithm 1", ALL),
    "07": ("both players shrunk to one number each", frozenset({"G", "D", "dD", "dG"})),
    "08": ("what is done with a gradient", frozenset({"dD", "dG"})),
    "09": ("the set of samples, not each of them", frozenset({"z", "G", "fake", "dx"})),
    "10": ("the paper's two networks", frozenset({"z", "G", "fake", "x", "D", "a"})),
    "11": ("how good the samples are", frozenset({"fake", "x"})),
    "12": ("a layer that looks at the whole batch", frozenset({"G", "D", "dD", "dG"})),
    "13": ("layers that know what neighbors are", frozenset({"G", "fake", "x", "D"})),
    "14": ("other losses, other gradients", frozenset({"a", "L", "da", "dx"})),
    "15": ("the gradient of a gradient", frozenset({"D", "dD", "dx"})),
    "16": (
        "both players are told a class",
        frozenset({"z", "G", "fake", "x", "D", "a"}),
    ),
    "17": ("where the time goes: inside both networks", frozenset({"G", "D"})),
    "18": ("its roots: each half without the other", frozenset({"D", "a", "L", "da"})),
}


def opening(number: str) -> None:
    """Show where a lesson is on the gradient's way, in the lessons' style.

    From here on the library's kernels are plain NumPy, unless ``GAN_NUMPY_KERNELS``
    says otherwise, and the BLAS has one thread: networks of a lesson's size are not
    worth a compilation, and threads that share their products mostly wait.

    Parameters
    ----------
    number : str
        Of the lesson: "02".
    """
    style()
    os.environ.setdefault("GAN_NUMPY_KERNELS", "reference")
    threadpool_limits(1, user_api="blas")
    about, part = LESSONS[number]
    _, axes = plt.subplots(figsize=(7.2, 2.1))
    draw_way(axes, part)
    axes.set_title(f"This lesson: {about}", loc="left", fontweight="bold")
    shown = ", ".join(sorted(part))
    show(
        "The way of the gradient: noise z through the generator G to a fake, a fake or"
        " data through the discriminator D to a logit and the loss; below, the gradient"
        f" back from the loss to both players' parameters. In color here: {shown}."
    )


def draw_way(axes: Axes, part: frozenset[str]) -> None:
    """Draw the way with a part of it in full color."""
    for start, end in FORWARD:
        x1, y1, *_ = PLACES[start]
        x2, y2, *_ = PLACES[end]
        arrow(axes, (x1, y1), (x2, y2), "0.55" if {start, end} & part else "0.85")
    for name, (x, y, text, color) in PLACES.items():
        inside = name in part
        box = {
            "boxstyle": "round,pad=0.35" if name in ("G", "D") else "round,pad=0.2",
            "fc": color if inside and name in ("G", "D") else "white",
            "ec": color if inside else "0.85",
            "lw": 1.6,
        }
        ink = "white" if inside and name in ("G", "D") else color if inside else "0.7"
        axes.text(x, y, text, color=ink, ha="center", va="center", bbox=box, zorder=3)
    for name, (x1, x2, text) in BACK.items():
        inside = name in part
        arrow(axes, (x1, 0.25), (x2, 0.25), RED if inside else "0.85", 2.2)
        axes.text(
            (x1 + x2) / 2, 0.02, text, color=RED if inside else "0.7", ha="center",
            va="top",
        )  # fmt: skip
    axes.text(0.0, 0.25, "gradient", color=RED, va="center", ha="center")
    axes.set(xlim=(-0.6, 8.5), ylim=(-0.35, 2.3))
    axes.axis("off")


def arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    color: str,
    width: float = 1.2,
) -> None:
    """An arrow between two places, clear of what stands there."""
    style: Any = {"arrowstyle": "->", "color": color, "lw": width}
    style |= {"shrinkA": 24, "shrinkB": 28}
    if width > 2:
        style |= {"shrinkA": 4, "shrinkB": 4}
    axes.annotate("", end, start, arrowprops=style)


def architecture(columns: dict[str, list[tuple[str, int]]]) -> None:
    """Draw networks as boxes, as wide as what flows between them has numbers.

    Parameters
    ----------
    columns : dict of str to list of (str, int)
        For each network (named "generator ..." or "discriminator ..."), from its input
        to its output: what stands there, and of how many numbers it is.
    """
    largest = max(size for parts in columns.values() for _, size in parts)
    height = max(len(parts) for parts in columns.values())
    _, panels = plt.subplots(1, len(columns), figsize=(6.2, 0.42 * height + 0.4))
    for axes, (title, parts) in zip(panels, columns.items()):
        color = GENERATOR if title.startswith("generator") else DISCRIMINATOR
        for k, (text, size) in enumerate(parts):
            width = 0.12 + 0.88 * (size / largest) ** 0.5
            axes.barh(-k, width, left=-width / 2, height=0.62, color=color, alpha=0.3)
            axes.text(0, -k, f"{text}: {size}", ha="center", va="center", fontsize=8)
            if k:
                arrow(axes, (0.62, 1 - k), (0.62, -k), color, 2.1)
        axes.set_title(title, color=color)
        axes.set(xlim=(-0.75, 0.75), ylim=(0.6 - height, 0.6))
        axes.axis("off")
    said = (
        f"{title}: " + ", ".join(f"{text} {size}" for text, size in parts)
        for title, parts in columns.items()
    )
    show("The networks, layer by layer. " + "; ".join(said))
