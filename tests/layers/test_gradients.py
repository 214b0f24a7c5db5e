"""Every layer's backward pass against central differences.

The rules: float64, a random cotangent (an all-ones one hides mistakes), sizes that
differ from each other, and inputs at least .05 away from every kink.
"""

from __future__ import annotations

import numpy as np
import pytest

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
from tests.numeric import numerical_gradient, relative_error

N, N_IN, N_OUT, PIECES = 7, 5, 3, 4
TOLERANCE = 1e-8


def make_layers():
    """All layers, in float64."""
    rng = np.random.default_rng(1)
    init = uniform(1.0)
    return {
        "dense": Dense(N_IN, N_OUT, init=init, rng=rng, dtype=np.float64),
        "maxout": Maxout(N_IN, N_OUT, PIECES, init=init, rng=rng, dtype=np.float64),
        "dropout": Dropout(0.63),
        "relu": ReLU(),
        "leaky_relu": LeakyReLU(0.17),
        "tanh": Tanh(),
        "sigmoid": Sigmoid(),
        "reshape": Reshape(N_IN, 1),
    }


LAYERS = make_layers()


def away_from_kinks(rng: np.random.Generator) -> np.ndarray:
    """Inputs with absolute values in [.05, 2] and random signs."""
    return rng.uniform(0.05, 2, (N, N_IN)) * rng.choice([-1, 1], (N, N_IN))


def run(layer, x):
    """Forward in training mode, with the same noise each time."""
    return layer.forward(x, train=True, rng=np.random.default_rng(5))


@pytest.mark.parametrize("name", LAYERS)
def test_input_gradient(name, rng):
    layer, x = LAYERS[name], away_from_kinks(rng)
    y, cache = run(layer, x)
    dy = rng.normal(size=y.shape)
    dx, _ = layer.backward(dy, cache)
    numeric = numerical_gradient(lambda: float(np.sum(run(layer, x)[0] * dy)), x)
    assert dx.shape == x.shape
    assert relative_error(dx, numeric) < TOLERANCE


@pytest.mark.parametrize("name", ["dense", "maxout"])
@pytest.mark.parametrize("param", ["W", "b"])
def test_parameter_gradients(name, param, rng):
    layer, x = LAYERS[name], away_from_kinks(rng)
    y, cache = run(layer, x)
    dy = rng.normal(size=y.shape)
    _, grads = layer.backward(dy, cache)
    numeric = numerical_gradient(
        lambda: float(np.sum(run(layer, x)[0] * dy)), layer.params[param]
    )
    assert grads.keys() == layer.params.keys()
    assert relative_error(grads[param], numeric) < TOLERANCE


@pytest.mark.parametrize("name", LAYERS)
def test_backward_is_linear_and_repeatable_and_changes_nothing(name, rng):
    layer, x = LAYERS[name], away_from_kinks(rng)
    before = {key: value.copy() for key, value in layer.params.items()}
    x_before = x.copy()
    y, cache = run(layer, x)
    dy = rng.normal(size=y.shape)
    dy_before = dy.copy()
    dx, grads = layer.backward(dy, cache)
    again, grads_again = layer.backward(dy, cache)
    doubled, grads_doubled = layer.backward(2 * dy, cache)
    np.testing.assert_array_equal(dx, again)
    np.testing.assert_allclose(doubled, 2 * dx, rtol=1e-13)
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(dy, dy_before)
    for key in before:
        np.testing.assert_array_equal(layer.params[key], before[key])
        np.testing.assert_array_equal(grads[key], grads_again[key])
        np.testing.assert_allclose(grads_doubled[key], 2 * grads[key], rtol=1e-13)
        assert grads[key] is not grads_again[key]


@pytest.mark.parametrize("name", LAYERS)
def test_only_what_is_asked_for_is_computed(name, rng):
    layer, x = LAYERS[name], away_from_kinks(rng)
    y, cache = run(layer, x)
    dy = rng.normal(size=y.shape)
    dx, grads = layer.backward(dy, cache, param_grads=False)
    assert dx.shape == x.shape and grads == {}
    dx, grads = layer.backward(dy, cache, input_grad=False)
    assert dx is None and grads.keys() == layer.params.keys()


@pytest.mark.parametrize("name", LAYERS)
def test_two_forward_passes_before_a_backward_do_not_mix(name, rng):
    """D runs on real and fake batches before any backward: caches are per call."""
    layer, x1, x2 = LAYERS[name], away_from_kinks(rng), away_from_kinks(rng)
    y1, cache1 = run(layer, x1)
    dy = rng.normal(size=y1.shape)
    alone, _ = layer.backward(dy, cache1)
    run(layer, x2)
    after, _ = layer.backward(dy, cache1)
    np.testing.assert_array_equal(alone, after)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_preserved(name, dtype, rng):
    layer = LAYERS[name]
    twin = object.__new__(type(layer))
    twin.__dict__.update(layer.__dict__)
    twin.params = {key: value.astype(dtype) for key, value in layer.params.items()}
    x = away_from_kinks(rng).astype(dtype)
    y, cache = run(twin, x)
    dx, grads = twin.backward(rng.normal(size=y.shape).astype(dtype), cache)
    assert y.dtype == dx.dtype == dtype
    assert all(grad.dtype == dtype for grad in grads.values())


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("n", [0, 1])
def test_empty_and_single_batches(name, n):
    layer = LAYERS[name]
    y, cache = run(layer, np.full((n, N_IN), 0.5))
    dx, grads = layer.backward(np.ones_like(y), cache)
    assert len(y) == n and dx.shape == (n, N_IN)
    assert all(grads[key].shape == layer.params[key].shape for key in grads)


def test_a_wrong_gradient_would_be_seen(rng):
    """The oracle itself: a gradient off by one percent does not pass."""
    layer, x = LAYERS["tanh"], away_from_kinks(rng)
    y, cache = run(layer, x)
    dy = rng.normal(size=y.shape)
    dx, _ = layer.backward(dy, cache)
    numeric = numerical_gradient(lambda: float(np.sum(np.tanh(x) * dy)), x)
    assert relative_error(1.01 * dx, numeric) > 1e-3
