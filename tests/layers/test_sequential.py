import numpy as np
import pytest

from gan_numpy.layers import (
    BatchNorm,
    Dense,
    Dropout,
    LeakyReLU,
    Maxout,
    ReLU,
    Reshape,
    Sigmoid,
    Tanh,
)
from gan_numpy.layers.initializers import uniform
from gan_numpy.layers.sequential import Sequential
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


def make_curved_network(rng, dtype=np.float64):
    """Every kind of layer, a network within the network, curved ones among them."""
    init = uniform(1.0)
    inner = Sequential(
        [
            ("h", Dense(6, 4, init=init, rng=rng, bias=0.1, dtype=dtype)),
            ("tanh", Tanh()),
        ]
    )
    return Sequential(
        [
            ("image", Reshape(5, 1)),
            ("flat", Reshape(-1)),
            ("drop", Dropout(0.8)),
            ("h0", Maxout(5, 6, 3, init=init, rng=rng, dtype=dtype)),
            ("inner", inner),
            ("h1", Dense(4, 3, init=init, rng=rng, dtype=dtype)),
            ("leaky", LeakyReLU(0.2)),
            ("y", Dense(3, 2, init=init, rng=rng, dtype=dtype)),
            ("sigmoid", Sigmoid()),
        ]
    )


@pytest.mark.parametrize("make", [make_network, make_curved_network])
def test_second_order_against_central_differences(make, rng):
    """S = <u, backward(dy)> with respect to dy, every parameter and the input."""
    network, x = make(rng), rng.normal(size=(7, 5))
    y, cache = run(network, x)
    u, dy = rng.normal(size=x.shape), rng.normal(size=y.shape)
    d_dy, grads, d_x = network.backward_vjp(u, dy, cache)

    def S():
        dx, _ = network.backward(dy, run(network, x)[1], param_grads=False)
        return float(np.sum(u * dx))

    assert relative_error(d_dy, numerical_gradient(S, dy)) < 1e-8
    assert relative_error(d_x, numerical_gradient(S, x)) < 1e-7
    assert grads.keys() == network.params.keys()
    for name, value in network.params.items():
        assert relative_error(grads[name], numerical_gradient(S, value)) < 1e-7


def test_cotangents_are_those_that_each_backward_receives(rng):
    network, x = make_network(rng), rng.normal(size=(7, 5))
    y, cache = run(network, x)
    dy = rng.normal(size=y.shape)
    dx, received = network.cotangents(dy, cache)
    np.testing.assert_array_equal(dx, network.backward(dy, cache)[0])
    np.testing.assert_array_equal(received["sigmoid"], dy)
    d_y, _ = network.layers["sigmoid"].backward(dy, cache["sigmoid"])
    np.testing.assert_array_equal(received["y"], d_y)
    assert received.keys() == network.layers.keys()


def test_second_order_with_cotangents_given_and_without_input_gradient(rng):
    network, x = make_curved_network(rng), rng.normal(size=(7, 5))
    y, cache = run(network, x)
    u, dy = rng.normal(size=x.shape), rng.normal(size=y.shape)
    d_dy, expected, _ = network.backward_vjp(u, dy, cache)
    _, received = network.cotangents(dy, cache)
    again, grads, d_x = network.backward_vjp(
        u, dy, cache, received=received, input_grad=False
    )
    assert d_x is None
    np.testing.assert_array_equal(again, d_dy)
    for name in expected:
        np.testing.assert_array_equal(grads[name], expected[name])


def test_a_piecewise_linear_network_is_not_swept_a_third_time(rng):
    """No curvature, no r sweep: backward_vjp asks for no backward pass."""
    layers = list(make_network(rng).layers.items())[:-1]  # without the sigmoid
    network, x = Sequential(layers), rng.normal(size=(7, 5))
    y, cache = run(network, x)
    _, received = network.cotangents(y, cache)
    for layer in network.layers.values():
        layer.backward = None  # calling it would fail
    _, grads, d_x = network.backward_vjp(x, y, cache, received=received)
    assert d_x is None and grads.keys() == network.params.keys()


def test_with_params_reaches_into_a_network_within_the_network(rng):
    network, x = make_curved_network(rng), rng.normal(size=(3, 5))
    before, _ = network.forward(x)
    zeros = {name: np.zeros_like(value) for name, value in network.params.items()}
    twin = network.with_params(zeros)
    np.testing.assert_array_equal(twin.forward(x)[0], np.full((3, 2), 0.5))
    assert twin.layers["inner"].params["h.W"] is zeros["inner.h.W"]
    np.testing.assert_array_equal(network.forward(x)[0], before)


def test_buffers_are_named_shared_and_committed_like_parameters(rng):
    inner = Sequential([("bn", BatchNorm(3, dtype=np.float64)), ("relu", ReLU())])
    network = Sequential(
        [("bn", BatchNorm(3, dtype=np.float64)), ("inner", inner), ("tanh", Tanh())]
    )
    assert list(network.buffers) == [
        *("bn.mean", "bn.variance"),
        *("inner.bn.mean", "inner.bn.variance"),
    ]
    assert not network.per_example and make_network(rng).per_example
    assert dict(make_network(rng).buffers) == {}
    x = 2 + rng.normal(size=(50, 3))
    _, cache = network.forward(x, train=True)
    assert (network.buffers["bn.mean"] == 0).all()
    network.commit(cache)
    np.testing.assert_allclose(network.buffers["bn.mean"], 0.1 * x.mean(axis=0))
    assert (inner.layers["bn"].buffers["variance"] != 1).all()
    network.buffers["inner.bn.mean"] += 1
    assert (inner.layers["bn"].buffers["mean"] > 0.9).all()


def test_a_twin_of_a_nested_network_has_its_own_buffers(rng):
    inner = Sequential([("bn", BatchNorm(3, dtype=np.float64))])
    network = Sequential([("inner", inner)])
    twin = network.with_params(network.params)
    twin.commit(twin.forward(rng.normal(size=(5, 3)), train=True)[1])
    assert (twin.buffers["inner.bn.mean"] != 0).all()
    assert (network.buffers["inner.bn.mean"] == 0).all()
    own = {key: value.copy() for key, value in twin.buffers.items()}
    third = network.with_params(network.params, own)
    x = rng.normal(size=(5, 3))
    np.testing.assert_array_equal(third.forward(x)[0], twin.forward(x)[0])
    assert third.buffers["inner.bn.mean"] is own["inner.bn.mean"]
