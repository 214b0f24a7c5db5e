"""Every layer of images against central differences, in the first and second order.

The rules: float64, random cotangents, sizes that all differ, inputs away from ties.
"""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.layers import (
    BatchNorm,
    Conv2D,
    ConvTranspose2D,
    GaussianNoise,
    MaxoutConv2D,
    MaxPool2D,
    Rescale,
    Upsample,
)
from gan_numpy.layers.initializers import normal
from tests.numeric import numerical_gradient, relative_error

SHAPE = (3, 2, 7, 6)  # N, C, H, W
TOLERANCE = 1e-8


def make_layers():
    """Layers of two channels, in float64; strides that leave rows over among them."""
    o = {"init": normal(0.7), "rng": np.random.default_rng(1), "dtype": np.float64}
    b3, b5 = np.array([0.3, -1, 0.5]), np.arange(5.0)
    return {
        "conv 1x1": Conv2D(2, 3, 1, bias=b3, **o),
        "conv 3": Conv2D(2, 3, 3, padding=1, bias=b3, **o),
        "conv 4/2": Conv2D(2, 5, 4, stride=2, padding=1, bias=b5, **o),
        "conv 3/3": Conv2D(2, 3, 3, stride=3, padding=2, bias=b3, **o),
        "conv 2/3": Conv2D(2, 3, 2, stride=3, **o),
        "convT 1x1": ConvTranspose2D(2, 3, 1, bias=b3, **o),
        "convT 4/2": ConvTranspose2D(2, 3, 4, stride=2, padding=1, bias=b3, **o),
        "convT 5/3": ConvTranspose2D(
            2, 5, 5, stride=3, padding=2, output_padding=2, bias=b5, **o
        ),
        "convT 2/3": ConvTranspose2D(2, 3, 2, stride=3, output_padding=1, **o),
        "batchnorm": batchnorm(),
        "maxout conv": maxout_conv(o),
        "max pool 2": MaxPool2D(2),
        "max pool 4/2": MaxPool2D(4, 2),
        "max pool 3/1": MaxPool2D(3, 1),
        "max pool 9/5": MaxPool2D(9, 5),
        "upsample": Upsample(3),
        "noise": GaussianNoise(0.5),
        "rescale": Rescale(-2.5, 0.3),
    }


def maxout_conv(options):
    layer = MaxoutConv2D(2, 3, 4, 3, stride=2, padding=1, **options)
    layer.params["b"][:] = np.linspace(-1, 1, 12)
    return layer


def batchnorm():
    layer = BatchNorm(2, dtype=np.float64)
    layer.params["gamma"][:] = [1.7, -0.6]
    layer.params["beta"][:] = [0.4, 3]
    layer.buffers["mean"][:] = [0.2, -0.5]
    layer.buffers["variance"][:] = [0.3, 2.5]
    return layer


LAYERS = make_layers()
# Of batch normalization, the second order exists out of training only.
MODES = [(name, True) for name in LAYERS] + [("batchnorm", False)]
SECOND = [mode for mode in MODES if mode != ("batchnorm", True)]


def images(rng):
    """Values of which no two are closer than .004, so that no maximum is near a tie."""
    return rng.permutation(np.linspace(-2, 2, np.prod(SHAPE))).reshape(SHAPE)


def run(layer, x, train):
    """Forward with the same noise each time."""
    return layer.forward(x, train=train, rng=np.random.default_rng(5))


def second_order_scalar(layer, x, u, dy, train):
    """S = <u, backward(dy)>, computed anew."""
    dx, _ = layer.backward(dy, run(layer, x, train)[1], param_grads=False)
    return float(np.sum(u * dx))


@pytest.mark.parametrize("name, train", MODES)
def test_gradients(name, train, rng):
    layer, x = LAYERS[name], images(rng)
    y, cache = run(layer, x, train)
    dy = rng.normal(size=y.shape)
    dx, grads = layer.backward(dy, cache)

    def loss():
        return float(np.sum(run(layer, x, train)[0] * dy))

    assert dx.shape == x.shape
    assert relative_error(dx, numerical_gradient(loss, x)) < TOLERANCE
    assert grads.keys() == layer.params.keys()
    for key, value in layer.params.items():
        assert grads[key].shape == value.shape
        assert relative_error(grads[key], numerical_gradient(loss, value)) < TOLERANCE


