"""What the objectives promise, kept by networks of ours in training."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from gan_numpy.datasets import Dataset
from gan_numpy.layers import Pack
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import OBJECTIVES
from gan_numpy.optim import Adam, ExponentialDecay
from gan_numpy.penalties import clip_weights
from gan_numpy.recipes import get_recipe
from gan_numpy.training import algorithm1
from gan_numpy.training.state import initial_state
from gan_numpy.training.steps import discriminator_step, generator_step
from tests.numeric import numerical_gradient, relative_error
from tests.training.networks import leaky_network


@pytest.fixture
def data(rng):
    images = rng.integers(0, 17, (61, 5), dtype=np.uint8)
    return Dataset("tiny", images[:41], images[41:51], images[51:], 16.0)


@pytest.mark.parametrize("learning_rate", [0.0005, 0.5])
def test_a_clipped_critic_never_has_a_weight_above_c(learning_rate, data, monkeypatch):
    """Neither at the start nor after any of its updates, however large they are."""
    recipe = get_recipe("wgan").replace(
        generator_units=(4,),
        discriminator_units=(3,),
        batch_size=4,
        learning_rate=learning_rate,
    )
    state, updates = initial_state(recipe, data, 0), []
    move, c = algorithm1.move_discriminator, np.float32(recipe.clip)

    def largest():
        return max(np.abs(value).max() for value in state.D.params.values())

    def watched(state, recipe, step):
        move(state, recipe, step)
        updates.append(largest())

    monkeypatch.setattr(algorithm1, "move_discriminator", watched)
    assert 0 < largest() <= c
    for _ in range(3):
        algorithm1.train_epoch(state, recipe, data)
    assert len(updates) == 3 * 2 * 5  # five critic updates for each of the generator
    assert max(updates) == c  # the bound is reached, and kept
    assert np.abs(state.G.params["h0.W"]).max() > c  # the generator is not clipped


SHIFTS = (2.0, 4.0, 8.0)


def pull_on_the_generator(objective, delta, clip):
    """The gradient with respect to where the samples lie, of a trained opponent.

    Data N(0, .3^2), samples N(delta, .3^2), whose place is the bias of G.
    """
    rng = np.random.default_rng(0)
    G, D = leaky_network((1, 1), rng), leaky_network((1, 16, 16, 1), rng)
    G.params["h0.W"][:], G.params["h0.b"][:] = 0.3, delta
    adam = Adam(ExponentialDecay(0.01, 1.0), 0.5, 0.9)
    state = adam.init(D.params)
    for _ in range(400):
        x, z = 0.3 * rng.normal(size=(64, 1)), rng.normal(size=(64, 1))
        step = discriminator_step(G, D, objective, x, z, rng)
        adam.update(D.params, step.grads, state, 1)
        if clip:
            clip_weights(D.params, clip)
    z = rng.normal(size=(500, 1))
    return float(generator_step(G, D, objective, z, rng).grads["h0.b"][0])


def test_a_clipped_critic_pulls_alike_from_everywhere():
    """Flat in the distance, as the Wasserstein distance of a shift is linear in it."""
    pulls = [pull_on_the_generator(OBJECTIVES["wasserstein"], d, 0.1) for d in SHIFTS]
    assert min(pulls) > 0  # descent leads toward the data
    assert max(pulls) / min(pulls) < 1.25  # at a fourfold distance


def test_the_minimax_pull_vanishes_with_the_distance():
    """The better D tells them apart, the less G learns: sigma(a) a' with sigma -> 0."""
    near, middle, far = (
        pull_on_the_generator(OBJECTIVES["minimax"], d, 0) for d in SHIFTS
    )
    assert near > 1e-3
    assert abs(middle) < 1e-4 * near and abs(far) < 1e-6 * near


@pytest.mark.parametrize(
    "name, fake_code, real_code", [("least_squares", 0, 1), ("pearson", -1, 1)]
)
def test_least_squares_finds_its_optimal_discriminator(name, fake_code, real_code):
    """D* = (b p + a q) / (p + q), for p = N(0, 1), q = N(1.5, .8^2)."""
    rng = np.random.default_rng(0)
    p, q = norm(0, 1), norm(1.5, 0.8)
    D, objective = leaky_network((1, 24, 24, 1), rng), OBJECTIVES[name]
    G = leaky_network((1, 1), rng)
    G.params["h0.W"][:], G.params["h0.b"][:] = 0.8, 1.5
    adam = Adam(ExponentialDecay(0.01, 1.002), 0.9, 0.999)
    state = adam.init(D.params)
    for _ in range(1200):
        x, z = rng.normal(size=(256, 1)), rng.normal(size=(256, 1))
        step = discriminator_step(G, D, objective, x, z, rng)
        adam.update(D.params, step.grads, state, 1)
    x = np.linspace(-2, 3, 101)[:, None]
    best = real_code * p.pdf(x) + fake_code * q.pdf(x)
    best /= p.pdf(x) + q.pdf(x)
    error = np.abs(D.forward(x)[0] - best).mean()
    assert error < 0.02 * (real_code - fake_code)


def packed_game(rng, m=2):
    G = leaky_network((3, 4, 2), rng)
    D = leaky_network((2 * m, 5, 1), rng)
    packed = Sequential([("pack", Pack(m)), *D.layers.items()])
    return G, D, packed


def test_a_packed_discriminator_has_half_as_many_opinions(rng):
    G, D, packed = packed_game(rng)
    x, z = rng.normal(size=(6, 2)), rng.normal(size=(6, 3))
    logits, _ = packed.forward(x)
    assert logits.shape == (3, 1)
    np.testing.assert_array_equal(logits, D.forward(np.hstack([x[::2], x[1::2]]))[0])
    # Real and generated examples are never in one pack.
    fake, _ = G.forward(z)
    step = discriminator_step(G, packed, OBJECTIVES["non_saturating"], x, z, rng)
    opinions = [(1 / (1 + np.exp(-packed.forward(v)[0]))).mean() for v in (x, fake)]
    assert [step.monitors["d_real"], step.monitors["d_fake"]] == pytest.approx(opinions)


def test_gradients_through_packs(rng):
    """Of both players, by finite differences."""
    G, _, D = packed_game(rng)
    x, z = rng.normal(size=(6, 2)), rng.normal(size=(6, 3))
    objective = OBJECTIVES["non_saturating"]
    for network, key, step in (
        (D, "discriminator", lambda: discriminator_step(G, D, objective, x, z, rng)),
        (G, "generator", lambda: generator_step(G, D, objective, z, rng)),
    ):
        grads = step().grads
        for name, value in network.params.items():
            numeric = numerical_gradient(lambda: step().monitors[f"loss_{key}"], value)
            assert relative_error(grads[name], numeric) < 1e-6


@pytest.mark.parametrize("m", [1, 2, 4])
def test_the_recipe_packs(m, rng):
    """The discriminator is m times as wide at its entrance, and nowhere else."""
    recipe = get_recipe("ring").replace(
        generator_units=(4,), discriminator_units=(3, 3), packing=m, batch_size=8
    )
    points = rng.normal(size=(40, 2)).astype(np.float32)
    data = Dataset("points", points, points, points)
    state = initial_state(recipe, data, 0)
    pieces = recipe.discriminator_pieces
    assert state.D.params["h0.W"].shape == (2 * m, 3 * pieces)
    assert state.D.params["h1.W"].shape == (3, 3 * pieces)
    assert state.D.forward(points[:8])[0].shape == (8 // m, 1)
    assert state.G.params["y.W"].shape == (4, 2)
    algorithm1.train_epoch(state, recipe, data)
    assert state.step == 5
