"""A DCGAN in training: gradients through both players, batch normalization's rules.

Each test plays with 8x8 images and two or three channels, in float64.
"""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.datasets import Dataset
from gan_numpy.objectives import OBJECTIVES
from gan_numpy.recipes import get_recipe
from gan_numpy.runs.checkpoint import load_checkpoint, save_checkpoint
from gan_numpy.sampling.draw import (
    STATISTICS_BATCHES,
    STATISTICS_STREAM,
    trained_generator,
)
from gan_numpy.training.algorithm1 import (
    move_discriminator,
    move_generator,
    train_epoch,
)
from gan_numpy.training.state import initial_state
from gan_numpy.training.steps import (
    discriminator_step,
    generator_step,
    simultaneous_step,
)
from tests.numeric import numerical_gradient

M = 5  # examples in a minibatch
OBJECTIVE = OBJECTIVES["non_saturating"]
BEFORE_NORM = ("up0.b", "down1.b")  # of no use: normalization undoes them
STEPS = {
    "alternating": (
        lambda *game: discriminator_step(*game),
        lambda G, D, objective, x, z, rng: generator_step(G, D, objective, z, rng),
    ),
    "simultaneous": (
        lambda *game: simultaneous_step(*game)[0],
        lambda *game: simultaneous_step(*game)[1],
    ),
}


@pytest.fixture
def data(rng):
    images = rng.integers(0, 17, (43, 64), dtype=np.uint8)
    return Dataset("tiny", images[:23], images[23:33], images[33:], 16.0, (8, 8))


@pytest.fixture
def recipe():
    return get_recipe("dcgan").replace(
        latent_size=3,
        generator_channels=(3, 2),
        discriminator_channels=(2, 3),
        init_std=0.3,
        batch_size=M,
    )


@pytest.fixture
def state(data, recipe):
    return initial_state(recipe, data, 0, np.float64)


@pytest.fixture
def game(data, recipe, state, rng):
    """What a step takes: networks, objective, real examples, z, a generator."""
    x = data.scaled("train", slice(0, M), np.float64)
    z = recipe.sample_latent(M, rng, np.float64)
    return state.G, state.D, OBJECTIVE, x, z, rng


def copies(arrays):
    return {name: value.copy() for name, value in arrays.items()}


def assert_unchanged(arrays, before):
    for name, value in before.items():
        np.testing.assert_array_equal(arrays[name], value, name)


def norm_input(network, x, layer):
    """What a normalization layer receives in training."""
    return network.forward(x, train=True)[1][layer].x


@pytest.mark.parametrize("update", STEPS)
@pytest.mark.parametrize("player", [0, 1])
def test_gradients_end_to_end(update, player, game):
    """Every weight of both players, by finite differences of the player's loss."""
    network = game[1] if player == 0 else game[0]
    name = ("loss_discriminator", "loss_generator")[player]

    def step():
        return STEPS[update][player](*game)

    grads = step().grads
    assert grads.keys() == network.params.keys()
    for key, value in network.params.items():
        numeric = numerical_gradient(lambda: step().monitors[name], value)
        np.testing.assert_allclose(grads[key], numeric, rtol=1e-5, atol=1e-8)
        assert key in BEFORE_NORM or np.abs(grads[key]).max() > 1e-4


def test_normalization_undoes_the_bias_before_it(game):
    grads = discriminator_step(*game).grads
    grads |= generator_step(*game[:3], *game[4:]).grads
    for key in BEFORE_NORM:
        assert np.abs(grads[key]).max() < 1e-12
    # That of the projection has one entry a place: their mean over a channel is undone.
    by_channel = grads["project.b"].reshape(3, 4)
    assert np.abs(by_channel.sum(axis=1)).max() < 1e-12
    assert np.abs(by_channel).max() > 1e-4


def test_the_discriminator_gets_real_and_generated_examples_apart(
    game, state, monkeypatch
):
    """One batch of both would give each half away by the statistics of the other."""
    seen, forward = [], state.D.forward

    def spy(x, **options):
        seen.append(x)
        return forward(x, **options)

    monkeypatch.setattr(state.D, "forward", spy)
    x, z = game[3:5]
    discriminator_step(*game)
    real, fake = seen
    np.testing.assert_array_equal(real, x)
    np.testing.assert_array_equal(fake, state.G.forward(z, train=True)[0])


