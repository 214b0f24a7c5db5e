r"""What is counted of games that a network played.

Player and ghost are two cells of many, so that the share of right cells says little
about them: they are counted alone, too. Frames depend on the level, the keys and the
rolls, all of which the network is given, and on one thing that no one can see: whether
a pellet lies under the ghost at the start. The *best guess* is the true game played
from the likelier answer; no predictor can expect to be right more often.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.miniatures.played_game.engine import CROSS
from gan_numpy.miniatures.played_game.rules import (
    GHOST,
    PLAYER,
    WALL,
    Recording,
    guessed,
    screen,
    step,
)


def figures(true: Recording, played: np.ndarray) -> dict[str, float]:
    """How much of played games is right at their end.

    Parameters
    ----------
    true : Recording
        n games.
    played : (n, steps + 1, side, side) ndarray
        The network's frames of the same games.
    """
    first, last, ours = true.frames[:, 0], true.frames[:, -1], played[:, -1]
    best = best_guess(true)[:, -1]
    steps = true.keys.shape[1]
    lives = (last == PLAYER).any(axis=(1, 2))
    return {
        f"cells right after {steps} steps": float((ours == last).mean()),
        "cells right if nothing moved": float((first == last).mean()),
        "cells right by the best guess": float((best == last).mean()),
        "games whose player is in place": _in_place(ours, last, PLAYER),
        "of those where it is not caught": _in_place(ours[lives], last[lives], PLAYER),
        "games whose player never moved": _in_place(first, last, PLAYER),
        "games whose ghost is in place": _in_place(ours, last, GHOST),
        "games whose ghost made legal moves only": float(legal_ghosts(played).mean()),
        "games whose last frame is right": _all_right(ours, last),
        "last frames right by the best guess": _all_right(best, last),
    }


def best_guess(true: Recording) -> np.ndarray:
    """The frames of one who knows the rules and sees the first frame only."""
    frames = true.frames.copy()
    for game, (keys, rolls) in enumerate(zip(true.keys, true.rolls)):
        level = guessed(frames[game, 0])
        for t, (key, roll) in enumerate(zip(keys, rolls)):
            level = step(level, key, roll)
            frames[game, t + 1] = screen(level)
    return frames


def legal_ghosts(played: np.ndarray) -> np.ndarray:
    """Of which games each frame has one ghost, one step from where it was, (n,).

    A ghost stays where it is only if no way is free.
    """
    walls = np.pad(played[:, 0] == WALL, ((0, 0), (1, 1), (1, 1)), constant_values=True)
    ghosts = np.pad(played == GHOST, ((0, 0), (0, 0), (1, 1), (1, 1)))
    legal = (ghosts.sum(axis=(2, 3)) == 1).all(axis=1)
    for game in np.flatnonzero(legal):
        places = [tuple(place) for place in np.argwhere(ghosts[game])[:, 1:].tolist()]
        for (row, column), after in zip(places, places[1:]):
            cells = [(row + i - 1, column + j - 1) for i, j in CROSS[1:]]
            ways = [cell for cell in cells if not walls[game][cell]]
            legal[game] &= after in (ways or [(row, column)])
    return legal


def _in_place(ours: np.ndarray, true: np.ndarray, kind: int) -> float:
    """The share of frames where cells of a kind are just where they should be."""
    return _all_right(ours == kind, true == kind)


def _all_right(ours: np.ndarray, true: np.ndarray) -> float:
    right = (ours == true).all(axis=(1, 2))
    return float(right.mean()) if right.size else 1.0
