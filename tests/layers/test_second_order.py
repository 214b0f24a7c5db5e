"""Every layer's `backward_vjp` against central differences of its own backward pass.

The scalar is S = <u, backward(dy)>, for random u and dy; S depends on dy, on the
parameters and, through the cache, on the input.
"""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.layers import Layer
from gan_numpy.layers.sequential import Sequential
from tests.layers.test_gradients import LAYERS, N_IN, N, away_from_kinks, run
from tests.numeric import numerical_gradient, relative_error

TOLERANCE = 1e-8
CURVED = ("tanh", "sigmoid")


def ingredients(name, rng):
    """A layer, its input and random cotangents of its backward pass."""
    layer, x = LAYERS[name], away_from_kinks(rng)
    y, _ = run(layer, x)
    return layer, x, rng.normal(size=x.shape), rng.normal(size=y.shape)


def scalar(layer, x, u, dy):
    """S, computed anew from its ingredients."""
    dx, _ = layer.backward(dy, run(layer, x)[1], param_grads=False)
    return float(np.sum(u * dx))


@pytest.mark.parametrize("name", LAYERS)
def test_with_respect_to_the_cotangent(name, rng):
    layer, x, u, dy = ingredients(name, rng)
    d_dy, _, _ = layer.backward_vjp(u, dy, run(layer, x)[1])
    numeric = numerical_gradient(lambda: scalar(layer, x, u, dy), dy)
    assert d_dy.shape == dy.shape
    assert relative_error(d_dy, numeric) < TOLERANCE


@pytest.mark.parametrize("name", LAYERS)
def test_with_respect_to_the_parameters(name, rng):
    layer, x, u, dy = ingredients(name, rng)
    _, grads, _ = layer.backward_vjp(u, dy, run(layer, x)[1])
    assert grads.keys() == layer.params.keys()
    for key, value in layer.params.items():
        numeric = numerical_gradient(lambda: scalar(layer, x, u, dy), value)
        assert grads[key].shape == value.shape
        assert np.abs(grads[key] - numeric).max() < TOLERANCE * np.abs(u).max()


@pytest.mark.parametrize("name", LAYERS)
def test_with_respect_to_the_input(name, rng):
    layer, x, u, dy = ingredients(name, rng)
    _, _, d_x = layer.backward_vjp(u, dy, run(layer, x)[1])
    numeric = numerical_gradient(lambda: scalar(layer, x, u, dy), x)
    if name in CURVED:
        assert relative_error(d_x, numeric) < TOLERANCE
        assert np.abs(d_x).max() > 0.1
    else:  # no work is spent on zeros
        assert d_x is None and np.abs(numeric).max() < TOLERANCE


@pytest.mark.parametrize("name", LAYERS)
def test_it_is_the_transpose_of_backward(name, rng):
    """dx is linear in dy, so <u, backward(dy)> = <d_dy, dy>."""
    layer, x, u, dy = ingredients(name, rng)
    d_dy, _, _ = layer.backward_vjp(u, dy, run(layer, x)[1])
    S = scalar(layer, x, u, dy)
    assert np.sum(d_dy * dy) == pytest.approx(S, rel=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_nothing_changes_and_gradients_are_fresh(name, rng):
    layer, x, u, dy = ingredients(name, rng)
    _, cache = run(layer, x)
    inputs = [x, u, dy, *layer.params.values()]
    before = [a.copy() for a in inputs]
    first, first_grads, _ = layer.backward_vjp(u, dy, cache)
    again, grads, _ = layer.backward_vjp(u, dy, cache)
    np.testing.assert_array_equal(first, again)
    for array, value in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(array, value)
    for key in grads:
        assert grads[key] is not first_grads[key]
        np.testing.assert_array_equal(grads[key], first_grads[key])


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("n", [0, N])
def test_float32_stays_float32_and_batches_may_be_empty(name, n):
    layer = LAYERS[name]
    twin = object.__new__(type(layer))
    twin.__dict__.update(layer.__dict__)
    twin.params = {k: v.astype(np.float32) for k, v in layer.params.items()}
    x = np.full((n, N_IN), 0.5, np.float32)
    y, cache = run(twin, x)
    d_dy, grads, d_x = twin.backward_vjp(x, np.ones_like(y), cache)
    assert d_dy.dtype == np.float32 and d_dy.shape == y.shape
    assert all(g.dtype == np.float32 for g in grads.values())
    assert d_x is None or d_x.dtype == np.float32


def test_dropout_out_of_training_is_the_identity(rng):
    layer, x, u, dy = ingredients("dropout", rng)
    d_dy, _, _ = layer.backward_vjp(u, dy, layer.forward(x)[1])
    np.testing.assert_array_equal(d_dy, u)


def test_a_layer_without_second_order_says_so(rng):
    class Square(Layer):
        def forward(self, x, *, train=False, rng=None):
            return x * x, x

        def backward(self, dy, cache, *, param_grads=True, input_grad=True):
            return 2 * cache * dy, {}

    x = rng.normal(size=(3, 2))
    network = Sequential([("square", Square())])
    y, cache = network.forward(x)
    with pytest.raises(NotImplementedError, match="Square has no backward_vjp"):
        network.backward_vjp(x, y, cache)
