"""The two players' gradients end to end, and who moves when."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gan_numpy.datasets import Dataset
from gan_numpy.errors import TrainingDiverged, UserError
from gan_numpy.objectives import OBJECTIVES
from gan_numpy.recipes import get_recipe
from gan_numpy.sampling.draw import trained_generator
from gan_numpy.training.algorithm1 import (
    discriminator_step,
    generator_step,
    simultaneous_step,
    train_epoch,
)
from gan_numpy.training.state import initial_state
from tests.numeric import numerical_gradient, relative_error

M = 6  # examples in a minibatch


def tiny_recipe(**changes):
    """The digits recipe with tiny networks, whose gradients are cheap to check."""
    settings = {
        "latent_size": 3,
        "generator_units": (4,),
        "discriminator_units": (3,),
        "discriminator_pieces": 2,
        "generator_init": 1.0,
        "discriminator_init": 1.0,
        "batch_size": M,
    }
    return get_recipe("digits").replace(**(settings | changes))


@pytest.fixture
def data(rng):
    """41 random examples of 5 pixels."""
    images = rng.integers(0, 17, (61, 5), dtype=np.uint8)
    return Dataset("tiny", images[:41], images[41:51], images[51:], 16.0)


@pytest.fixture
def game(data, rng):
    """A float64 state with a batch of x and one of z."""
    recipe = tiny_recipe()
    state = initial_state(recipe, data, 0, np.float64)
    x = data.scaled("train", slice(0, M), np.float64)
    return state, x, recipe.sample_latent(M, rng, np.float64)


def masks():
    """The same dropout masks each time."""
    return np.random.default_rng(9)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_generator_gradient_through_the_discriminator(name, game):
    """dL_G/dtheta_G, end to end through D, for every generator weight."""
    state, _, z = game
    objective = OBJECTIVES[name]

    def loss():
        step = generator_step(state.G, state.D, objective, z, masks())
        return step.monitors["loss_generator"]

    grads = generator_step(state.G, state.D, objective, z, masks()).grads
    assert grads.keys() == state.G.params.keys()
    for key, value in state.G.params.items():
        assert relative_error(grads[key], numerical_gradient(loss, value)) < 1e-6
        assert np.abs(grads[key]).max() > 0


def test_discriminator_gradient(game):
    state, x, z = game
    objective = OBJECTIVES["minimax"]

    def step():
        return discriminator_step(state.G, state.D, objective, x, z, masks(), 0.5)

    grads = step().grads
    assert grads.keys() == state.D.params.keys()
    for key, value in state.D.params.items():
        numeric = numerical_gradient(
            lambda: step().monitors["loss_discriminator"], value
        )
        assert relative_error(grads[key], numeric) < 1e-6


def test_simultaneous_gradients(game):
    """Both players' gradients of the shared forward pass are those of their losses."""
    state, x, z = game
    objective = OBJECTIVES["non_saturating"]

    def step():
        return simultaneous_step(state.G, state.D, objective, x, z, masks(), 0.5)

    for player, network, name in (
        (0, state.D, "loss_discriminator"),
        (1, state.G, "loss_generator"),
    ):
        grads = step()[player].grads
        for key, value in network.params.items():
            numeric = numerical_gradient(lambda: step()[player].monitors[name], value)
            assert relative_error(grads[key], numeric) < 1e-6


def test_monitors_are_not_swapped(game):
    """A discriminator that likes bright images: real ones bright, fakes dark."""
    state, x, z = game
    for value in state.D.params.values():
        value[:] = 0.1
    for value in state.G.params.values():
        value[:] = 0
    state.G.params["y.b"][:] = -50
    monitors = discriminator_step(
        state.G, state.D, OBJECTIVES["minimax"], np.ones_like(x), z, masks()
    ).monitors
    assert monitors["d_real"] > monitors["d_fake"]


def copies(network):
    return {name: value.copy() for name, value in network.params.items()}


def moved(network, before):
    return [
        name
        for name, value in network.params.items()
        if not np.array_equal(value, before[name])
    ]


def test_computing_a_gradient_moves_nobody(game):
    state, x, z = game
    G, D = copies(state.G), copies(state.D)
    generator_step(state.G, state.D, OBJECTIVES["minimax"], z, masks())
    discriminator_step(state.G, state.D, OBJECTIVES["minimax"], x, z, masks())
    assert moved(state.G, G) == moved(state.D, D) == []


@pytest.mark.parametrize("update", ["alternating", "simultaneous"])
def test_every_parameter_of_both_players_moves(update, data):
    recipe = tiny_recipe(update=update)
    state = initial_state(recipe, data, 0)
    G, D = copies(state.G), copies(state.D)
    train_epoch(state, recipe, data)
    assert moved(state.G, G) == list(G)
    assert moved(state.D, D) == list(D)
    assert all(v.dtype == np.float32 for v in state.G.params.values())


