"""Drawing Figure 1: the four moments side by side, the film, and the caption."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_numpy.files import write_text
from gan_numpy.plots import (
    DATA,
    DISCRIMINATOR,
    GENERATOR,
    new_figure,
    own_style,
    save_figure,
)
from gan_numpy.reproduce.fig1 import Schedule, Snapshot, X, Z

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPAN = 3.5  # the part of the x axis that is shown
ARROWS = 17
LINES = {  # the paper's colors and strokes; ours are readable without colors too
    "p_data": ("$p_{data}(x)$", DATA, ":"),
    "p_model": ("$p_g(x)$", GENERATOR, "-"),
    "D": ("$D(x)$", DISCRIMINATOR, "--"),
    "D_optimal": ("$D^*(x)$", "#56B4E9", "-"),
}


@own_style()
def draw_moments(path: Path, moments: dict[str, Snapshot]) -> None:
    """Write the four moments as one PNG."""
    figure = new_figure(14, 4.8)
    panels = figure.subplots(
        2, len(moments), sharex=True, gridspec_kw={"height_ratios": [3, 1]}
    )
    for (upper, lower), snapshot in zip(panels.T, moments.values()):
        draw_densities(upper, snapshot)
        draw_map(lower, snapshot)
    panels[0, 0].set_ylabel("density, or D(x)")
    panels[1, 0].set_ylabel("$z \\to x = G(z)$")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=4)
    save_figure(path, figure)


def draw_densities(axes: Axes, snapshot: Snapshot) -> dict[str, Any]:
    """Both densities, D and D*; returns the lines by name."""
    lines = {}
    for name, (label, color, stroke) in LINES.items():
        width = 1.0 if name == "D_optimal" else 1.8
        (lines[name],) = axes.plot(
            X, getattr(snapshot, name), stroke, color=color, label=label, lw=width
        )
    axes.set(xlim=(-SPAN, SPAN), ylim=(0, 1.02))
    axes.set_title(heading(snapshot), fontsize="medium")
    return lines


def heading(snapshot: Snapshot) -> str:
    """Title of a panel: the moment and its numbers."""
    return (
        f"{snapshot.title}\nE|D - D*| = {snapshot.error:.3f}\n"
        f"V = {snapshot.value:.3f}, JSD = {snapshot.jsd:.3f}"
    )


def draw_map(axes: Axes, snapshot: Snapshot) -> None:
    """Arrows from evenly spaced z, on the lower line, to their x on the upper one.

    Both lines share the horizontal axis: z in (-1, 1) is stretched to its width.
    """
    rows = np.linspace(0, len(Z) - 1, ARROWS + 2).round().astype(int)[1:-1]
    x, z = snapshot.x_of_z[rows], Z[rows]
    if np.corrcoef(x, z)[0, 1] < 0:
        z = -z  # a map that falls is drawn with z from right to left
    for start, end in zip(z * SPAN * 0.9, x):
        axes.annotate(
            "",
            xy=(end, 1),
            xytext=(start, 0),
            arrowprops={"arrowstyle": "->", "color": "0.3", "linewidth": 0.8},
        )
    axes.axhline(0, color="k", linewidth=1)
    axes.axhline(1, color="k", linewidth=1)
    axes.set(ylim=(-0.08, 1.08), yticks=[0, 1], yticklabels=["z", "x"], xlabel="x")
    axes.spines[:].set_visible(False)


@own_style()
def draw_film(path: Path, film: list[Snapshot], rate: int = 6) -> None:
    """Write the film as one HTML page that needs nothing else.

    Parameters
    ----------
    path : Path
    film : list of Snapshot
    rate : int
        Pictures per second.
    """
    from matplotlib.animation import FuncAnimation
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = new_figure(6, 4.5)
    FigureCanvasAgg(figure)
    figure.set_layout_engine("none")  # nothing may move between two pictures
    upper, lower = figure.subplots(
        2, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1]}
    )
    lines = draw_densities(upper, film[0])
    upper.set_ylabel("density, or D(x)")
    upper.legend(loc="upper left", fontsize="small")

    def show(index: int) -> list[Any]:
        snapshot = film[index]
        for name, line in lines.items():
            line.set_ydata(getattr(snapshot, name))
        upper.set_title(heading(snapshot), fontsize="medium")
        lower.clear()
        draw_map(lower, snapshot)
        return list(lines.values())

    animation = FuncAnimation(
        figure, show, frames=len(film), init_func=lambda: [], interval=1000 / rate
    )
    title = "<!DOCTYPE html>\n<meta charset='utf-8'>\n<title>The game</title>\n"
    write_text(path, title + animation.to_jshtml(fps=rate, default_mode="once"))


CAPTION = """\
Figure 1 of "Generative Adversarial Nets" (arXiv:1406.2661), computed.

