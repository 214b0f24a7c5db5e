import numpy as np
import pytest

from gan_numpy.layers import Dense
from gan_numpy.layers.initializers import uniform


def test_forward_by_hand(rng):
    layer = Dense(2, 3, init=uniform(1), rng=rng, bias=[10, 20, 30])
    layer.params["W"][:] = [[1, 2, 3], [4, 5, 6]]
    y, _ = layer.forward(np.array([[1, 0], [0, 1], [2, -1]], dtype=np.float32))
    np.testing.assert_array_equal(y, [[11, 22, 33], [14, 25, 36], [8, 19, 30]])


def test_backward_by_hand(rng):
    layer = Dense(2, 1, init=uniform(1), rng=rng)
    layer.params["W"][:] = [[3], [5]]
    _, cache = layer.forward(np.array([[1, 2], [3, 4]], dtype=np.float32))
    dx, grads = layer.backward(np.array([[10], [100]], dtype=np.float32), cache)
    np.testing.assert_array_equal(dx, [[30, 50], [300, 500]])
    np.testing.assert_array_equal(grads["W"], [[310], [420]])
    np.testing.assert_array_equal(grads["b"], [110])


def test_wrong_width_and_wrong_dtype_are_named(rng):
    layer = Dense(4, 3, init=uniform(1), rng=rng)
    with pytest.raises(ValueError, match=r"\(N, 4\), got \(2, 5\)"):
        layer.forward(np.zeros((2, 5), np.float32))
    with pytest.raises(TypeError, match="float32 parameters, got a float64 batch"):
        layer.forward(np.zeros((2, 4)))
    with pytest.raises(TypeError, match="uint8"):
        layer.forward(np.zeros((2, 4), np.uint8))
