"""Every recipe, shrunk: it builds, steps, is saved, goes on, and draws."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from gan_numpy.recipes import RECIPES, recipe_from_dict
from gan_numpy.runs.checkpoint import load_checkpoint, save_checkpoint
from gan_numpy.sampling.draw import sample
from gan_numpy.training.algorithm1 import train_epoch
from gan_numpy.training.state import initial_state
from tests.recipes.examples import small, small_data


def arrays(state):
    """Everything that training moves, by name."""
    found = {f"G.{k}": v for k, v in (state.G.params | dict(state.G.buffers)).items()}
    found |= {f"D.{k}": v for k, v in (state.D.params | dict(state.D.buffers)).items()}
    return found | {f"average.{k}": v for k, v in (state.average or {}).items()}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_builds_steps_is_saved_and_goes_on(name, tmp_path):
    recipe = small(RECIPES[name])
    data = small_data(recipe)
    state = initial_state(recipe, data, seed=0)
    before = {key: value.copy() for key, value in arrays(state).items()}
    assert state.dtype == np.float32
    assert train_epoch(state, recipe, data, should_stop=lambda: True) is None
    assert state.step == 1
    moved = [
        key for key, value in arrays(state).items() if (value != before[key]).any()
    ]
    assert {key[0] for key in moved} >= {"G", "D"}
    save_checkpoint(tmp_path / "checkpoint.npz", state)
    values = json.loads(json.dumps(dataclasses.asdict(recipe)))
    again = recipe_from_dict(name, values)
    other = initial_state(again, data, seed=1)
    load_checkpoint(tmp_path / "checkpoint.npz", other)
    for one in (state, other):
        means = train_epoch(one, recipe, data)
        assert means is not None and np.isfinite(list(means.values())).all()
    for key, value in arrays(state).items():
        np.testing.assert_array_equal(value, arrays(other)[key], key)
    drawn = sample(recipe, state, 11, np.random.default_rng(0))
    assert drawn.shape == (11, data.features) and np.isfinite(drawn).all()
    assert drawn.dtype == np.float32


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_says_what_it_is(name):
    recipe = RECIPES[name]
    assert recipe.name == name and recipe.architecture().startswith("G ")
    assert recipe.description and "\n" not in recipe.description
    assert recipe.source.startswith(("arXiv:", "the ")) or "arXiv" in recipe.source
