"""The pages that move: the playground, and functions step by step, in frames."""

from __future__ import annotations

import re
from pathlib import Path

from gan_numpy.exercises.registry import NAMES
from gan_numpy.playground.page import build_playground
from gan_numpy.stepping import build_page, names

PLACE = re.compile(r"^<!-- live: (\w+) -->$", re.MULTILINE)
FOLDER = "live"
STEPS = """\
# Line by line

`gan-numpy explain NAME --html FILE` writes such a page, of our function or of yours:
the lines of forward and backward side by side, each array with its shape and its
numbers, what each line waits for, and which value of the forward an array is the
adjoint of. Arrow keys step, `b` jumps between an adjoint and its value.

<!-- live: Maxout -->

The layers: {layers}.

The functions of the exercises, each on its page: {exercises}.
"""


def write_live(folder: Path) -> None:
    """Write the playground and a page for every function and layer."""
    folder.mkdir(parents=True)
    build_playground().save(folder / "playground.html")
    for name in names():
        build_page(name).save(folder / f"{name}.html")


def frame(name: str, up: str) -> str:
    """A frame that shows such a page, and a link to it alone."""
    title = "The playground" if name == "playground" else f"{name}, step by step"
    address = f"{up}{FOLDER}/{name}.html"
    kind = "playground" if name == "playground" else "steps"
    return (
        f'<iframe class="live {kind}" title="{title}" src="{address}" loading="lazy">'
        f"</iframe>\n"
        f'<p class="alone"><a href="{address}">{title}, on a page of its own</a></p>\n'
    )


def with_frames(text: str, up: str = "") -> str:
    """A text with a frame in each place that is marked for one.

    Parameters
    ----------
    text : str
        ``<!-- live: NAME -->`` on a line of its own marks a place.
    up : str
        From the page's folder to the site's: "" or "../".
    """
    return PLACE.sub(lambda match: frame(match[1], up), text)


def steps_page() -> str:
    """A page with one of them in a frame, and a link to each."""
    exercises, layers = [], []
    for name in names():
        if name in NAMES:
            exercises.append(f"[`{name}`](exercises/{name}.md)")
        else:
            layers.append(f'<a href="{FOLDER}/{name}.html">{name}</a>')
    return with_frames(
        STEPS.format(exercises=", ".join(exercises), layers=", ".join(layers))
    )
