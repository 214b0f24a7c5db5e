"""The picture of the minimax controller."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gan_numpy.miniatures.linear_game import LinearGame
from gan_numpy.plots import new_figure, own_style, save_figure

BLUE, RED, GRAY = "#0072B2", "#D55E00", "0.6"
Pair = tuple[np.ndarray, np.ndarray]


@own_style()
def draw(
    game: LinearGame, way: list[Pair], saddle: Pair, lqr: np.ndarray, path: Path
) -> None:
    """Write the three panels as PNG: the way, the distance, what it buys.

    Parameters
    ----------
    game : LinearGame
    way : list of (K, L)
        After each step, from the start.
    saddle : (K, L)
    lqr : (1, 2) ndarray
    path : Path
    """
    figure = new_figure(12, 3.6)
    plane, distance, gains = figure.subplots(1, 3)
    for k, (name, color) in enumerate((("controller K", BLUE), ("disturbance L", RED))):
        points = np.array([pair[k][0] for pair in way])
        plane.plot(*points.T, color=color, label=name)
        plane.plot(*points[0], "o", color=color, fillstyle="none")
        plane.plot(*saddle[k][0], "+", color="k", markersize=12)
        apart = np.abs(points - saddle[k]).max(axis=1) / np.abs(saddle[k]).max()
        distance.semilogy(apart, color=color, label=name)
    plane.set(xlabel="gain of the angle", ylabel="gain of the rate")
    plane.set_title("both ways, from o to Riccati's +", fontsize="medium")
    plane.legend(fontsize="small")
    distance.axhline(1e-3, color=GRAY, linestyle="--")
    distance.set(xlabel="step", ylabel="relative distance", ylim=(1e-8, None))
    distance.set_title("distance from the saddle point", fontsize="medium")
    angle = np.geomspace(1e-3, np.pi, 300)
    controllers = (
        ("regulator (no adversary)", lqr, "k"),
        ("robust (played)", way[-1][0], BLUE),
    )
    for name, K, color in controllers:
        gains.semilogx(angle, game.gains(K, angle), color=color, label=name)
    gains.axhline(game.gamma, color=GRAY, linestyle="--", label=r"$\gamma$")
    gains.set(xlabel="frequency (rad per step)", ylabel="cost per disturbance")
    gains.set(ylim=(0, None))
    gains.set_title("what gets through, by frequency", fontsize="medium")
    gains.legend(fontsize="small")
    save_figure(path, figure)
