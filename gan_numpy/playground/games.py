"""A game that was saved in the playground, as a run that goes on from its weights.

The file is JSON: the recipe's numbers, the seed, own points if there are any, and all
that training changes, under the names of a checkpoint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.datasets import Dataset, load_dataset
from gan_numpy.errors import UserError
from gan_numpy.files import make_directory, read_json, write_atomically
from gan_numpy.recipes import Recipe, recipe_from_dict
from gan_numpy.runs.run import Run, create_run
from gan_numpy.training.algorithm1 import steps_per_epoch
from gan_numpy.training.state import TrainingState, initial_state

FORMAT = "gan_numpy playground 1"
OWN = "own"  # the data set of points that came with the game


@dataclass(frozen=True)
class Game:
    """What the file holds.

    Attributes
    ----------
    path : Path
    recipe : Recipe
        Of data set ``own`` until `start_run` has put its points somewhere.
    seed : int
    points : (N, 2) float32 ndarray or None
    saved : dict
        The rest, as it was read.
    """

    path: Path
    recipe: Recipe
    seed: int
    points: np.ndarray | None
    saved: dict[str, Any]


def read_game(path: Path) -> Game:
    """Read a game.

    Raises
    ------
    UserError
        If the file is missing or is no game, or its recipe is none of ours.
    """
    saved = read_json(path)
    if not isinstance(saved, dict) or saved.get("format") != FORMAT:
        raise UserError(f"{path} is no game of the playground ('Save game' writes one)")
    settings, seed = saved.get("settings"), saved.get("seed")
    if type(seed) is not int or seed < 0:
        raise UserError(f"{path}: seed is {str(seed)[:40]}, expected a whole number")
    if not isinstance(settings, dict):
        raise UserError(f"{path}: settings are missing")
    try:
        recipe = recipe_from_dict("playground", settings)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None
    points = None
    if recipe.dataset == OWN:
        points = _numbers(path, "points", saved.get("points"), (-1, 2))
        if len(points) < 20 or points.min() < 0 or points.max() > 1:
            raise UserError(f"{path}: expected 20 points or more in the unit square")
    return Game(path, recipe, seed, points, saved)


def start_run(
    game: Game, out: Path, epochs: int | None = None, force: bool = False
) -> tuple[Run, Dataset]:
    """Make a run directory whose checkpoint is the game's state.

    Parameters
    ----------
    game : Game
    out : Path
        The run directory. Own points are written beside it, to ``OUT-points.npz``.
    epochs : int, optional
        Where training will end; the recipe's if not given.
    force : bool
        Whether to replace a run that is already there.

    Raises
    ------
    UserError
        If the state does not fit the recipe, or nothing is left to train.
    """
    recipe = game.recipe
    if game.points is not None:
        file = out.resolve().with_name(f"{out.name}-points.npz")
        make_directory(file.parent)
        points = game.points.astype(np.float32)
        write_atomically(file, lambda target: np.savez(target, train=points))
        recipe = recipe.replace(dataset=str(file))
    if epochs is not None:
        recipe = recipe.replace(epochs=epochs)
    data = load_dataset(recipe.dataset)
    state = state_of(game, recipe, data)
    if state.epoch >= recipe.epochs:
        raise UserError(
            f"{game.path} has played {state.epoch} of {recipe.epochs} epochs: name a "
            f"later end with --epochs"
        )
    run = create_run(out, recipe, game.seed, data, None, force)
    run.save_state(state)
    return run, data


def state_of(
    game: Game, recipe: Recipe, data: Dataset, dtype: Any = np.float32
) -> TrainingState:
    """The state of training that a game was saved in.

    Raises
    ------
    UserError
        If its arrays or counters do not fit the recipe.
    """
    state, path, saved = initial_state(recipe, data, game.seed, dtype), game.path, {}
    arrays = game.saved.get("arrays")
    if isinstance(arrays, dict):
        saved = arrays
    for group, members in {
        "generator": state.G.params,
        "discriminator": state.D.params,
        "generator_optimizer": state.G_optimizer,
        "discriminator_optimizer": state.D_optimizer,
        "generator_statistics": state.G.buffers,
        "discriminator_statistics": state.D.buffers,
    }.items():
        for name, value in members.items():
            given = saved.get(f"{group}/{name}")
            value[...] = _numbers(path, f"{group}/{name}", given, value.shape)
    for key in ("step", "epoch", "batch"):
        count = game.saved.get(key)
        if type(count) is not int or not 0 <= count < 2**53:
            raise UserError(f"{path}: {key} is {str(count)[:40]}, expected a number")
        setattr(state, key, count)
    _set_rng(path, state.rng, game.saved.get("rng"))
    _to_a_whole_step(state, recipe, data)
    if state.batch:
        order = _numbers(path, "order", game.saved.get("order"), state.order.shape)
        if not np.array_equal(np.sort(order), np.arange(len(order))):
            raise UserError(f"{path}: order is no order of the examples")
        state.order[...] = order
        sums = game.saved.get("sums")
        if not isinstance(sums, dict):
            raise UserError(f"{path}: sums are missing")
        numbers = _numbers(path, "sums", list(sums.values()), (len(sums),))
        state.sums = dict(zip(map(str, sums), numbers.tolist()))
    return state


def _to_a_whole_step(state: TrainingState, recipe: Recipe, data: Dataset) -> None:
    """Where the discriminator moved alone: the examples of the next whole step."""
    k = recipe.discriminator_steps
    state.batch = -(-state.batch // k) * k
    if state.batch >= steps_per_epoch(recipe, data) * k:
        state.epoch, state.batch = state.epoch + 1, 0


def _numbers(path: Path, name: str, given: Any, shape: tuple[int, ...]) -> np.ndarray:
    """A list of numbers as an array of a shape, or the line that says what it is."""
    try:
        values = np.asarray(given, dtype=np.float64).reshape(shape)
        if np.isfinite(values).all():
            return values
    except (TypeError, ValueError, OverflowError):
        pass
    raise UserError(f"{path}: {name} is not {shape} finite numbers")


def _set_rng(path: Path, rng: np.random.Generator, saved: Any) -> None:
    """Let a generator go on where the playground's stopped."""
    try:
        assert isinstance(saved, Mapping)
        rng.bit_generator.state = {
            "bit_generator": "PCG64",
            "state": {key: int(saved[key]) for key in ("state", "inc")},
            "has_uint32": int(saved["has_uint32"]),
            "uinteger": int(saved["uinteger"]),
        }
    except (AssertionError, KeyError, TypeError, ValueError, OverflowError):
        raise UserError(f"{path}: rng is no state of PCG64") from None
