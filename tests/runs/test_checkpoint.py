from __future__ import annotations

import json

import numpy as np
import pytest

from gan_numpy.datasets import load_dataset
from gan_numpy.errors import UserError
from gan_numpy.recipes import get_recipe
from gan_numpy.runs import checkpoint
from gan_numpy.runs.checkpoint import load_checkpoint, save_checkpoint
from gan_numpy.training.algorithm1 import train_epoch
from gan_numpy.training.state import initial_state

DATA = load_dataset("digits")
RECIPE = get_recipe("digits").replace(
    generator_units=(8,), discriminator_units=(6,), batch_size=200
)


def fresh(seed=0, recipe=RECIPE):
    return initial_state(recipe, DATA, seed)


def assert_same_state(a, b):
    for name, value in checkpoint._named_arrays(a).items():
        np.testing.assert_array_equal(value, checkpoint._named_arrays(b)[name], name)
    assert (a.step, a.epoch, a.batch, a.sums) == (b.step, b.epoch, b.batch, b.sums)
    assert a.rng.bit_generator.state == b.rng.bit_generator.state


@pytest.mark.parametrize("optimizer", ["adam", "momentum", "rmsprop"])
def test_training_goes_on_with_the_same_bits(optimizer, tmp_path):
    """Save in the middle of an epoch, load into a fresh state, train on."""
    recipe = RECIPE.replace(optimizer=optimizer, learning_rate=0.001)
    state, steps = fresh(recipe=recipe), iter([False] * 2)
    train_epoch(state, recipe, DATA)
    assert train_epoch(state, recipe, DATA, lambda: next(steps, True)) is None
    assert state.batch == 3
    save_checkpoint(tmp_path / "c.npz", state)
    other = fresh(seed=1, recipe=recipe)
    load_checkpoint(tmp_path / "c.npz", other)
    assert_same_state(state, other)
    for s in (state, other):
        train_epoch(s, recipe, DATA)
        train_epoch(s, recipe, DATA)
    assert_same_state(state, other)


@pytest.fixture
def path(tmp_path):
    state = fresh()
    train_epoch(state, RECIPE, DATA)
    save_checkpoint(tmp_path / "checkpoint.npz", state)
    return tmp_path / "checkpoint.npz"


def rewrite(path, **changes):
    """Store the same checkpoint with some arrays replaced (None: left out)."""
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays |= changes
    np.savez(path, **{k: v for k, v in arrays.items() if v is not None})


def assert_refused(path, match):
    state = fresh()
    before = {k: v.copy() for k, v in checkpoint._named_arrays(state).items()}
    with pytest.raises(UserError, match=match) as caught:
        load_checkpoint(path, state)
    assert "\n" not in str(caught.value)
    for name, value in checkpoint._named_arrays(state).items():
        np.testing.assert_array_equal(value, before[name])


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_a_flipped_bit_is_noticed(path, at):
    content = bytearray(path.read_bytes())
    content[int(at * len(content))] ^= 16
    path.write_bytes(content)
    assert_refused(path, "cannot read")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_truncated_file_is_noticed(path, share):
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    assert_refused(path, "cannot read")


def test_pickled_objects_are_never_loaded(path):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("a pickle was loaded",))

    rewrite(path, **{"generator/h0.b": np.array([Bomb()], dtype=object)})
    assert_refused(path, "pickled objects are never loaded")


def test_foreign_files(path, tmp_path):
    np.savez(path, a=np.zeros(3))
    assert_refused(path, "not a gan_numpy checkpoint")
    np.savez(path, meta=np.array("text"))
    assert_refused(path, "not a gan_numpy checkpoint")
    np.savez(path, meta=np.array(json.dumps({"format": "another 7"})))
    assert_refused(path, "not a gan_numpy checkpoint")
    with path.open("wb") as file:
        np.save(file, np.zeros(3))
    assert_refused(path, "not a gan_numpy checkpoint")
    assert_refused(tmp_path / "none.npz", "does not exist")
    assert_refused(tmp_path, "does not exist")


def test_checkpoints_of_other_networks(path):
    rewrite(path, **{"generator/h0.b": None})
    assert_refused(path, "does not belong to this recipe: array 'generator/h0.b'")


def test_wrong_shapes_and_dtypes(path):
    rewrite(path, **{"generator/h0.b": np.zeros(9, np.float32)})
    assert_refused(path, r"generator/h0.b is float32 \(9,\), expected float32 \(8,\)")
    rewrite(path, **{"generator/h0.b": np.zeros(8)})
    assert_refused(path, "is float64")


def test_damaged_meta_data(path):
    meta = {"format": checkpoint.FORMAT, "step": 1, "epoch": 1, "batch": 0}
    rewrite(path, meta=np.array(json.dumps(meta)))
    assert_refused(path, "damaged")
    rewrite(path, meta=np.array(json.dumps(meta | {"rng": {"state": 1}, "sums": {}})))
    assert_refused(path, "damaged")
