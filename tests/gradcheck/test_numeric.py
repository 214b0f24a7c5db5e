"""Numeric derivatives: accurate, aware of their error, and of kinks."""

import numpy as np
import pytest

from gan_numpy.gradcheck.numeric import (
    directional,
    elementwise_gradient,
    entry_gradient,
)
from gan_numpy.gradcheck.second_order import input_gradients, penalty_gradient

SMOOTH = [
    (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    (np.exp, np.exp),
    (lambda x: np.exp(3 * x), lambda x: 3 * np.exp(3 * x)),
    (lambda x: x**4, lambda x: 4 * x**3),
]


@pytest.mark.parametrize("k", range(len(SMOOTH)))
def test_a_smooth_gradient_has_ten_digits_and_its_error_bounds_it(k, rng):
    f, df = SMOOTH[k]
    x, v = rng.standard_normal((7, 5)), rng.standard_normal((7, 5))
    d = entry_gradient(f, x, v)
    gap = np.abs(d.value - v * df(x))
    assert gap.max() <= 1e-10 * np.abs(v * df(x)).max()
    assert np.all(gap <= 10 * d.error + 1e-15)
    assert d.known.all() and d.kinks == 0


def test_a_kink_is_skipped_and_a_relu_next_to_one_is_not(rng):
    x = rng.standard_normal((7, 5))
    x[0, 0], x[1, 1], x[2, 2] = 0.0, 3e-6, -4e-7
    d = entry_gradient(lambda x: np.maximum(x, 0), x, np.ones((7, 5)))
    assert d.kinks == 1 and not d.known[0, 0] and d.known.sum() == 34
    assert np.allclose(d.value[d.known], (x > 0)[d.known], rtol=1e-8)


def test_a_kink_hidden_by_symmetry_is_seen():
    # central differences of |x| at 0 agree for all steps: only the sides differ
    assert entry_gradient(np.abs, np.zeros(1), np.ones(1)).kinks == 1


def test_a_tiny_gradient_in_a_big_loss_is_not_lost(rng):
    x = rng.standard_normal(6)
    d = entry_gradient(lambda x: 1e6 + 1e-4 * x, x, np.ones(6))
    assert np.allclose(d.value, 1e-4, rtol=3e-2)
    assert np.all(np.abs(d.value - 1e-4) <= 10 * d.error)


def test_a_function_that_rounds_to_float32_gets_wide_steps(rng):
    x = rng.standard_normal(6)
    d = entry_gradient(lambda x: np.sin(x).astype(np.float32), x, np.ones(6))
    assert np.allclose(d.value, np.cos(x), atol=1e-4)
    assert np.all(np.abs(d.value - np.cos(x)) <= 10 * d.error)


def test_directions_see_one_wrong_entry_of_a_large_array(rng):
    x = rng.standard_normal((60, 40))
    v = rng.standard_normal((60, 40))
    for u, s in directional(np.tanh, x, v, rng):
        true = v * (1 - np.tanh(x) ** 2)
        assert abs((true * u).sum() - s.value) < 1e-9
        true[3, 4] += 1e-2
        assert abs((true * u).sum() - s.value) > 1e-9


def test_the_gradient_of_a_gradient(rng):
    x, w = rng.standard_normal((7, 5)), rng.standard_normal(5)

    def critic(x, w):
        return np.tanh(x @ w)

    g = (1 - np.tanh(x @ w)[:, None] ** 2) * w
    assert np.allclose(input_gradients(lambda z: critic(z, w), x), g, atol=1e-11)
    t = np.tanh(x @ w)
    s2 = (w @ w) * (1 - t**2) ** 2  # |g|^2 = (1 - t^2)^2 |w|^2
    dw = (2 * w * ((1 - t**2) ** 2).sum()) - x.T @ (4 * t * s2)
    d = penalty_gradient(critic, lambda g: float((g**2).sum()), x, w)
    assert np.allclose(d.value, dw, rtol=1e-8)


def test_a_shape_that_depends_on_values_is_refused():
    with pytest.raises(ValueError, match="changed its shape"):
        entry_gradient(lambda x: x[x > 0.5], np.array([0.5, 1.0]), np.ones(1))


@pytest.mark.parametrize("f", (np.tanh, lambda x: np.maximum(x, 0)))
def test_all_entries_at_once_are_what_they_are_one_by_one(f, rng):
    x, v = rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
    x[0, 0] = 0.0  # where a rectifier has a kink, which counts as nothing
    one_by_one = entry_gradient(f, x, v).value
    assert np.allclose(elementwise_gradient(f, x, v), one_by_one, atol=1e-9)


def test_where_entries_move_each_other_they_are_taken_one_by_one(rng):
    x, v = rng.standard_normal((4, 3)), rng.standard_normal((4, 3))

    def softmax(z):
        e = np.exp(z)
        return e / e.sum(axis=1, keepdims=True)

    p = softmax(x)
    want = p * (v - (p * v).sum(axis=1, keepdims=True))
    assert np.allclose(elementwise_gradient(softmax, x, v), want, atol=1e-9)