@pytest.mark.parametrize("name, train", SECOND)
def test_second_order(name, train, rng):
    layer, x = LAYERS[name], images(rng)
    y, cache = run(layer, x, train)
    u, dy = rng.normal(size=x.shape), rng.normal(size=y.shape)
    d_dy, grads, d_x = layer.backward_vjp(u, dy, cache)

    def S():
        return second_order_scalar(layer, x, u, dy, train)

    assert d_dy.shape == dy.shape
    assert relative_error(d_dy, numerical_gradient(S, dy)) < TOLERANCE
    assert np.sum(d_dy * dy) == pytest.approx(S(), rel=1e-12)  # dx is linear in dy
    assert grads.keys() == layer.params.keys()
    for key, value in layer.params.items():
        assert grads[key].shape == value.shape
        numeric = numerical_gradient(S, value)
        scale = max(np.abs(u).max(), np.abs(numeric).max())  # S ignores the biases
        assert np.abs(grads[key] - numeric).max() < TOLERANCE * scale
    assert d_x is None and np.abs(numerical_gradient(S, x)).max() < TOLERANCE


@pytest.mark.parametrize("name, train", MODES)
def test_nothing_changes_and_gradients_are_fresh(name, train, rng):
    layer, x = LAYERS[name], images(rng)
    y, cache = run(layer, x, train)
    dy = rng.normal(size=y.shape)
    inputs = [x, y, dy, *layer.params.values(), *layer.buffers.values()]
    before = [a.copy() for a in inputs]
    dx, grads = layer.backward(dy, cache)
    run(layer, images(rng), train)  # another batch in between: caches do not mix
    again, grads_again = layer.backward(dy, cache)
    doubled, grads_doubled = layer.backward(2 * dy, cache)
    for array, value in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(array, value)
    np.testing.assert_array_equal(dx, again)
    np.testing.assert_allclose(doubled, 2 * dx, rtol=1e-12, atol=1e-14)
    for key in grads:
        assert grads[key] is not grads_again[key]
        np.testing.assert_array_equal(grads[key], grads_again[key])
        np.testing.assert_allclose(grads_doubled[key], 2 * grads[key], rtol=1e-12)


@pytest.mark.parametrize("name, train", MODES)
def test_only_what_is_asked_for_is_computed(name, train, rng):
    layer, x = LAYERS[name], images(rng)
    y, cache = run(layer, x, train)
    dx, grads = layer.backward(y, cache, param_grads=False)
    np.testing.assert_array_equal(dx, layer.backward(y, cache)[0])
    assert grads == {}
    dx, grads = layer.backward(y, cache, input_grad=False)
    assert dx is None and grads.keys() == layer.params.keys()


@pytest.mark.parametrize("name, train", MODES)
@pytest.mark.parametrize("n", [0, 1, 3])
def test_float32_stays_float32_and_batches_may_be_empty(name, train, n, rng):
    if name == "batchnorm" and train and n == 0:
        return  # has no statistics, and says so: see test_batchnorm
    layer = LAYERS[name]
    single = {k: v.astype(np.float32) for k, v in layer.params.items()}
    buffers = {k: v.astype(np.float32) for k, v in layer.buffers.items()}
    twin, x = layer.with_params(single, buffers), images(rng)[:n]
    expected, _ = run(layer, x, train)
    y, cache = run(twin, x.astype(np.float32), train)
    assert y.dtype == np.float32 and y.flags.c_contiguous
    if name != "noise":  # its draws depend on the dtype
        np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-4)
    dx, grads = twin.backward(np.ones_like(y), cache)
    assert dx.dtype == np.float32 and dx.shape == x.shape
    assert all(grad.dtype == np.float32 for grad in grads.values())
    if (name, train) in SECOND:
        d_dy, grads, _ = twin.backward_vjp(x.astype(np.float32), y, cache)
        assert d_dy.dtype == np.float32 and d_dy.shape == y.shape
        assert all(grad.dtype == np.float32 for grad in grads.values())
