"""A game with a person: the network answers each key, the true game keeps the score.

On the screen ``#`` is a wall, ``.`` a pellet, ``@`` the player and ``&`` the ghost.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gan_numpy.errors import UserError
from gan_numpy.files import read_arrays
from gan_numpy.layers.base import check_fit
from gan_numpy.miniatures.played_game.engine import WINDOW, Engine
from gan_numpy.miniatures.played_game.rules import (
    CLASSES,
    KEYS,
    SIDES,
    new_level,
    screen,
    step,
)

SIGNS = np.array(list(" #.@&"))


class Session:
    """A game from a random level on.

    Parameters
    ----------
    engine : Engine
    side : int
        Of the grid; the engine is the same at every cell, so any will do.
    seed : int
        Of the level and of the rolls.

    Attributes
    ----------
    frame, true : (side, side) ndarray of int
        The network's, and that of the true game with the same keys and rolls.
    steps : int
    """

    def __init__(self, engine: Engine, side: int, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._engine, self._level = engine, new_level(side, self._rng)
        self.frame = self.true = screen(self._level)
        self._memory = engine.blank((1, side, side))
        self.steps = 0

    def press(self, key: str) -> None:
        """Play a step; the key is one of `KEYS`."""
        move, roll = KEYS.index(key), int(self._rng.integers(SIDES))
        told = np.array([move]), np.array([roll])
        p, self._memory, _ = self._engine.step(self.frame[None], *told, self._memory)
        self.frame = p[0].argmax(axis=2)
        self._level = step(self._level, move, roll)
        self.true = screen(self._level)
        self.steps += 1

    def show(self, beside: bool) -> str:
        """The network's frame as text, with the true one beside it if wanted."""
        lines = _framed(self.frame)
        if beside:
            lines = [f"{a}   {b}" for a, b in zip(lines, _framed(self.true))]
        return "\n".join(lines)

    def score(self) -> str:
        """How many cells are as they would be in the true game."""
        right, cells = int((self.frame == self.true).sum()), self.frame.size
        times = "step" if self.steps == 1 else "steps"
        return f"{self.steps} {times}; {right} of {cells} cells as in the true game"


def load_engine(path: Path) -> Engine:
    """An engine from the file that a game left.

    Raises
    ------
    UserError
        If it is missing, damaged or of another kind.
    """
    arrays = read_arrays(path)
    try:
        seen, units, hidden = len(arrays["s"]), len(arrays["b"]) // 4, len(arrays["k"])
        if arrays["S"].shape != (WINDOW * (CLASSES + units), seen):
            raise ValueError(f"S has shape {arrays['S'].shape}")
        engine = Engine(seen, units, hidden, rng=np.random.default_rng(0))
        check_fit("arrays", arrays, engine.params)
        for name, value in engine.params.items():
            if arrays[name].dtype != value.dtype or not np.isfinite(arrays[name]).all():
                raise ValueError(f"{name} does not hold finite {value.dtype} numbers")
            value[...] = arrays[name]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise UserError(
            f"{path} holds no engine of a game of {CLASSES} classes ({error})"
        ) from None
    return engine


def _framed(frame: np.ndarray) -> list[str]:
    edge = "+" + "-" * frame.shape[1] + "+"
    return [edge, *("|" + "".join(SIGNS[row]) + "|" for row in frame), edge]
