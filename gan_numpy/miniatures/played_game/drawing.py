"""The picture of the played game: true frames above, the network's below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.miniatures.played_game.rules import KEYS, Recording
from gan_numpy.plots import new_figure, own_style, save_figure

# Of floor, wall, pellet, player and ghost.
COLORS = np.array(
    [[255, 255, 255], [60, 60, 60], [255, 255, 255], [230, 159, 0], [0, 114, 178]]
)
SHOWN = (0, 1, 2, 4, 7, 10)
ARROWS = dict(zip(KEYS, "↑→↓←"))


@own_style()
def draw(true: Recording, played: np.ndarray, path: Path) -> None:
    """Write a game as PNG; cells that are wrong are crossed out.

    Parameters
    ----------
    true : Recording
    played : ndarray
        The network's frames, shaped like the true ones.
    path : Path
    """
    figure = new_figure(12, 4.4)
    grid = figure.subplots(2, len(SHOWN))
    # The game in which most happens.
    game = int((np.diff(true.frames, axis=1) != 0).sum(axis=(1, 2, 3)).argmax())
    for column, t in enumerate(SHOWN):
        last = 0 if column == 0 else SHOWN[column - 1]
        keys = "".join(ARROWS[KEYS[k]] for k in true.keys[game, last:t])
        frames = true.frames[game, t], played[game, t]
        for axes, frame in zip(grid[:, column], frames):
            _screen(axes, frame)
            for row, place in np.argwhere(frame != frames[0]):
                axes.plot(place, row, "x", color="#D55E00", markersize=12)
        grid[0, column].set_title(f"{keys}\nstep {t}", fontsize="medium")
    for axes, name in zip(grid[:, 0], ("the true game", "the network")):
        axes.set_ylabel(name)
    save_figure(path, figure)


def _screen(axes: Any, frame: np.ndarray) -> None:
    axes.imshow(COLORS[frame])
    for row, column in np.argwhere(frame == 2):
        axes.plot(column, row, ".", color="0.4", markersize=4)
    axes.set(xticks=[], yticks=[])
