r"""One style for all figures, one color for each player, the fast mode of the tests."""

from __future__ import annotations

import base64
import html
import os
from io import BytesIO
from typing import Any

import matplotlib.pyplot as plt
from cycler import cycler

from gan_numpy.plots import DATA, DISCRIMINATOR, GENERATOR, own_fonts

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


def style() -> None:
    """Give every figure of the notebook the lessons' style."""
    own_fonts()
    plt.rcParams.update(STYLE)


def steps(full: int, fast: int) -> int:
    """`full`, or `fast` where ``GAN_NUMPY_FAST=1``: the tests run so."""
    return fast if os.environ.get("GAN_NUMPY_FAST") == "1" else full


def show(alt: str) -> None:
    """Show the figure just drawn, with a text for whoever cannot see it.

    Parameters
    ----------
    alt : str
        What the figure shows, in a sentence.
    """
    from IPython.display import display

    figure = plt.gcf()
    page = BytesIO()
    figure.savefig(page, format="png", metadata={"Description": alt})
    plt.close(figure)
    data = base64.b64encode(page.getvalue()).decode("ascii")
    text = html.escape(alt, quote=True)
    # As HTML: pages that nbconvert writes have no alternative text for other images.
    image = f'<img alt="{text}" src="data:image/png;base64,{data}">'
    display({"text/html": image, "text/plain": alt}, raw=True)


__all__ = ["DATA", "DISCRIMINATOR", "GENERATOR", "show", "steps", "style"]