The paper's caption says: adversarial nets are trained by simultaneously updating the
discriminative distribution (D, blue, dashed) so that it discriminates between samples
of the data's distribution (black, dotted) and of the generator's, p_g (green, solid).
The lower horizontal line is the domain from which z is sampled, uniformly; the line
above is part of the domain of x. The arrows show how x = G(z) imposes the non-uniform
p_g on transformed samples: G contracts in regions of high density and expands in
regions of low density. (a) A pair near convergence: p_g is similar to p_data and D is a
partially accurate classifier. (b) In the inner loop D is trained, converging to
D*(x) = p_data(x) / (p_data(x) + p_g(x)). (c) After an update to G, the gradient of D
has guided G(z) to regions that are more likely to be classified as data. (d) After
several steps, with enough capacity, both reach a point at which neither can improve:
p_g = p_data, and D(x) = 1/2.

Ours is not drawn but trained, seed {seed}: G 1-32-32-1 and D 1-64-64-1, tanh, Adam, {batch}
examples a step; data N(0, 1), z uniform on (-1, 1).
(a) G was fitted to N({mean:g}, {std:g}^2); {s.partial} step(s) of D from random weights.
(b) D alone took {s.alone} more.
(c) G took {s.held} small steps along the gradient of that D; the paper speaks of one update.
(d) {s.rounds} rounds of Algorithm 1, k = {s.discriminator_steps}, with rates that fall to 0.
D* (light blue, solid) is not in the paper's figure. p_g is the exact density of the map as
learned, by change of variables, not a histogram. Equilibrium is reached as closely as
the networks allow: the numbers below say how closely, where the paper has equality.
With z bounded, x is bounded: p_g ends where p_data has tails, and there D nears 1.

          mean |D - D*|   V at D   V at D* = -log 4 + 2 JSD   JSD    largest |D - 1/2|
{rows}
V at equilibrium, -log 4 = {equilibrium:.4f}. The last column looks where p_data > .05.

D 1-64-64-1 trained alone, its generator standing still:
                                mean |D - D*|   V at D   -log 4 + 2 JSD
data N(0, 1), G N(1.5, .8^2)    {apart[error]:13.4f}  {apart[value]:7.4f}   {apart[exact_value]:14.4f}
data N(0, 1), G N(0, 1)         {same[error]:13.4f}  {same[value]:7.4f}   {same[exact_value]:14.4f}
"""  # noqa: E501


def caption(
    moments: dict[str, Snapshot],
    seed: int,
    schedule: Schedule,
    alone: dict[str, dict[str, float]],
) -> str:
    """The caption: what the paper's says, where ours differs, and the numbers."""
    from gan_numpy.reproduce.fig1 import BATCH, START_MEAN, START_STD

    rows = []
    for name, snapshot in moments.items():
        f = snapshot.figures()
        rows.append(
            f"({name}){f['error']:20.4f}{f['value']:9.4f}{f['optimal_value']:27.4f}"
            f"{f['jsd']:8.4f}{f['D_from_half']:18.4f}"
        )
    return CAPTION.format(
        rows="\n".join(rows),
        seed=seed,
        s=schedule,
        batch=BATCH,
        mean=START_MEAN,
        std=START_STD,
        equilibrium=-np.log(4),
        **alone,
    )
