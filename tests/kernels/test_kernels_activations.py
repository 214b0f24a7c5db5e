"""Sigmoid, ReLU and leaky ReLU of each set against the reference and SciPy."""

import numpy as np
import pytest
from scipy.special import expit

from gan_numpy.kernels.native.activations import SERIAL_BELOW
from gan_numpy.kernels.reference import activations as reference


@pytest.mark.parametrize("n", [0, 1, 5, SERIAL_BELOW, SERIAL_BELOW + 3])
def test_sigmoid(kernels, dtype, n, rng):
    x = (20 * rng.standard_normal(n)).astype(dtype)
    y = kernels.sigmoid(x)
    assert y.dtype == dtype and y.shape == (n,)
    tolerance = 1e-14 if dtype == np.float64 else 4e-6
    np.testing.assert_allclose(y, expit(x.astype(float)), rtol=tolerance)


def test_sigmoid_of_values_without_a_middle(kernels, dtype):
    x = np.array([-np.inf, -800, -0.0, 0.0, 800, np.inf, np.nan], dtype)
    y = kernels.sigmoid(x)
    np.testing.assert_allclose(y, [0, 0, 0.5, 0.5, 1, 1, np.nan], atol=2e-38)


@pytest.mark.parametrize("n", [0, 1, 5, SERIAL_BELOW, SERIAL_BELOW + 3])
def test_relu_bit_for_bit(kernels, dtype, n, rng):
    x = rng.standard_normal(n).astype(dtype)
    for got, expected in zip(kernels.relu(x), reference.relu(x)):
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(got, expected)


def test_relu_of_values_without_a_middle(kernels, dtype):
    x = np.array([-np.inf, -1, -0.0, 0.0, 2, np.inf, np.nan], dtype)
    y, positive = kernels.relu(x)
    np.testing.assert_array_equal(y, [0, 0, 0, 0, 2, np.inf, np.nan])
    np.testing.assert_array_equal(positive, [0, 0, 0, 0, 1, 1, 0])


def test_layouts(kernels, layout, dtype, rng):
    x = rng.standard_normal((7, 9)).astype(dtype)
    np.testing.assert_allclose(
        kernels.sigmoid(layout(x)), reference.sigmoid(x), rtol=1e-6
    )
    np.testing.assert_array_equal(kernels.relu(layout(x))[0], reference.relu(x)[0])


@pytest.mark.parametrize("shape", [(3, 4), (0, 2), (90, 800)])
def test_leaky_relu(kernels, layout, rng, dtype, shape):
    x, dy = (rng.standard_normal(shape).astype(dtype) for _ in range(2))
    x.reshape(-1)[: min(4, x.size)] = [np.nan, np.inf, -np.inf, 0][: min(4, x.size)]
    y, positive = kernels.leaky_relu(layout(x), 0.2)
    exact, mask = reference.leaky_relu(x, 0.2)
    np.testing.assert_array_equal(y, exact)
    np.testing.assert_array_equal(positive, mask)
    dx = kernels.leaky_relu_backward(layout(dy), layout(positive), 0.2)
    np.testing.assert_array_equal(dx, reference.leaky_relu_backward(dy, mask, 0.2))
    assert y.dtype == dx.dtype == dtype
