"""What the state of a label recipe holds: its labels, its statistics, its bits."""

import numpy as np
import pytest

from gan_numpy.errors import UserError
from gan_numpy.runs import checkpoint
from gan_numpy.runs.checkpoint import load_checkpoint, save_checkpoint
from gan_numpy.sampling.draw import sample, sample_classes, trained_generator
from gan_numpy.training.algorithm1 import train_epoch
from gan_numpy.training.state import initial_state
from tests.recipes.tiny import K, tiny_data, tiny_recipe

DATA = tiny_data()
NAMES = ["cgan", "acgan", "infogan", "sgan"]


def arrays(state):
    return checkpoint._named_arrays(state)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("average", [0.0, 0.9])
def test_training_goes_on_with_the_same_bits(name, average, tmp_path):
    """Saved within an epoch; batch statistics and labeled rows are part of it."""
    recipe = tiny_recipe(name, generator_average=average)
    state, stops = initial_state(recipe, DATA, 0), iter([False] * 3)
    train_epoch(state, recipe, DATA)
    assert train_epoch(state, recipe, DATA, lambda: next(stops, True)) is None
    save_checkpoint(tmp_path / "c.npz", state)
    other = initial_state(recipe, DATA, seed=1)
    load_checkpoint(tmp_path / "c.npz", other)
    for s in (state, other):
        train_epoch(s, recipe, DATA)
        train_epoch(s, recipe, DATA)
    mine, twins = arrays(state), arrays(other)
    assert mine.keys() == twins.keys()
    for key, value in mine.items():
        np.testing.assert_array_equal(value, twins[key], key)
    for network, twin in ((state.G, other.G), (state.D, other.D)):
        for key, value in network.buffers.items():
            np.testing.assert_array_equal(value, twin.buffers[key], key)
    drawn = [sample(recipe, s, 9, np.random.default_rng(1)) for s in (state, other)]
    np.testing.assert_array_equal(*drawn)


@pytest.mark.parametrize(
    "name, players",
    [
        ("acgan", {"generator", "discriminator"}),
        ("infogan", {"generator", "discriminator"}),
        ("sgan", {"generator"}),
        ("cgan", set()),
    ],
)
def test_batch_statistics_are_in_the_checkpoint(name, players, tmp_path):
    """And not as they began: running statistics that training has moved."""
    recipe = tiny_recipe(name)
    state = initial_state(recipe, DATA, 0)
    before = {key: value.copy() for key, value in arrays(state).items()}
    train_epoch(state, recipe, DATA)
    save_checkpoint(tmp_path / "c.npz", state)
    with np.load(tmp_path / "c.npz") as file:
        found = {key for key in file.files if "_statistics/" in key}
        assert {key.split("_statistics/")[0] for key in found} == players
        assert all((file[key] != before[key]).any() for key in found)


def test_as_many_labeled_examples_of_each_class():
    recipe = tiny_recipe("sgan", labeled=9)
    rows = recipe.label_policy.choose_few(DATA, np.random.default_rng(0))
    assert rows.shape == (9,) and len(set(rows)) == 9
    np.testing.assert_array_equal(np.bincount(DATA.labels["train"][rows]), [3] * K)
    others = recipe.label_policy.choose_few(DATA, np.random.default_rng(1))
    assert (rows != others).any()


def test_the_labeled_examples_stay_the_same_and_are_kept(tmp_path):
    recipe = tiny_recipe("sgan")
    state = initial_state(recipe, DATA, 0)
    rows = state.labeled.copy()
    train_epoch(state, recipe, DATA)
    np.testing.assert_array_equal(state.labeled, rows)
    save_checkpoint(tmp_path / "c.npz", state)
    other = initial_state(recipe, DATA, seed=1)
    assert (other.labeled != rows).any()
    load_checkpoint(tmp_path / "c.npz", other)
    np.testing.assert_array_equal(other.labeled, rows)


def test_too_few_examples_of_a_class():
    recipe = tiny_recipe("sgan", labeled=63)
    with pytest.raises(UserError, match="takes 21 examples of each class.*has 20 of"):
        initial_state(recipe, DATA, seed=0)


@pytest.mark.parametrize("name", ["cgan", "acgan", "infogan"])
def test_samples_of_classes_share_their_z(name):
    """One class a row, one z a column; the same images as asked for one by one."""
    recipe = tiny_recipe(name)
    state = initial_state(recipe, DATA, 0)
    train_epoch(state, recipe, DATA)
    images, labels = sample_classes(recipe, state, [2, 0], 3, np.random.default_rng(5))
    np.testing.assert_array_equal(labels, [2, 2, 2, 0, 0, 0])
    z = recipe.sample_latent(3, np.random.default_rng(5))
    G = trained_generator(recipe, state)
    for row, label in enumerate((2, 0)):
        told = np.zeros((3, K), dtype=np.float32)
        told[:, label] = 1
        made = recipe.examples(G.forward(np.hstack([z, told]))[0])
        np.testing.assert_allclose(images[3 * row : 3 * row + 3], made, atol=1e-6)
    assert np.abs(images[:3] - images[3:]).max() > 1e-4
