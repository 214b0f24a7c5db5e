"""Penalties: values and gradients against central differences; weight clipping.

The value's oracle is the numerical gradient of the logits; the gradient's oracle is the
numerical gradient of the value.
"""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy import kernels
from gan_numpy.layers import (
    Dense,
    Dropout,
    LeakyReLU,
    Maxout,
    ReLU,
    Reshape,
    Sigmoid,
    Tanh,
)
from gan_numpy.layers.initializers import uniform
from gan_numpy.layers.sequential import Sequential
from gan_numpy.penalties import clip_weights, gradient_penalty, interpolate, r1
from tests.numeric import numerical_gradient, relative_error

N, N_IN = 6, 4
TOLERANCE = 1e-8
NETWORKS = {
    "leaky_relu": ["dense", LeakyReLU(0.2), "dense", LeakyReLU(0.2)],
    "relu": ["dense", ReLU(), "dense", ReLU()],
    "maxout": ["maxout", "maxout"],
    "tanh": ["dense", Tanh(), "dense", Tanh()],
    "sigmoid": ["dense", Sigmoid(), "dense", Sigmoid()],
    "mixed": [Dropout(0.8), "maxout", Dropout(0.5), "dense", Tanh(), "maxout"],
    "curved_first": ["dense", Sigmoid(), Dropout(0.7), "maxout", "dense", LeakyReLU()],
}


def make_discriminator(name, rng, dtype=np.float64):
    """A network to one logit; hidden layers of 5 units, maxout of 3 pieces."""
    width, layers, init = N_IN, [], uniform(1.0)
    for kind in [*NETWORKS[name], "logit"]:
        units = 1 if kind == "logit" else 5
        if kind == "maxout":
            kind = Maxout(width, units, 3, init=init, rng=rng, dtype=dtype)
            width = units
        elif kind in ("dense", "logit"):
            kind = Dense(width, units, init=init, rng=rng, bias=0.1, dtype=dtype)
            width = units
        layers.append((f"layer{len(layers)}", kind))
    D = Sequential(layers)
    for value in D.params.values():  # maxout's biases start at zero: ties at x = 0
        value += 0.1 * rng.normal(size=value.shape).astype(dtype)
    return D


def masks():
    """The same dropout masks each time."""
    return np.random.default_rng(9)


PENALTIES = {
    "r1": lambda D, x: r1(D, x, 3.0, masks()),
    "gradient_penalty": lambda D, x: gradient_penalty(D, x, 10.0, masks()),
}


@pytest.fixture(params=PENALTIES)
def penalty(request):
    return PENALTIES[request.param]


@pytest.fixture(params=NETWORKS)
def game(request, rng):
    """A discriminator and a batch."""
    return make_discriminator(request.param, rng), rng.normal(size=(N, N_IN))


def numerical_slopes(D, x):
    """Norms of the input gradients: logits depend on their own example alone."""

    def total():
        return float(D.forward(x, train=True, rng=masks())[0].sum())

    return np.linalg.norm(numerical_gradient(total, x), axis=1)


def test_r1_is_half_gamma_times_the_mean_squared_slope(game):
    D, x = game
    expected = 3.0 / 2 * np.mean(numerical_slopes(D, x) ** 2)
    assert r1(D, x, 3.0, masks())[0] == pytest.approx(expected, rel=1e-7)


def test_gradient_penalty_is_lambda_times_the_mean_squared_distance_from_1(game):
    D, x = game
    expected = 10 * np.mean((numerical_slopes(D, x) - 1) ** 2)
    value, _ = gradient_penalty(D, x, 10.0, masks())
    assert value == pytest.approx(expected, rel=1e-7)


def test_gradient_against_central_differences(game, penalty):
    D, x = game
    _, grads = penalty(D, x)
    assert grads.keys() == D.params.keys()
    for name, value in D.params.items():
        numeric = numerical_gradient(lambda: penalty(D, x)[0], value, h=1e-5)
        if np.abs(numeric).max() < 1e-8:  # biases, if nothing above them is curved
            assert np.abs(grads[name]).max() == 0
        else:
            assert relative_error(grads[name], numeric) < TOLERANCE


@pytest.mark.parametrize("implementation", sorted(kernels.IMPLEMENTATIONS))
def test_every_implementation_of_the_kernels(implementation, penalty, rng):
    D, x = make_discriminator("mixed", rng), rng.normal(size=(N, N_IN))
    with kernels.use_kernels("reference"):
        value, grads = penalty(D, x)
    with kernels.use_kernels(implementation):
        again, others = penalty(D, x)
    assert again == pytest.approx(value, rel=1e-12)
    for name in grads:
        np.testing.assert_allclose(others[name], grads[name], rtol=1e-10, atol=1e-14)


