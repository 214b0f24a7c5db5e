"""Training against PyTorch's autograd; skipped where PyTorch is not installed.

The networks of `tests.peers.torch_maxout_gan` get our weights, both get the same
minibatches and noise, in float64: autograd's gradients, double backward included, must
be ours, and so must the weights after two epochs. The LSTM is compared on its own.
"""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.datasets import Dataset
from gan_numpy.layers import LSTM
from gan_numpy.layers.initializers import normal
from gan_numpy.penalties import interpolate
from gan_numpy.recipes import get_recipe
from gan_numpy.training.algorithm1 import train_epoch
from gan_numpy.training.state import initial_state
from gan_numpy.training.steps import discriminator_step, generator_step
from tests.numeric import relative_error

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
peer = pytest.importorskip("tests.peers.torch_maxout_gan")

SMALL = {
    "latent_size": 7,
    "generator_units": (11, 13),
    "discriminator_units": (5, 6),
    "discriminator_pieces": 3,
    "generator_init": 0.5,
    "discriminator_init": 0.5,
    "batch_size": 8,
    "keep_input": 1.0,
    "keep_hidden": 1.0,
    "update": "alternating",
}


def random_images(rng):
    pixels = rng.integers(0, 256, (20, 9), dtype=np.uint8)
    return Dataset("random", pixels, pixels, pixels, 255.0, (3, 3))


def game(name, rng):
    """Our state and PyTorch's networks with the same weights; a batch and z."""
    data = random_images(rng)
    recipe = get_recipe(name).replace(**SMALL)
    state = initial_state(recipe, data, 0, np.float64)
    pair = peer.networks(recipe, data, torch.float64)
    for ours, theirs in zip((state.G, state.D), pair):
        values = list(ours.params.values())
        for value, parameter in zip(values, theirs.parameters()):
            with torch.no_grad():
                parameter.copy_(torch.from_numpy(value.T.copy()))
    x = data.scaled("train", slice(0, 8), np.float64)
    z = recipe.sample_latent(8, rng, np.float64)
    return recipe, state, pair, x, z


def worst(grads, network):
    """The largest relative error against what autograd left in the parameters."""
    return max(
        relative_error(grad, parameter.grad.numpy().T)
        for grad, parameter in zip(grads.values(), network.parameters())
    )


def in_order(grads, params):
    return {name: grads[name] for name in params}


@pytest.mark.parametrize("name", ["mnist", "mnist-fast", "mnist-best"])
def test_both_players_gradients(name, rng):
    """The paper's loss; R1; Wasserstein with the gradient penalty."""
    recipe, state, (G, D), x, z = game(name, rng)
    ours = np.random.default_rng(5)
    step = discriminator_step(
        *(state.G, state.D, recipe.make_objective(), x, z, ours),
        *(recipe.discriminator_weight, recipe.make_penalty()),
    )
    fake = G(torch.from_numpy(z)).detach()
    ones, zeros = np.ones((8, 1)), np.zeros((8, 1))
    epsilon = torch.from_numpy(interpolate(ones, zeros, np.random.default_rng(5)))
    real = torch.from_numpy(x)
    peer.discriminator_loss(recipe, D, real, fake, epsilon).backward()
    assert worst(in_order(step.grads, state.D.params), D) < 1e-11

    objective = recipe.make_objective()
    step = generator_step(state.G, state.D, objective, z, ours)
    peer.generator_loss(recipe, D, G(torch.from_numpy(z))).backward()
    assert worst(in_order(step.grads, state.G.params), G) < 1e-11


def test_adam_takes_the_same_steps(rng):
    recipe, state, (G, D), x, z = game("mnist-fast", rng)
    theirs, ours = peer.make_optimizer(recipe, G.parameters()), recipe.make_optimizer()
    for _ in range(5):
        step = generator_step(state.G, state.D, recipe.make_objective(), z, rng)
        ours.update(state.G.params, step.grads, state.G_optimizer, 1)
        theirs.zero_grad()
        peer.generator_loss(recipe, D, G(torch.from_numpy(z))).backward()
        theirs.step()
    for value, parameter in zip(state.G.params.values(), G.parameters()):
        assert relative_error(value.T, parameter.detach().numpy()) < 1e-11


@pytest.mark.parametrize("name", ["mnist", "mnist-fast", "mnist-best"])
def test_two_epochs_end_at_the_same_weights(name, rng):
    """Schedules, order of the players' moves, Adam's steps and the average included."""
    data = random_images(rng)
    changes = SMALL | {"update": get_recipe(name).update, "momentum_saturate": 2}
    # PyTorch's momentum multiplies by the rate of now what ours had at an earlier one.
    recipe = get_recipe(name).replace(**changes, learning_rate_factor=1.0)
    state = initial_state(recipe, data, 3, np.float64)
    draws = peer.SameDraws(recipe, data, 3, torch.float64)
    for _ in range(2):
        train_epoch(state, recipe, data)
    G = peer.train(recipe, draws, epochs=2)
    final = state.G.params if state.average is None else state.average
    for ours, theirs in zip(final.values(), G.parameters()):
        assert relative_error(ours.T, theirs.detach().numpy()) < 1e-9
    assert any(
        np.abs(value - start).max() > 1e-4
        for value, start in zip(
            state.G.params.values(), initial_state(recipe, data, 3).G.params.values()
        )
    )


def test_an_lstm_is_pytorchs(rng):
    """Every hidden state and every gradient through thirty steps; PyTorch's gates lie
    in the order i, f, g, o, and it has a second bias."""
    N, T, n_in, units = 5, 30, 4, 6
    ours = LSTM(n_in, units, init=normal(0.5), rng=rng, dtype=np.float64)
    ours.params["b"] += rng.normal(size=4 * units)
    theirs = torch.nn.LSTM(n_in, units, batch_first=True, dtype=torch.float64)
    order = np.arange(4 * units).reshape(4, units)[[0, 1, 3, 2]].ravel()
    names = {"W": "weight_ih_l0", "U": "weight_hh_l0", "b": "bias_ih_l0"}
    with torch.no_grad():
        theirs.bias_hh_l0.zero_()
        for name, value in ours.params.items():
            parameter = getattr(theirs, names[name])
            parameter.copy_(torch.from_numpy(value[..., order].T.copy()))
    x, dy = rng.normal(size=(N, T, n_in)), rng.normal(size=(N, T, units))
    y, cache = ours.forward(x)
    dx, grads = ours.backward(dy, cache)
    given = torch.from_numpy(x).requires_grad_()
    states, _ = theirs(given)
    states.backward(torch.from_numpy(dy))
    assert relative_error(y, states.detach().numpy()) < 1e-13
    assert relative_error(dx, given.grad.numpy()) < 1e-12
    for name, grad in grads.items():
        wanted = getattr(theirs, names[name]).grad.numpy().T
        assert relative_error(grad[..., order], wanted) < 1e-12, name
