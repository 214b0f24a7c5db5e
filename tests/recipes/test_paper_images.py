"""The paper's recipes for faces and natural images, at a small width."""

import numpy as np
import pytest

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.layers.initializers import sparse
from gan_numpy.penalties import limit_columns
from gan_numpy.recipes import get_recipe
from gan_numpy.training.algorithm1 import train_epoch
from gan_numpy.training.state import initial_state
from gan_numpy.training.steps import discriminator_step, generator_step
from tests.numeric import relative_error


def images(rng, shape, n=40, contrast=0.0):
    """Random pictures of a shape, as a data set."""
    pixels = rng.integers(0, 256, (n, int(np.prod(shape))), dtype=np.uint8)
    return Dataset("random", pixels, pixels, pixels, 255.0, shape, {}, contrast)


@pytest.fixture
def color(rng):
    """Small color images: the deconvolution makes sides of 5, 8, 11 ... pixels."""
    return images(rng, (3, 11, 11), contrast=55.0)


def weights(network):
    return sum(value.size for value in network.params.values())


@pytest.mark.parametrize(
    "name, shape, G_weights, D_weights",
    [
        # (100 + 1) 8000 + 8001 * 8000 + 8001 * 3072; 5 * 1600 * (3073 + 1601) + 1601
        ("cifar10", (3, 32, 32), 89_395_072, 37_393_601),
        # (100 + 1) 8000 + 8001 * 8000 + 80 * 3 * 25 + 3 + 3072; see CONVOLUTIONS
        ("cifar10-conv", (3, 32, 32), 64_825_075, None),
        ("tfd", (48, 48), 83_250_304, 21_037_201),
    ],
)
def test_the_papers_own_width(name, shape, G_weights, D_weights, rng):
    """A hundredth of the width has a hundredth of the units; 1 has the paper's."""
    recipe = get_recipe(name).replace(width=0.01)
    data = images(rng, shape, contrast=0.0 if name == "tfd" else 55.0)
    G, D = recipe.networks(data, rng)
    assert G.params["h0.W"].shape == (100, 80)
    assert weights(G) < G_weights / 50
    full = recipe.replace(width=1.0)
    assert full.scaled_units(full.generator_units) == (8000, 8000)
    hidden, features = 8000, data.features
    if name != "cifar10-conv":
        assert 101 * hidden + (hidden + 1) * (hidden + features) == G_weights
        (units, _), pieces = full.maxout_units(), full.discriminator_pieces
        assert pieces * units * (features + units + 2) + units + 1 == D_weights
    else:
        deconvolution = 80 * 3 * 25 + 3 + features
        assert 101 * hidden + (hidden + 1) * hidden + deconvolution == G_weights


def test_the_convolutional_sizes_are_the_released_codes(rng):
    """32 -> 33 -> 16 -> 15 -> 7 -> 9 -> 5: its ``partial_sum`` are 33 and 15."""
    recipe = get_recipe("cifar10-conv").replace(width=0.05)
    G, D = recipe.networks(images(rng, (3, 32, 32), contrast=55.0), rng)
    x, sides = np.zeros((2, 3072), dtype=np.float32), []
    for layer in D.layers.values():
        x, _ = layer.forward(x)
        if x.ndim == 4:
            sides.append(x.shape[-1])
    assert list(dict.fromkeys(sides)) == [32, 33, 16, 15, 7, 9, 5]
    z = recipe.sample_latent(2, rng)
    assert G.forward(z)[0].shape == (2, 3072)


@pytest.mark.parametrize("name", ["cifar10-conv", "cifar10-conv-fast"])
def test_gradients_of_the_convolutional_model_end_to_end(name, color, rng):
    """Both players, in random directions, in float64; the second one with R1."""
    recipe = get_recipe(name).replace(
        width=0.04, generator_units=(100, 100), latent_size=3, batch_size=4
    )
    state = initial_state(recipe, color, 0, np.float64)
    for network in (state.G, state.D):
        for value in network.params.values():
            value[:] = rng.normal(0, 0.3, value.shape)
    x = color.scaled("train", slice(0, 4), np.float64)
    z = recipe.sample_latent(4, rng, np.float64)
    objective = recipe.make_objective()

    def D_step():
        masks = np.random.default_rng(9)
        return discriminator_step(
            state.G, state.D, objective, x, z, masks, penalty=recipe.make_penalty()
        )

    def loss_of(step, name):
        return step.monitors[name] + step.monitors.get("penalty", 0.0)

    def G_step():
        return generator_step(state.G, state.D, objective, z, np.random.default_rng(9))

    for step, network, name in (
        (D_step, state.D, "loss_discriminator"),
        (G_step, state.G, "loss_generator"),
    ):
        grads = step().grads
        for key, value in network.params.items():
            direction, kept, h = rng.normal(size=value.shape), value.copy(), 1e-6
            value += h * direction
            above = loss_of(step(), name)
            value[:] = kept - h * direction
            below = loss_of(step(), name)
            value[:] = kept
            slope = np.array((above - below) / (2 * h))
            assert relative_error(np.vdot(grads[key], direction), slope) < 1e-5, key
    assert ("penalty" in D_step().monitors) == (recipe.penalty == "r1")


def test_a_deconvolution_does_not_make_every_size(rng):
    with pytest.raises(UserError, match="sides of 5, 8, 11"):
        get_recipe("cifar10-conv").networks(images(rng, (12, 12)), rng)


def test_the_columns_stay_within_their_limit(rng):
    """The face recipe's constraint holds after every update, for both players."""
    recipe = get_recipe("tfd").replace(
        width=0.005, batch_size=10, column_limit=0.5, output_sparse=10
    )
    state = initial_state(recipe, images(rng, (6, 6)), 0)
    train_epoch(state, recipe, images(rng, (6, 6)))
    norms = [
        np.linalg.norm(value, axis=0)
        for network in (state.G, state.D)
        for value in network.params.values()
        if value.ndim == 2
    ]
    assert max(n.max() for n in norms) < 0.5 + 1e-6
    assert max(n.max() for n in norms) > 0.49


def test_limiting_leaves_short_columns_and_biases_alone():
    params = {"W": np.array([[3.0, 0.3], [4.0, 0.4]]), "b": np.array([7.0, 7])}
    limit_columns(params, 1.0)
    np.testing.assert_allclose(params["W"], [[0.6, 0.3], [0.8, 0.4]])
    np.testing.assert_array_equal(params["b"], [7, 7])


def test_sparse_weights(rng):
    W = sparse(5)((20, 300), rng, np.float64)
    np.testing.assert_array_equal((W != 0).sum(axis=0), 5)
    assert W[W != 0].std() == pytest.approx(1, abs=0.05)
    assert sparse(5)((3, 4), rng, np.float32).dtype == np.float32
