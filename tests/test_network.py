import numpy as np
import pytest

from gan_numpy.layers import Dense, Dropout, Maxout, ReLU, Sigmoid
from gan_numpy.layers.initializers import uniform
from gan_numpy.network import Sequential
from tests.numeric import numerical_gradient, relative_error


def make_network(rng, dtype=np.float64):
    init = uniform(1.0)
    return Sequential(
        [
            ("drop", Dropout(0.8)),
            ("h0", Maxout(5, 6, 3, init=init, rng=rng, dtype=dtype)),
            ("h1", Dense(6, 4, init=init, rng=rng, dtype=dtype)),
            ("relu", ReLU()),
            ("y", Dense(4, 2, init=init, rng=rng, dtype=dtype)),
            ("sigmoid", Sigmoid()),
        ]
    )


def run(network, x):
    return network.forward(x, train=True, rng=np.random.default_rng(1))


def test_every_gradient_against_central_differences(rng):
    network, x = make_network(rng), rng.normal(size=(7, 5))
    y, cache = run(network, x)
    dy = rng.normal(size=y.shape)
    dx, grads = network.backward(dy, cache)

    def loss():
        return float(np.sum(run(network, x)[0] * dy))

    assert relative_error(dx, numerical_gradient(loss, x)) < 1e-7
    assert grads.keys() == network.params.keys()
    for name, value in network.params.items():
        assert relative_error(grads[name], numerical_gradient(loss, value)) < 1e-7


def test_names_and_shared_arrays(rng):
    network = make_network(rng)
    assert list(network.params) == ["h0.W", "h0.b", "h1.W", "h1.b", "y.W", "y.b"]
    network.params["h1.b"] += 1
    np.testing.assert_array_equal(network.layers["h1"].params["b"], np.ones(4))


def test_without_input_gradient_the_parameter_gradients_are_the_same(rng):
    network, x = make_network(rng), rng.normal(size=(7, 5))
    y, cache = run(network, x)
    dy = rng.normal(size=y.shape)
    _, expected = network.backward(dy, cache)
    dx, grads = network.backward(dy, cache, input_grad=False)
    assert dx is None
    for name in expected:
        np.testing.assert_array_equal(grads[name], expected[name])


def test_the_lowest_layer_with_parameters_is_not_asked_for_its_input_gradient(rng):
    """The discriminator's first product with W.T is for nobody: it is not computed."""
    network, x = make_network(rng), rng.normal(size=(7, 5))
    asked = []
    h0 = network.layers["h0"]
    backward = h0.backward

    def spy(dy, cache, *, param_grads=True, input_grad=True):
        asked.append(input_grad)
        return backward(dy, cache, param_grads=param_grads, input_grad=input_grad)

    h0.backward = spy
    y, cache = run(network, x)
    network.backward(y, cache, input_grad=False)
    network.backward(y, cache, param_grads=False)
    assert asked == [False, True]


def test_a_network_is_a_layer(rng):
    inner = make_network(rng)
    outer = Sequential([("inner", inner), ("relu", ReLU())])
    y, cache = run(outer, rng.normal(size=(3, 5)))
    _, grads = outer.backward(np.ones_like(y), cache)
    assert set(grads) == {f"inner.{name}" for name in inner.params}


def test_with_params_computes_with_other_values_and_leaves_the_network_alone(rng):
    network, x = make_network(rng), rng.normal(size=(3, 5))
    before, _ = network.forward(x)
    zeros = {name: np.zeros_like(value) for name, value in network.params.items()}
    y, _ = network.with_params(zeros).forward(x)
    np.testing.assert_array_equal(y, np.full((3, 2), 0.5))
    np.testing.assert_array_equal(network.forward(x)[0], before)
    with pytest.raises(ValueError, match="do not fit"):
        network.with_params({"h0.W": np.zeros(3)})


def test_names_must_differ_and_have_no_dot():
    with pytest.raises(ValueError, match="repeat"):
        Sequential([("a", ReLU()), ("a", ReLU())])
    with pytest.raises(ValueError, match="dot"):
        Sequential([("a.b", ReLU())])
