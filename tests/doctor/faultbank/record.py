"""Playing a game under the doctor's eyes, and keeping what was seen."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from gan_numpy.datasets import Dataset, load_dataset
from gan_numpy.doctor.trace import Trace
from gan_numpy.doctor.watch import Watch, is_due
from gan_numpy.errors import TrainingDiverged
from gan_numpy.kernels.threads import limit_threads
from gan_numpy.recipes import Recipe, get_recipe
from gan_numpy.training.algorithm1 import UPDATES, steps_per_epoch, train_epoch
from gan_numpy.training.state import TrainingState, initial_state

from .faults import FAULTS
from .games import STEPS, new_game, play

HEALTHY = "healthy"


def recorded(fault: str, data: str, seed: int, steps: int | None = None) -> Trace:
    """What the doctor sees of a game with a fault; of one without for `HEALTHY`."""
    game = new_game(data, seed) if fault == HEALTHY else FAULTS[fault].make(data, seed)
    watch = Watch(game.data, seed, draw=lambda state, z: game.drawn(z))
    with limit_threads(1):
        with suppress(TrainingDiverged):
            play(game, steps or steps_of(fault), watch.over)
    return watch.trace(game.recipe)


def steps_of(fault: str) -> int:
    """How long a game is played."""
    return FAULTS[fault].steps if fault in FAULTS else STEPS


def recorded_recipe(
    name: str, seed: int, epochs: int | None = None, data_dir: Path | None = None
) -> Trace:
    """What the doctor sees of a shipped recipe, from its beginning to its end.

    At the steps at which a run is examined anyway, and at the end of each epoch; of the
    first `epochs` alone if that many are given.
    """
    recipe = get_recipe(name)
    data = load_dataset(recipe.dataset, data_dir)
    state, epoch = initial_state(recipe, data, seed), steps_per_epoch(recipe, data)
    watch = Watch(data, seed, due=lambda step: is_due(step) or step % epoch == 0)
    update = watch.over(UPDATES[recipe.update])
    with limit_threads(1):
        train_until((epochs or recipe.epochs) * epoch, state, recipe, data, update)
    return watch.trace(recipe)


def train_until(
    step: int, state: TrainingState, recipe: Recipe, data: Dataset, update: Any
) -> None:
    """Train as `train_epoch` does, up to a step."""
    while state.step < step:
        train_epoch(
            state, recipe, data, should_stop=lambda: state.step >= step, update=update
        )


def kept(folder: Path, name: str, make: Any) -> Trace:
    """A trace from a folder, or made and put there."""
    path = folder / f"{name}.json"
    if not path.exists():
        trace = make()
        plain = {"rows": trace.rows, "settings": trace.settings}
        path.write_text(json.dumps(plain | {"labels": trace.labels}), "utf-8")
    plain = json.loads(path.read_text("utf-8"))
    return Trace(tuple(plain["rows"]), plain["settings"], tuple(plain["labels"]))
