"""A bias of its own for every value."""

import numpy as np
import pytest

from gan_numpy.gradcheck import check_gradients
from gan_numpy.layers import Bias


@pytest.fixture
def bias(rng):
    layer = Bias(3, 4, dtype=np.float64)
    layer.params["b"][:] = rng.normal(size=(3, 4))
    return layer


def test_it_adds_and_its_gradient_sums(bias, rng):
    x = rng.normal(size=(7, 3, 4))
    np.testing.assert_array_equal(bias.forward(x)[0], x + bias.params["b"])
    assert check_gradients(bias, x).passed


def test_other_shapes_are_refused(bias):
    with pytest.raises(ValueError, match=r"shape \(3, 4\), got \(2, 4, 3\)"):
        bias.forward(np.zeros((2, 4, 3)))
    with pytest.raises(TypeError, match="float64 parameters"):
        bias.forward(np.zeros((2, 3, 4), dtype=np.float32))
