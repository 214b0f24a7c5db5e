"""The true game: walls, pellets, a player and a ghost on a small grid.

A key moves the player one cell, unless a wall or the edge is there; it eats the pellet
that it finds. Then the ghost moves: straight on, as long as it can. Where it cannot,
and at the start, a die of four sides says in which direction it looks first; it takes
the first one that is free, turning right from there. A player who meets the ghost is
gone.

Two things are not on the screen: where the ghost is heading, and whether a pellet lies
under it (ghosts do not eat). All chance is in the die: from a level, keys and rolls the
frames follow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

FLOOR, WALL, PELLET, PLAYER, GHOST = range(5)
CLASSES = 5
KEYS = "wdsa"  # up, right, down, left
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))
SIDES = len(MOVES)  # of the die
WALLS, PELLETS = 0.2, 0.6  # shares of the cells, and of those without a wall
SAME_KEY = 0.5  # how often a recorded player presses the last key again

Place = tuple[int, int]


class Level(NamedTuple):
    """All that the next frame is made of.

    Attributes
    ----------
    walls, pellets : (side, side) ndarray of bool
    player : (int, int) or None
        Row and column; None if it is gone.
    ghost : (int, int)
    heading : int or None
        An index into `MOVES`; None if it stands.
    """

    walls: np.ndarray
    pellets: np.ndarray
    player: Place | None
    ghost: Place
    heading: int | None


class Recording(NamedTuple):
    """Frames (n, steps + 1, side, side), and the keys and rolls, (n, steps)."""

    frames: np.ndarray
    keys: np.ndarray
    rolls: np.ndarray


def new_level(side: int, rng: np.random.Generator) -> Level:
    """A level of random walls; player and ghost stand on free cells, apart."""
    while True:
        walls = rng.random((side, side)) < WALLS
        free = np.argwhere(~walls)
        if len(free) >= 2:
            break
    player, ghost = (tuple(place) for place in rng.permutation(free)[:2].tolist())
    pellets = ~walls & (rng.random((side, side)) < PELLETS)
    pellets[player] = False
    return Level(walls, pellets, player, ghost, None)


def step(level: Level, key: int, roll: int) -> Level:
    """The level after a key (an index into `MOVES`) and a roll of the die."""
    walls, pellets, player, ghost, heading = level
    if player is not None:
        there = _next(player, key)
        player = there if _free(walls, there) else player
        if player != ghost and pellets[player]:
            pellets = pellets.copy()
            pellets[player] = False
    caught = player == ghost
    if heading is None or not _free(walls, _next(ghost, heading)):
        looks = [(roll + k) % SIDES for k in range(SIDES)]
        heading = next((d for d in looks if _free(walls, _next(ghost, d))), None)
    if heading is not None:
        ghost = _next(ghost, heading)
    caught = caught or player == ghost
    return Level(walls, pellets, None if caught else player, ghost, heading)


def screen(level: Level) -> np.ndarray:
    """The frame: the class of every cell, (side, side)."""
    frame = np.where(level.walls, WALL, np.where(level.pellets, PELLET, FLOOR))
    if level.player is not None:
        frame[level.player] = PLAYER
    frame[level.ghost] = GHOST
    return frame


def guessed(frame: np.ndarray) -> Level:
    """The level of a first frame, if under the ghost is what there most often is."""
    player, ghost = (
        [(int(row), int(column)) for row, column in np.argwhere(frame == kind)]
        for kind in (PLAYER, GHOST)
    )
    pellets = frame == PELLET
    pellets[ghost[0]] = PELLETS > 0.5
    return Level(frame == WALL, pellets, player[0] if player else None, ghost[0], None)


def record(n: int, steps: int, side: int, rng: np.random.Generator) -> Recording:
    """Games of a player who presses keys at random, often the same one again."""
    frames = np.empty((n, steps + 1, side, side), dtype=int)
    keys = rng.integers(0, len(MOVES), (n, steps))
    again = rng.random((n, steps)) < SAME_KEY
    for t in range(1, steps):
        keys[:, t] = np.where(again[:, t], keys[:, t - 1], keys[:, t])
    rolls = rng.integers(0, SIDES, (n, steps))
    for game in range(n):
        level = new_level(side, rng)
        frames[game, 0] = screen(level)
        for t in range(steps):
            level = step(level, keys[game, t], rolls[game, t])
            frames[game, t + 1] = screen(level)
    return Recording(frames, keys, rolls)


def _next(place: Place, d: int) -> Place:
    return place[0] + MOVES[d][0], place[1] + MOVES[d][1]


def _free(walls: np.ndarray, place: Place) -> bool:
    """Whether a cell is on the grid and has no wall."""
    (row, column), (height, width) = place, walls.shape
    return 0 <= row < height and 0 <= column < width and not walls[place]
