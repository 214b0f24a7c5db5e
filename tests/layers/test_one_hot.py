"""One-hot codes; a dense layer on them is an embedding."""

import numpy as np
import pytest

from gan_numpy.layers import Dense
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.one_hot import one_hot


def test_a_dense_layer_on_one_hot_rows_looks_rows_up(rng):
    dense = Dense(4, 3, init=normal(1.0), rng=rng, dtype=np.float64)
    labels = np.array([2, 0, 2])
    y, cache = dense.forward(one_hot(labels, 4, np.float64))
    np.testing.assert_array_equal(y, dense.params["W"][labels])
    dy = rng.normal(size=(3, 3))
    _, grads = dense.backward(dy, cache)
    np.testing.assert_allclose(grads["W"][2], dy[0] + dy[2])
    assert not grads["W"][[1, 3]].any()


def test_wrong_labels_are_refused():
    with pytest.raises(ValueError, match="labels in 0 .. 2, got -1 .. 3"):
        one_hot(np.array([3, -1]), 3)
    with pytest.raises(TypeError, match="integer labels, got float64"):
        one_hot(np.array([1.0]), 3)
    assert one_hot(np.array([], dtype=int), 3).shape == (0, 3)
