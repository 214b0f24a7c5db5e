"""The LSTM: its formulas cell by cell, through time, and what it is for."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.kernels import use_kernels
from gan_numpy.layers import LSTM
from gan_numpy.layers.initializers import normal
from gan_numpy.optim import Adam, ExponentialDecay
from tests.numeric import numerical_gradient, relative_error


def layer(n_in=2, units=3, std=0.7, **options):
    rng = np.random.default_rng(4)
    made = LSTM(n_in, units, init=normal(std), rng=rng, dtype=np.float64, **options)
    made.params["b"] += rng.normal(size=4 * units) * 0.3
    return made


def by_scalars(params, x):
    """One number at a time, straight from the equations."""
    W, U, b = params["W"], params["U"], params["b"]
    units = len(U)

    def sigma(a):
        return 1 / (1 + np.exp(-a))

    y = np.zeros((*x.shape[:2], units))
    for n in range(len(x)):
        h, c = [0.0] * units, [0.0] * units
        for t in range(x.shape[1]):
            new_h, new_c = [], []
            for k in range(units):
                i, f, o, g = (
                    b[k + q * units]
                    + sum(x[n, t, j] * W[j, k + q * units] for j in range(len(W)))
                    + sum(h[j] * U[j, k + q * units] for j in range(units))
                    for q in range(4)
                )
                new_c.append(sigma(f) * c[k] + sigma(i) * np.tanh(g))
                new_h.append(sigma(o) * np.tanh(new_c[-1]))
            h, c = new_h, new_c
            y[n, t] = h
    return y


def test_it_is_the_equations(rng):
    lstm, x = layer(), rng.normal(size=(3, 4, 2))
    y, _ = lstm.forward(x)
    np.testing.assert_allclose(y, by_scalars(lstm.params, x), rtol=1e-13)


def test_gradients_through_thirty_steps(rng):
    """The last output alone has a cotangent: every gradient comes through time."""
    lstm, x = layer(forget_bias=3.0), rng.normal(size=(1, 30, 2))
    y, cache = lstm.forward(x)
    dy = np.zeros_like(y)
    dy[:, -1] = rng.normal(size=dy[:, -1].shape)
    dx, grads = lstm.backward(dy, cache)

    def loss():
        return float((lstm.forward(x)[0] * dy).sum())

    assert relative_error(dx, numerical_gradient(loss, x)) < 1e-7
    for name, value in lstm.params.items():
        wanted = numerical_gradient(loss, value)
        assert relative_error(grads[name], wanted) < 1e-7, name


def test_open_gates_let_the_gradient_pass_and_closed_ones_do_not(rng):
    """d c_T / d c_1 is the product of the forget gates, whatever T is."""
    x = rng.normal(size=(1, 60, 2))
    reach = {}
    for bias in (-2.0, 8.0):
        lstm = layer(std=0.1, forget_bias=bias)
        y, cache = lstm.forward(x)
        dy = np.zeros_like(y)
        dy[:, -1] = 1
        dx, _ = lstm.backward(dy, cache)
        reach[bias] = np.abs(dx[:, 0]).max() / np.abs(dx[:, -1]).max()
    assert reach[8.0] > 1e-3 and reach[-2.0] < 1e-20


def test_it_learns_to_remember_the_first_of_twenty(rng):
    """A bit at the start, noise after it, the question at the end."""
    lstm = LSTM(1, 4, init=normal(0.5), rng=rng, dtype=np.float64, forget_bias=2.0)
    adam = Adam(ExponentialDecay(0.02), 0.9, 0.999)
    state = adam.init(lstm.params)
    for _ in range(150):
        bits = rng.choice([-1.0, 1.0], 32)
        x = 0.3 * rng.normal(size=(32, 20, 1))
        x[:, 0, 0] = bits
        y, cache = lstm.forward(x)
        dy = np.zeros_like(y)
        dy[:, -1, 0] = (y[:, -1, 0] - 0.5 * bits) / 32
        _, grads = lstm.backward(dy, cache, input_grad=False)
        with use_kernels("reference"):
            adam.update(lstm.params, grads, state, 1)
    assert (np.sign(y[:, -1, 0]) == bits).mean() > 0.95


def test_nothing_from_the_future(rng):
    lstm, x = layer(), rng.normal(size=(3, 6, 2))
    y, _ = lstm.forward(x)
    changed = x.copy()
    changed[:, 4:] += 1
    np.testing.assert_array_equal(lstm.forward(changed)[0][:, :4], y[:, :4])


def test_large_inputs_saturate_quietly():
    lstm = layer()
    with np.errstate(all="raise"):
        y, cache = lstm.forward(np.full((1, 3, 2), 1e4))
        dx, _ = lstm.backward(np.ones_like(y), cache)
    assert np.isfinite(y).all() and np.isfinite(dx).all()


@pytest.mark.parametrize("shape", [(3, 2), (3, 4, 5), (3,)])
def test_other_shapes_are_refused_in_one_line(shape):
    with pytest.raises(ValueError, match=r"shape \(N, T, 2\), got"):
        layer().forward(np.zeros(shape))