def test_nothing_is_mutated(game, penalty):
    D, x = game
    before = {name: value.copy() for name, value in D.params.items()}
    x_before = x.copy()
    value, grads = penalty(D, x)
    again, same = penalty(D, x)
    assert value == again
    np.testing.assert_array_equal(x, x_before)
    for name in before:
        np.testing.assert_array_equal(D.params[name], before[name])
        np.testing.assert_array_equal(grads[name], same[name])
        assert grads[name] is not same[name]


@pytest.mark.parametrize("name", NETWORKS)
def test_float32_stays_float32(name, penalty, rng):
    x = rng.normal(size=(N, N_IN)).astype(np.float32)
    D = make_discriminator(name, rng, np.float32)
    params = {key: array.astype(np.float64) for key, array in D.params.items()}
    value, grads = penalty(D, x)
    exact, exact_grads = penalty(D.with_params(params), x.astype(np.float64))
    assert isinstance(value, float) and value == pytest.approx(exact, rel=1e-5)
    for key, grad in grads.items():
        assert grad.dtype == np.float32
        assert relative_error(grad, exact_grads[key]) < 1e-4


def test_a_forward_pass_of_the_training_step_is_not_repeated(rng):
    D, x = make_discriminator("mixed", rng), rng.normal(size=(N, N_IN))
    value, grads = r1(D, x, 3.0, masks())
    forward = D.forward(x, train=True, rng=masks())
    D.forward = None  # calling it would fail
    again, same = r1(D, x, 3.0, forward=forward)
    assert again == value
    for name in grads:
        np.testing.assert_array_equal(same[name], grads[name])


def test_dropout_needs_a_generator(rng):
    D = make_discriminator("mixed", rng)
    with pytest.raises(ValueError, match="pass rng"):
        r1(D, np.ones((N, N_IN)), 1.0)


def test_a_flat_critic_divides_by_nothing(rng):
    """All slopes 0: s = 1e-6, and every gradient is finite."""
    D, x = make_discriminator("relu", rng), rng.normal(size=(N, N_IN))
    for weights in D.params.values():
        weights[:] = 0
    value, grads = gradient_penalty(D, x, 10.0)
    assert value == pytest.approx(10 * (1 - 1e-6) ** 2, rel=1e-12)
    assert all(np.isfinite(grad).all() for grad in grads.values())


def test_images_are_penalized_like_their_flat_rows(penalty, rng):
    flat, x = make_discriminator("maxout", rng), rng.normal(size=(N, N_IN))
    images = Sequential([("flat", Reshape(-1)), *flat.layers.items()])
    assert penalty(images, x.reshape(N, 1, 2, 2))[0] == penalty(flat, x)[0]


def test_interpolation_lies_between_with_one_epsilon_per_example(rng):
    real, fake = rng.normal(size=(2, 50, 3, 2)).astype(np.float32)
    x_hat = interpolate(real, fake, rng)
    epsilon = (x_hat - fake) / (real - fake)
    assert x_hat.dtype == np.float32
    np.testing.assert_allclose(epsilon, epsilon[:, :1, :1] + 0 * epsilon, atol=1e-3)
    assert 0 <= epsilon.min() < 0.1 and 0.9 < epsilon.max() <= 1
    with pytest.raises(ValueError, match="interpolate between"):
        interpolate(real, fake[:3], rng)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clipped_weights_stay_within_their_bounds(dtype, rng):
    D = make_discriminator("maxout", rng, dtype)
    arrays = dict(D.params)
    inside = {name: np.abs(value) < 0.01 for name, value in arrays.items()}
    before = {name: value.copy() for name, value in arrays.items()}
    clip_weights(D.params, 0.01)
    for name, value in D.params.items():
        assert value is arrays[name] and value.dtype == dtype
        assert np.abs(value).max() == dtype(0.01)
        np.testing.assert_array_equal(value[inside[name]], before[name][inside[name]])
    with pytest.raises(ValueError, match="above 0"):
        clip_weights(D.params, 0.0)


def test_the_slope_along_a_class_is_not_penalized(rng):
    """R1 of pairs [x, onehot(y)]: value and gradient, against differences."""
    D = make_discriminator("tanh", rng)
    pairs, labels = rng.normal(size=(N, N_IN)), 2

    def value():
        logits, cache = D.forward(pairs)
        g, _ = D.cotangents(np.ones_like(logits), cache)
        return 0.5 * 3.0 * float((g[:, :-labels] ** 2).sum(axis=1).mean())

    found, grads = r1(D, pairs, 3.0, labels=labels)
    assert found == pytest.approx(value())
    for name, parameter in D.params.items():
        assert relative_error(grads[name], numerical_gradient(value, parameter)) < 1e-7