def test_without_normalization_they_share_one_batch(data, rng, monkeypatch):
    recipe = get_recipe("digits").replace(
        generator_units=(4,), discriminator_units=(3,), batch_size=M
    )
    state = initial_state(recipe, data, 0)
    seen, forward = [], state.D.forward
    monkeypatch.setattr(
        state.D, "forward", lambda x, **kw: (seen.append(len(x)), forward(x, **kw))[1]
    )
    z = recipe.sample_latent(M, rng)
    discriminator_step(state.G, state.D, OBJECTIVE, data.scaled("train")[:M], z, rng)
    assert seen == [2 * M]


def test_a_discriminator_update_commits_each_of_its_batches_once(game, state, recipe):
    G, D, x, z = *game[:2], *game[3:5]
    fake, _ = G.forward(z, train=True)
    real_in, fake_in = (norm_input(D, batch, "down1_norm") for batch in (x, fake))
    before = copies(G.buffers)
    move_discriminator(state, recipe, discriminator_step(*game))
    mean, variance = np.zeros(3), np.ones(3)
    for batch in (real_in, fake_in):
        mean = 0.9 * mean + 0.1 * batch.mean((0, 2, 3))
        variance = 0.9 * variance + 0.1 * batch.var((0, 2, 3), ddof=1)
    np.testing.assert_allclose(D.buffers["down1_norm.mean"], mean, rtol=1e-10)
    np.testing.assert_allclose(D.buffers["down1_norm.variance"], variance, rtol=1e-10)
    assert_unchanged(G.buffers, before)  # the generator only ran forward


def test_a_generator_update_leaves_the_discriminators_statistics_alone(
    game, state, recipe
):
    G, D, z = *game[:2], game[4]
    before, inside = copies(D.buffers), norm_input(G, z, "up0_norm")
    move_generator(state, recipe, generator_step(*game[:3], *game[4:]))
    assert_unchanged(D.buffers, before)
    np.testing.assert_allclose(
        G.buffers["up0_norm.mean"], 0.1 * inside.mean((0, 2, 3)), rtol=1e-10
    )


def test_steps_alone_move_no_statistics(game):
    G, D = game[:2]
    before = copies(G.buffers), copies(D.buffers)
    for step in (discriminator_step, simultaneous_step):
        step(*game)
    generator_step(*game[:3], *game[4:])
    assert_unchanged(G.buffers, before[0])
    assert_unchanged(D.buffers, before[1])


def test_the_averaged_generator_gets_statistics_of_its_own(data, recipe):
    """Means over fresh batches of z: averaged weights never saw one in training."""
    recipe = recipe.replace(generator_average=0.9, batch_size=20)
    state = initial_state(recipe, data, 0, np.float64)
    train_epoch(state, recipe, data)
    kept = copies(state.G.buffers)
    G = trained_generator(recipe, state)
    rng, means = np.random.default_rng(STATISTICS_STREAM), []
    for _ in range(STATISTICS_BATCHES):
        z = recipe.sample_latent(20, rng, np.float64)
        means.append(norm_input(G, z, "project_norm").mean((0, 2, 3)))
    found = G.buffers["project_norm.mean"]
    np.testing.assert_allclose(found, np.mean(means, axis=0), rtol=1e-8, atol=1e-12)
    np.testing.assert_array_equal(G.params["up1.W"], state.average["up1.W"])
    assert_unchanged(state.G.buffers, kept)
    # With statistics that fit, both modes draw nearly the same of many z.
    z = recipe.sample_latent(2000, rng, np.float64)
    running, batch = (G.forward(z, train=train)[0] for train in (False, True))
    stale = G.with_params(G.params, kept).forward(z)[0]
    assert np.abs(running - batch).mean() < 0.2 * np.abs(stale - batch).mean()


def test_training_goes_on_with_the_same_bits(data, recipe, tmp_path):
    """Statistics are part of the checkpoint, in the middle of an epoch too."""
    recipe = recipe.replace(generator_average=0.9)
    state, stops = initial_state(recipe, data, 0), iter([False] * 1)
    train_epoch(state, recipe, data)
    assert train_epoch(state, recipe, data, lambda: next(stops, True)) is None
    save_checkpoint(tmp_path / "c.npz", state)
    other = initial_state(recipe, data, 1)
    load_checkpoint(tmp_path / "c.npz", other)
    for s in (state, other):
        train_epoch(s, recipe, data)
        train_epoch(s, recipe, data)
    for network, twin in ((state.G, other.G), (state.D, other.D)):
        assert_unchanged(twin.params, network.params)
        assert_unchanged(twin.buffers, network.buffers)
        assert np.abs(network.buffers[next(iter(network.buffers))]).max() > 0
    samples = [
        trained_generator(recipe, s).forward(recipe.sample_latent(4, s.rng))[0]
        for s in (state, other)
    ]
    np.testing.assert_array_equal(*samples)
