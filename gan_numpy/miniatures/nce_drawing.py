"""The picture of noise-contrastive estimation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.miniatures.densities import Gaussian, Params, gaussian_log_density
from gan_numpy.plots import new_figure, own_style, save_figure

BLUE, RED, GRAY = "#0072B2", "#D55E00", "0.6"


@dataclass(frozen=True)
class Curve:
    """Mean squared errors against the noise ratio.

    Attributes
    ----------
    ratios, measured : (K,) ndarray
    likelihood : float
        Measured for maximum likelihood, on the same data.
    theory : (40,) ndarray
        At ratios that are spaced geometrically, from 1 to the largest.
    bound : float
        The limit of the theory: that of Cramér and Rao.
    """

    ratios: np.ndarray
    measured: np.ndarray
    likelihood: float
    theory: np.ndarray
    bound: float


@own_style()
def draw(
    truth: tuple[np.ndarray, np.ndarray, float],
    found: list[Params],
    response: np.ndarray,
    curve: Curve,
    path: Path,
) -> None:
    """Write the four panels as PNG.

    Parameters
    ----------
    truth : tuple
        Mean (2,), scale (2, 2) and the noise's standard deviation.
    found : list of dict
        The Gaussians in one and in two dimensions.
    response : (d, d) ndarray
        Of the rows of B to the true sources.
    curve : Curve
    path : Path
    """
    figure = new_figure(12, 3.4)
    line, plane, matrix, errors = figure.subplots(1, 4)
    _draw_line(line, truth, found[0])
    _draw_plane(plane, truth, found[1])
    image = matrix.imshow(response, cmap="RdBu_r", vmin=-1, vmax=1)
    figure.colorbar(image, ax=matrix, shrink=0.7)
    ticks = range(len(response))
    names = [str(k + 1) for k in ticks]
    matrix.set_xticks(ticks, names)
    matrix.set_yticks(ticks, names)
    matrix.set(xlabel="true source", ylabel="row of B")
    matrix.set_title("ICA: each row finds one source", fontsize="medium")
    _draw_errors(errors, curve)
    save_figure(path, figure)


def _draw_line(axes: Any, truth: tuple, params: Params) -> None:
    mean, scale, std = truth
    u = np.linspace(-5, 5, 401)[:, None]
    density = np.exp(gaussian_log_density(u - mean[0], scale[0, 0]))
    found = np.exp(Gaussian().forward(params, u)[0])
    noise = np.exp(gaussian_log_density(u, std))
    axes.fill_between(u[:, 0], density, color="0.85", label="data")
    axes.plot(u, noise, color=GRAY, linestyle="--", label="noise")
    axes.plot(u, found, color=BLUE, label="model, nowhere normalized")
    axes.plot(u, found / (found + noise), ":", color=RED, label="D at ratio 1")
    axes.set(xlabel="u", ylim=(0, 1.25))
    axes.set_title("1-D: density, and D", fontsize="medium")
    axes.legend(fontsize="x-small", loc="upper right")


def _draw_plane(axes: Any, truth: tuple, params: Params) -> None:
    mean, scale, std = truth
    angle = np.linspace(0, 2 * np.pi, 200)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    mine = np.linalg.inv(params["L"]).T
    for radius in (1, 2):
        axes.plot(*(std * radius * circle), "--", color=GRAY)
        axes.plot(*(mean[:, None] + radius * scale @ circle), color="0.8", linewidth=5)
        axes.plot(*(params["mu"][:, None] + radius * mine @ circle), color=BLUE)
    axes.set(aspect="equal", xlabel="$u_1$", ylabel="$u_2$")
    axes.set_title("2-D: found on true, noise dashed", fontsize="medium")


def _draw_errors(axes: Any, curve: Curve) -> None:
    ratios = np.geomspace(1, curve.ratios.max(), len(curve.theory))
    axes.plot(ratios, curve.theory, color=BLUE, label="theory")
    axes.plot(curve.ratios, curve.measured, "o", color=RED, label="measured")
    axes.axhline(curve.bound, color=GRAY, linestyle="--", label="Cramér and Rao")
    axes.axhline(curve.likelihood, color="k", linewidth=0.8, label="max. likelihood")
    axes.set_xscale("log", base=2)
    axes.set(
        xlabel="noise points per data point", ylabel="squared error", ylim=(0, None)
    )
    axes.set_xticks(curve.ratios, [str(k) for k in curve.ratios])
    axes.set_title("error against the ratio", fontsize="medium")
    axes.legend(fontsize="x-small")
