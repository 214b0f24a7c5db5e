import numpy as np
import pytest

from gan_numpy.layers import Maxout
from gan_numpy.layers.initializers import uniform


def absolute_value(rng):
    """One unit with pieces x and -x: its maximum is |x|."""
    layer = Maxout(1, 1, 2, init=uniform(1), rng=rng, dtype=np.float64)
    layer.params["W"][:] = [[1, -1]]
    return layer


def test_two_pieces_make_an_absolute_value(rng):
    layer = absolute_value(rng)
    x = np.array([[-2.0], [0.5], [3.0]])
    y, cache = layer.forward(x)
    np.testing.assert_array_equal(y, [[2], [0.5], [3]])
    dx, grads = layer.backward(np.array([[1.0], [10], [100]]), cache)
    np.testing.assert_array_equal(dx, [[-1], [10], [100]])
    # dW of piece 0 sums dy x over the rows it won, piece 1 over the others.
    np.testing.assert_array_equal(grads["W"], [[305, -2]])
    np.testing.assert_array_equal(grads["b"], [110, 1])


def test_the_first_of_equal_pieces_wins_forward_and_backward(rng):
    layer = absolute_value(rng)
    _, cache = layer.forward(np.zeros((1, 1)))
    dx, grads = layer.backward(np.ones((1, 1)), cache)
    np.testing.assert_array_equal(dx, [[1]])
    np.testing.assert_array_equal(grads["b"], [1, 0])


def test_column_order_is_unit_by_unit(rng):
    layer = Maxout(1, 2, 3, init=uniform(1), rng=rng, dtype=np.float64)
    layer.params["W"][:] = 0
    layer.params["b"][:] = [1, 2, 3, 30, 20, 10]
    y, (_, winners) = layer.forward(np.zeros((1, 1)))
    np.testing.assert_array_equal(y, [[3, 30]])
    np.testing.assert_array_equal(winners, [[2, 0]])


@pytest.mark.parametrize("pieces", [0, 256])
def test_number_of_pieces(pieces, rng):
    with pytest.raises(ValueError, match="1 to 255"):
        Maxout(2, 2, pieces, init=uniform(1), rng=rng)
