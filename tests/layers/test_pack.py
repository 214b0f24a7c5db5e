"""Packing: the discriminator judges several examples together."""

import numpy as np
import pytest

from gan_numpy.gradcheck import check_gradients
from gan_numpy.layers import Dense, Pack
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.sequential import Sequential


def test_a_pack_is_its_examples_in_a_row(rng):
    x = rng.normal(size=(6, 2))
    y, cache = Pack(3).forward(x)
    np.testing.assert_array_equal(y, [x[:3].ravel(), x[3:].ravel()])
    dy = rng.normal(size=y.shape)
    dx, grads = Pack(3).backward(dy, cache)
    assert not grads and np.vdot(dy, y) == pytest.approx(np.vdot(dx, x))


def test_the_gradient_of_a_packed_network(rng):
    dense = Dense(6, 4, init=normal(0.7), rng=rng, dtype=np.float64)
    network = Sequential([("pack", Pack(2)), ("h", dense)])
    x = rng.normal(size=(8, 3))
    dy = rng.normal(size=(4, 4))
    _, cache = network.forward(x)
    dx, _ = network.backward(dy, cache)
    np.testing.assert_allclose(dx.reshape(4, 6), dy @ dense.params["W"].T)
    assert check_gradients(network, x).passed


def test_a_batch_that_does_not_divide_is_refused():
    with pytest.raises(ValueError, match="a multiple of 3"):
        Pack(3).forward(np.zeros((4, 2)))
    with pytest.raises(ValueError, match="at least 1"):
        Pack(0)
