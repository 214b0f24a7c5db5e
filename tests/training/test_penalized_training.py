"""Penalties in the training steps; and that without one nothing has changed."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from gan_numpy.datasets import Dataset
from gan_numpy.errors import TrainingDiverged
from gan_numpy.objectives import OBJECTIVES
from gan_numpy.penalties import PENALTIES, Penalty, gradient_penalty, interpolate, r1
from gan_numpy.recipes import get_recipe
from gan_numpy.runs.job import train
from gan_numpy.runs.run import create_run
from gan_numpy.training.algorithm1 import (
    discriminator_step,
    simultaneous_step,
    train_epoch,
)
from gan_numpy.training.state import check_losses, initial_state
from tests.numeric import numerical_gradient, relative_error

M = 6  # examples in a minibatch
TINY = {
    "latent_size": 3,
    "generator_units": (4,),
    "discriminator_units": (3,),
    "discriminator_pieces": 2,
    "generator_init": 1.0,
    "discriminator_init": 1.0,
    "batch_size": M,
}
OBJECTIVE = OBJECTIVES["non_saturating"]


@pytest.fixture
def data(rng):
    """41 random examples of 5 pixels."""
    images = rng.integers(0, 17, (61, 5), dtype=np.uint8)
    return Dataset("tiny", images[:41], images[41:51], images[51:], 16.0)


@pytest.fixture
def game(data, rng):
    """A float64 state with a batch of x and one of z; D has dropout."""
    recipe = get_recipe("digits").replace(**TINY)
    state = initial_state(recipe, data, 0, np.float64)
    x = data.scaled("train", slice(0, M), np.float64)
    return state.G, state.D, x, recipe.sample_latent(M, rng, np.float64)


@pytest.fixture(params=PENALTIES)
def penalty(request):
    return Penalty(request.param, 3.0)


def masks():
    """The same dropout masks each time."""
    return np.random.default_rng(9)


def test_gradients_of_both_steps_are_those_of_loss_plus_penalty(game, penalty):
    G, D, x, z = game

    def alternating():
        return discriminator_step(G, D, OBJECTIVE, x, z, masks(), 0.5, penalty)

    def simultaneous():
        return simultaneous_step(G, D, OBJECTIVE, x, z, masks(), 0.5, penalty)[0]

    for step in (alternating, simultaneous):

        def total():
            monitors = step().monitors
            return monitors["loss_discriminator"] + monitors["penalty"]

        grads = step().grads
        assert grads.keys() == D.params.keys()
        for name, value in D.params.items():
            assert relative_error(grads[name], numerical_gradient(total, value)) < 1e-7


def test_the_penalty_is_that_of_the_same_masks(game):
    """R1 in the step: same value as from the forward pass of the real half."""
    G, D, x, z = game
    monitors = discriminator_step(
        G, D, OBJECTIVE, x, z, masks(), 1.0, Penalty("r1", 3.0)
    ).monitors
    rng = masks()
    G.forward(z, train=True, rng=rng)  # draws nothing
    value, _ = r1(D, x, 3.0, rng)
    assert monitors["penalty"] == value


def test_the_gradient_penalty_lies_between_real_and_fake(game):
    G, D, x, z = game
    monitors = discriminator_step(
        G, D, OBJECTIVE, x, z, masks(), 1.0, Penalty("gradient_penalty", 3.0)
    ).monitors
    rng = masks()
    fake, _ = G.forward(z, train=True, rng=rng)
    D.forward(x, train=True, rng=rng)
    D.forward(fake, train=True, rng=rng)
    value, _ = gradient_penalty(D, interpolate(x, fake, rng), 3.0, rng)
    assert monitors["penalty"] == value


def test_the_real_batch_is_run_once(game):
    G, D, x, z = game
    forward, batches = D.forward, []

    def spy(batch, **options):
        batches.append(batch)
        return forward(batch, **options)

    D.forward = spy
    discriminator_step(G, D, OBJECTIVE, x, z, masks(), 1.0, Penalty("r1", 3.0))
    assert len(batches) == 2 and batches[0] is x


def test_without_a_penalty_the_step_is_what_it_was(game):
    """Spelled out: one forward and one backward pass of both halves together."""
    G, D, x, z = game
    grads, monitors, _ = discriminator_step(G, D, OBJECTIVE, x, z, masks(), 0.5)
    rng = masks()
    fake, _ = G.forward(z, train=True, rng=rng)
    logits, cache = D.forward(np.concatenate([x, fake]), train=True, rng=rng)
    loss, d_real, d_fake = OBJECTIVE.discriminator(logits[:M], logits[M:])
    _, expected = D.backward(
        0.5 * np.concatenate([d_real, d_fake]), cache, input_grad=False
    )
    assert monitors.keys() == {"loss_discriminator", "d_real", "d_fake"}
    assert monitors["loss_discriminator"] == 0.5 * loss
    for name, grad in expected.items():
        np.testing.assert_array_equal(grads[name], grad)


@pytest.mark.parametrize("update", ["alternating", "simultaneous"])
def test_the_weight_is_ignored_without_a_penalty(update, data):
    """Not a bit changes: no noise is drawn, no gradient added."""
    recipe = get_recipe("digits").replace(**TINY, update=update)
    states = []
    for weight in (0.0, 7.0):
        states.append(initial_state(recipe, data, 0))
        changed = recipe.replace(penalty_weight=weight)
        assert "penalty" not in train_epoch(states[-1], changed, data)
    for name, value in states[0].D.params.items():
        np.testing.assert_array_equal(value, states[1].D.params[name])


@pytest.mark.parametrize("update", ["alternating", "simultaneous"])
@pytest.mark.parametrize("name", PENALTIES)
def test_training_with_a_penalty(update, name, data):
    recipe = get_recipe("digits").replace(
        **TINY, update=update, penalty=name, penalty_weight=2.0
    )
    state = initial_state(recipe, data, 0)
    means = train_epoch(state, recipe, data)
    assert means is not None and 0 < means["penalty"] < np.inf
    assert all(value.dtype == np.float32 for value in state.D.params.values())


def test_r1_flattens_the_discriminator(data):
    """The mean squared slope on the data, after training with and without R1."""
    slopes = []
    for penalty in ("none", "r1"):
        recipe = get_recipe("digits").replace(
            **TINY, penalty=penalty, penalty_weight=20.0, learning_rate=0.01
        )
        state = initial_state(recipe, data, 0)
        for _ in range(40):
            train_epoch(state, recipe, data)
        x = data.scaled("train", slice(0, 41), np.float32)
        slopes.append(r1(state.D, x, 2.0, masks())[0])
    assert slopes[1] < 0.2 * slopes[0]


@pytest.mark.parametrize("penalty", ["none", "r1"])
def test_metrics_have_a_column_for_the_penalty_that_there_is(penalty, data, tmp_path):
    recipe = get_recipe("digits").replace(
        **TINY, penalty=penalty, penalty_weight=2.0, epochs=2
    )
    run = create_run(tmp_path / "run", recipe, 0, data)
    assert train(run, data, initial_state(recipe, data, 0), progress=False)
    with (tmp_path / "run" / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert ("penalty" in rows[0]) == (penalty == "r1")
    assert all(np.isfinite(float(value)) for row in rows for value in row.values())


def test_a_penalty_that_is_not_finite_stops_training(data):
    state = initial_state(get_recipe("digits").replace(**TINY), data, 0)
    finite = {"loss_discriminator": 1.0, "loss_generator": 1.0, "penalty": 1.0}
    check_losses(state, finite)
    with pytest.raises(TrainingDiverged, match="discriminator's gradient penalty"):
        check_losses(state, finite | {"penalty": np.inf})
