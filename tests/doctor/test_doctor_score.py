"""The doctor on the bank: a part in turn; all of it with ``GAN_NUMPY_DOCTOR=all``.

``python -m faultbank`` in this folder prints the whole table.
"""

from __future__ import annotations

import json
import os

import pytest
from faultbank.faults import FAULTS
from faultbank.games import DATA, SEEDS
from faultbank.healthy import EPOCHS, SHORTENED
from faultbank.healthy import HELD_OUT as HEALTHY_HELD_OUT
from faultbank.healthy import SEEDS as HEALTHY_SEEDS
from faultbank.healthy import WHOLE as WHOLE_RUNS
from faultbank.healthy import alarms
from faultbank.record import HEALTHY, recorded, recorded_recipe
from faultbank.score import LEAST_NAMED, MOST_ALARMS, MOST_WRONG, figures, outcome

from gan_numpy.datasets import load_dataset
from gan_numpy.doctor import thresholds
from gan_numpy.recipes import get_recipe
from gan_numpy.training.algorithm1 import steps_per_epoch
from tests.turns import share, turn

MNIST = 50_000  # training examples; ten thousand more are for validation
CASES = [(f, d, s) for f in FAULTS for d in DATA for s in SEEDS]
WHOLE = os.environ.get("GAN_NUMPY_DOCTOR") == "all"


def test_the_bank_is_named():
    """Every 58th case, another part of them after each change of the package."""
    chosen = share(CASES, 58, "GAN_NUMPY_DOCTOR")
    outcomes = [outcome(*case, recorded(*case)) for case in chosen]
    found = figures(outcomes)
    wrong = [o for o in outcomes if o.word != "named"]
    if WHOLE:
        assert found["named"] >= LEAST_NAMED and found["wrong name"] <= MOST_WRONG
    else:  # of five cases one may be among those that are missed
        assert len(wrong) <= 1, wrong


@pytest.mark.parametrize("data", DATA)
def test_healthy_games_alarm_nobody(data):
    seeds = SEEDS if WHOLE else (turn() % len(SEEDS),)
    for seed in seeds:
        assert (
            outcome(HEALTHY, data, seed, recorded(HEALTHY, data, seed)).word == "quiet"
        )


@pytest.mark.skipif(not WHOLE, reason="half an hour: GAN_NUMPY_DOCTOR=all")
@pytest.mark.parametrize("name", WHOLE_RUNS)
@pytest.mark.parametrize("seed", HEALTHY_SEEDS)
def test_shipped_recipes_alarm_nobody(name, seed):
    assert len(alarms(recorded_recipe(name, seed))) <= MOST_ALARMS


def test_the_thresholds_say_what_they_are_made_of():
    from importlib.resources import files

    text = files("gan_numpy.doctor").joinpath(thresholds.NAME).read_text("utf-8")
    content = json.loads(text)
    names = (*WHOLE_RUNS, *SHORTENED)
    known = {f"recipe-{name}-{seed}" for name in names for seed in HEALTHY_SEEDS}
    held = {name for name in known if int(name.rpartition("-")[2]) in HEALTHY_HELD_OUT}
    assert set(content["runs"]) == known - held
    for name, steps in content[
        "runs"
    ].items():  # whole runs, MNIST's by their beginning
        recipe = get_recipe(name.split("-", 1)[1].rpartition("-")[0])
        if recipe.name in WHOLE_RUNS:
            epoch = steps_per_epoch(recipe, load_dataset(recipe.dataset))
            assert steps == recipe.epochs * epoch
        else:
            read = recipe.batch_size * recipe.discriminator_steps
            assert steps == EPOCHS * (MNIST // read)
    for seen in content["figures"].values():
        assert seen["min"] <= seen["median"] <= seen["max"]
