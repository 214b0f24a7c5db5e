import numpy as np
import pytest
from scipy.special import expit

from gan_numpy.layers import LeakyReLU, ReLU, Reshape, Sigmoid, Tanh

X = np.array([[-2.0, -0.5, 0.0, 0.5, 2.0]])


def test_relu_by_hand():
    y, cache = ReLU().forward(X)
    np.testing.assert_array_equal(y, [[0, 0, 0, 0.5, 2]])
    dx, _ = ReLU().backward(np.full_like(X, 3), cache)
    np.testing.assert_array_equal(dx, [[0, 0, 0, 3, 3]])


def test_leaky_relu_by_hand():
    layer = LeakyReLU(0.1)
    y, cache = layer.forward(X)
    np.testing.assert_allclose(y, [[-0.2, -0.05, 0, 0.5, 2]])
    dx, _ = layer.backward(np.full_like(X, 3), cache)
    np.testing.assert_allclose(dx, [[0.3, 0.3, 0.3, 3, 3]])


def test_leaky_relu_slope():
    with pytest.raises(ValueError, match="alpha"):
        LeakyReLU(1.0)


def test_sigmoid_agrees_with_scipy_far_into_the_tails():
    x = np.array([[-800.0, -40, -1, 0, 1, 40, 800]])
    y, _ = Sigmoid().forward(x)
    np.testing.assert_allclose(y, expit(x), rtol=1e-14)
    y32, _ = Sigmoid().forward(x.astype(np.float32))
    assert y32.dtype == np.float32 and np.isfinite(y32).all()


def test_tanh_by_hand():
    y, cache = Tanh().forward(X)
    dx, _ = Tanh().backward(np.ones_like(X), cache)
    np.testing.assert_allclose(y, np.tanh(X))
    np.testing.assert_allclose(dx, 1 / np.cosh(X) ** 2, rtol=1e-14)


def test_relu_lets_nan_through():
    """A NaN must reach the loss, where divergence is noticed."""
    y, _ = ReLU().forward(np.array([[np.nan]]))
    assert np.isnan(y).all()


def test_reshape_there_and_back(rng):
    x = rng.normal(size=(4, 12))
    y, cache = Reshape(3, 2, 2).forward(x)
    assert y.shape == (4, 3, 2, 2)
    dx, _ = Reshape(3, 2, 2).backward(y, cache)
    np.testing.assert_array_equal(dx, x)
    flat, _ = Reshape(-1).forward(y)
    np.testing.assert_array_equal(flat, x)
    with pytest.raises(ValueError, match=r"12 values per example.*\(5, 2\)"):
        Reshape(5, 2).forward(x)
    with pytest.raises(ValueError, match="12 values per example"):
        Reshape(5, -1).forward(x)