def test_one_players_update_leaves_the_other_alone(game):
    """D is unchanged, bit for bit, by a G step with its update, and the reverse."""
    state, x, z = game
    recipe = tiny_recipe()
    optimizer, objective = recipe.make_optimizer(), recipe.make_objective()
    D = copies(state.D)
    grads = generator_step(state.G, state.D, objective, z, masks()).grads
    optimizer.update(state.G.params, grads, state.G_optimizer, 1)
    assert moved(state.D, D) == []
    G = copies(state.G)
    grads = discriminator_step(state.G, state.D, objective, x, z, masks()).grads
    optimizer.update(state.D.params, grads, state.D_optimizer, 1)
    assert moved(state.G, G) == []
    assert moved(state.D, D) == list(D)


def test_k_discriminator_steps_per_generator_step(data):
    recipe = tiny_recipe(discriminator_steps=3)
    state = initial_state(recipe, data, 0)
    train_epoch(state, recipe, data)
    assert state.D_optimizer["t"] == 6  # 41 examples: six batches of six, by threes
    assert state.G_optimizer["t"] == state.step == 2


def test_an_epoch_sees_each_example_at_most_once_and_epochs_differ(data):
    recipe = tiny_recipe()
    state = initial_state(recipe, data, 0)
    train_epoch(state, recipe, data)
    first = state.order.copy()
    train_epoch(state, recipe, data)
    assert sorted(first) == sorted(state.order) == list(range(41))
    assert (first != state.order).any()
    assert state.epoch == 2 and state.batch == 0


def test_stopping_between_steps_loses_nothing(data):
    """Stop after every single step and go on: the same bits as in one go."""
    recipe = tiny_recipe()
    whole, parts = (initial_state(recipe, data, 0) for _ in range(2))
    expected = train_epoch(whole, recipe, data)
    stops = 0
    while (means := train_epoch(parts, recipe, data, lambda: True)) is None:
        stops += 1
    assert stops == 5 and means == expected
    for name, value in whole.G.params.items():
        np.testing.assert_array_equal(value, parts.G.params[name])


def test_the_seed_decides(data):
    recipe = tiny_recipe()
    a, b, c = (initial_state(recipe, data, seed) for seed in (1, 1, 2))
    for state in (a, b, c):
        train_epoch(state, recipe, data)
    np.testing.assert_array_equal(a.G.params["h0.W"], b.G.params["h0.W"])
    assert (a.G.params["h0.W"] != c.G.params["h0.W"]).any()


def test_the_average_is_sampled_from(data):
    recipe = tiny_recipe(generator_average=0.5)
    state = initial_state(recipe, data, 0)
    train_epoch(state, recipe, data)
    G = trained_generator(recipe, state)
    np.testing.assert_array_equal(G.params["h0.W"], state.average["h0.W"])
    assert (state.average["h0.W"] != state.G.params["h0.W"]).any()
    assert initial_state(tiny_recipe(generator_average=0.0), data, 0).average is None


@pytest.mark.parametrize("update", ["alternating", "simultaneous"])
@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_divergence_names_step_and_player(update, player, data):
    recipe = tiny_recipe(update=update)
    state = initial_state(recipe, data, 0)
    train_epoch(state, recipe, data)
    network = state.G if player == "generator" else state.D
    network.params["y.W"][0, 0] = np.nan
    with pytest.raises(TrainingDiverged) as caught:
        train_epoch(state, recipe, data)
    assert caught.value.player == player and caught.value.step == 7


def test_an_infinite_weight_is_noticed_at_the_epochs_end(data):
    """The sigmoid of G hides an infinite bias from every loss."""
    recipe = tiny_recipe()
    state = initial_state(recipe, data, 0)
    state.G.params["y.b"][0] = np.inf
    with pytest.raises(TrainingDiverged, match="generator's parameter y.b"):
        train_epoch(state, recipe, data)


def test_a_learning_rate_that_diverges_is_reported(data):
    recipe = tiny_recipe(optimizer="momentum", learning_rate=1e30)
    state = initial_state(recipe, data, 0)
    with pytest.raises(TrainingDiverged, match="step [0-9]+"):
        for _ in range(20):
            train_epoch(state, recipe, data)


def test_a_batch_larger_than_the_data_is_refused(data):
    with pytest.raises(UserError, match="a step takes 42"):
        initial_state(tiny_recipe(batch_size=42), data, 0)


def test_float32_steps_agree_with_float64(data, rng):
    """A float32 step's gradients agree with float64 ones to float32 precision."""
    recipe = tiny_recipe()
    z = recipe.sample_latent(M, rng, np.float64)
    grads = {}
    for dtype in (np.float32, np.float64):
        state = initial_state(recipe, data, 0, dtype)
        for network, source in ((state.G, 1), (state.D, 2)):
            weights = np.random.default_rng(source)
            for value in network.params.values():
                value[:] = weights.normal(size=value.shape).astype(np.float32)
        objective = recipe.make_objective()
        noise = z.astype(np.float32).astype(dtype)
        step = generator_step(state.G, state.D, objective, noise, masks())
        grads[dtype] = step.grads
    for name, value in grads[np.float64].items():
        assert grads[np.float32][name].dtype == np.float32
        assert relative_error(grads[np.float32][name], value) < 1e-5


def test_the_state_is_all_that_training_changes(data):
    """Recipes are frozen: training cannot leave anything behind in them."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        tiny_recipe().epochs = 3
