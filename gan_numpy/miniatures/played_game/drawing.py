"""The picture of the played game: true frames above, the network's below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.miniatures.played_game.rules import KEYS, PLAYER, Recording
from gan_numpy.plots import new_figure, own_style, save_figure

# Of floor, wall, pellet, player and ghost.
COLORS = np.array(
    [[255, 255, 255], [60, 60, 60], [255, 255, 255], [230, 159, 0], [0, 114, 178]]
)
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
    games, frames = len(true.frames), true.frames.shape[1]
    figure = new_figure(13, 3.1)
    grid = figure.subplots(2, frames)
    # Of the games whose player lives, the one in which most happens.
    lives = (true.frames[:, -1] == PLAYER).any(axis=(1, 2))
    events = (np.diff(true.frames, axis=1) != 0).sum(axis=(1, 2, 3))
    game = int(np.where(lives, events, events / games / events.max()).argmax())
    for t in range(frames):
        pair = true.frames[game, t], played[game, t]
        for axes, frame in zip(grid[:, t], pair):
            _screen(axes, frame)
            for row, place in np.argwhere(frame != pair[0]):
                axes.plot(place, row, "x", color="#D55E00", markersize=7)
        key = f"key {ARROWS[KEYS[true.keys[game, t - 1]]]}" if t else "given"
        grid[0, t].set_title(key, fontsize="medium")
        grid[1, t].set_xlabel(str(t))
    for axes, name in zip(grid[:, 0], ("the true game", "the network")):
        axes.set_ylabel(name)
    save_figure(path, figure)


def _screen(axes: Any, frame: np.ndarray) -> None:
    axes.imshow(COLORS[frame])
    for row, column in np.argwhere(frame == 2):
        axes.plot(column, row, ".", color="0.4", markersize=4)
    axes.set(xticks=[], yticks=[])
