"""The game in JavaScript is the game in Python: the same weights from a seed.

Both start from the seed alone: initial weights, data, order of the examples, noise and
masks come from NumPy's generator here, and from the one written again in JavaScript
there. After 1,000 steps in float64 no weight may differ by 1e-6.
"""

import dataclasses
import json

import numpy as np
import pytest
from tests.playground.javascript import run_engine

from gan_numpy.datasets import load_dataset
from gan_numpy.kernels import use_kernels
from gan_numpy.kernels.reference.dropout import bernoulli_mask
from gan_numpy.recipes import get_recipe
from gan_numpy.training.algorithm1 import train_epoch
from gan_numpy.training.state import initial_state

STEPS, SEED = 1000, 7
SMALL = {
    "batch_size": 16,
    "generator_layers": "dense 8 leaky_relu",
    "discriminator_layers": "dense 8 relu, dense 8 leaky_relu",
}
CURVED = {"discriminator_layers": "dense 8 tanh, dense 8 sigmoid"}
GAMES = {
    "minimax": {
        "objective": "minimax",
        "penalty": "none",
        "packing": 2,
        "discriminator_layers": "dropout 0.8, maxout 8 3, dropout 0.5",
        "dataset": "grid",
    },
    "non_saturating": {"objective": "non_saturating", **CURVED},
    "least_squares": {
        "objective": "least_squares",
        "penalty": "none",
        "optimizer": "momentum",
        "learning_rate": 0.05,
        "momentum_final": 0.7,
        "momentum_saturate": 3,
        "learning_rate_factor": 1.0001,
        "discriminator_weight": 0.5,
        # The bias before it has a gradient of rounding errors alone, which Adam would
        # make steps of the full size.
        "generator_layers": "dense 8 batchnorm relu",
    },
    "pearson": {
        "objective": "pearson",
        "penalty_weight": 0.2,
        "discriminator_layers": "maxout 8 3, dropout 0.5",
    },
    "wasserstein_clipped": {
        "objective": "wasserstein",
        "penalty": "none",
        "clip": 0.1,
        "optimizer": "rmsprop",
        "discriminator_steps": 2,
        "discriminator_layers": "dense 8 relu",
    },
    "wasserstein_penalty": {
        "objective": "wasserstein",
        "penalty": "gradient_penalty",
        "penalty_weight": 1.0,
        **CURVED,
    },
    "relativistic": {"objective": "relativistic", "penalty": "r1_r2", **CURVED},
    "hinge": {
        "objective": "hinge",
        "update": "simultaneous",
        "latent": "normal",
        "init_std": 0.3,
    },
}


def game(changes):
    return get_recipe("playground").replace(**SMALL | changes)


def in_javascript(settings, steps=STEPS):
    """The arrays of a game by name, after its steps there."""
    return run_engine(
        f"const s = checked({json.dumps(settings)});"
        f"const state = startState(s, toyPoints(s.dataset), {SEED});"
        f"for (let i = 0; i < {steps}; i++) train(state);"
        "return saveState(state).arrays;"
    )


def furthest(state, arrays):
    """The largest difference of a weight."""
    networks = {"generator": state.G, "discriminator": state.D}
    gaps = [
        np.abs(np.ravel(value) - arrays[f"{player}/{name}"]).max()
        for player, network in networks.items()
        for name, value in (network.params | network.buffers).items()
        if f"{player}/{name}" in arrays
    ]
    assert len(gaps) >= 7
    return max(gaps)


@pytest.mark.parametrize("name", GAMES)
def test_the_same_weights_after_a_thousand_steps(name):
    recipe = game(GAMES[name])
    arrays = in_javascript(dataclasses.asdict(recipe))
    data = load_dataset(recipe.dataset)
    with use_kernels("reference"):
        state = initial_state(recipe, data, SEED, np.float64)
        start = state.G.params["y.W"].copy()
        while state.step < STEPS:
            train_epoch(state, recipe, data, should_stop=lambda: state.step >= STEPS)
    assert state.step == STEPS and np.abs(start - state.G.params["y.W"]).max() > 0.01
    assert furthest(state, arrays) < 1e-6


def test_random_numbers_are_numpys():
    out = run_engine("""
        const g = new Generator(12345678901234, [1]);
        const bits = [g.integer(7), g.integer(1000), g.bits32()];
        const big = String(g.bits64());
        return { bits, big, normals: [...g.normals(30000)],
            u: [...g.uniforms(9, -1, 2)],
            order: g.permutation(1000), after: g.random(),
            mask: [...pieces.random.bernoulliMask(2n ** 63n + 5n, 4000, 0.3)] };
    """)
    g = np.random.default_rng(12345678901234).spawn(2)[1]
    bits = [g.integers(8), g.integers(1001), g.integers(2**32, dtype=np.uint32)]
    assert out["bits"] == [int(b) for b in bits]
    assert int(out["big"]) == g.integers(2**64, dtype=np.uint64)
    normals = g.standard_normal(30000)
    assert np.abs(normals - out["normals"]).max() < 1e-13
    assert np.abs(normals).max() > 3.6541528853610088, "no number of the tail"
    assert out["u"] == g.uniform(-1, 2, 9).tolist()
    assert out["order"] == g.permutation(1000).tolist()
    assert out["after"] == g.random()
    mask = bernoulli_mask(2**63 + 5, (4000,), 0.3)
    assert out["mask"] == mask.astype(int).tolist()


def test_the_data_are_ours():
    points = run_engine(
        "return ['ring', 'grid', 'moons'].map((n) => [...toyPoints(n).data]);"
    )
    for name, values in zip(("ring", "grid", "moons"), points):
        assert np.abs(load_dataset(name).train.ravel() - values).max() < 1e-6
