"""Maxout: values, winners, ties, NaN and both gradients."""

import numpy as np
import pytest

from gan_numpy.kernels import reference

#: batch, inputs, units, pieces
SHAPES = [
    (1, 1, 1, 1),
    (0, 3, 2, 4),
    (3, 0, 2, 4),
    (5, 3, 0, 4),
    (2, 7, 3, 1),
    (9, 33, 13, 5),
    (101, 50, 48, 5),
    (140, 70, 240, 2),
    (64, 300, 33, 17),
]


def make(rng, shape, dtype):
    n, n_in, units, pieces = shape
    x = rng.standard_normal((n, n_in)).astype(dtype)
    W = rng.standard_normal((n_in, units * pieces)).astype(dtype)
    b = rng.standard_normal(units * pieces).astype(dtype)
    dh = rng.standard_normal((n, units)).astype(dtype)
    winners = rng.integers(0, pieces, (n, units)).astype(np.uint8)
    return x, W, b, dh, winners


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_forward(kernels, rng, dtype, close, shape):
    x, W, b, _, _ = make(rng, shape, dtype)
    h, winners = kernels.maxout(x, W, b, shape[3])
    z = (x.astype(float) @ W + b).reshape(len(x), *shape[2:])
    close(h, z.max(axis=2, initial=-np.inf), dtype, 5)
    assert winners.dtype == np.uint8
    taken = np.take_along_axis(z, winners[:, :, None].astype(int), 2)[:, :, 0]
    close(h, taken, dtype, 5)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_backward(kernels, rng, dtype, close, shape):
    x, W, _, dh, winners = make(rng, shape, dtype)
    X, V, DH = (a.astype(float) for a in (x, W, dh))
    dx = kernels.maxout_input_grad(dh, winners, W) if shape[2] else None
    if dx is not None:
        close(dx, reference.maxout_input_grad(DH, winners, V), dtype, 5)
    dW, db = kernels.maxout_param_grads(dh, winners, x, shape[3])
    exact_dW, exact_db = reference.maxout_param_grads(DH, winners, X, shape[3])
    close(dW, exact_dW, dtype, 5)
    close(db, exact_db, dtype, 5)


def test_layouts(kernels, layout, rng, dtype, close):
    x, W, b, dh, winners = make(rng, (11, 6, 7, 3), dtype)
    h, _ = kernels.maxout(layout(x), layout(W), layout(b), 3)
    close(h, reference.maxout(x, W, b, 3)[0], dtype)
    dx = kernels.maxout_input_grad(layout(dh), layout(winners), layout(W))
    close(dx, reference.maxout_input_grad(dh, winners, W), dtype)
    dW, db = kernels.maxout_param_grads(layout(dh), layout(winners), layout(x), 3)
    exact_dW, exact_db = reference.maxout_param_grads(dh, winners, x, 3)
    close(dW, exact_dW, dtype)
    close(db, exact_db, dtype)


@pytest.mark.parametrize("n", [3, 200])
def test_first_of_ties_wins(kernels, rng, dtype, n):
    # Small integers are exact in any order of summation, and ties are frequent.
    x = rng.integers(-1, 2, (n, 3)).astype(dtype)
    W = rng.integers(-1, 2, (3, 35 * 4)).astype(dtype)
    b = np.zeros(35 * 4, dtype)
    h, winners = kernels.maxout(x, W, b, 4)
    exact_h, exact_winners = reference.maxout(x, W, b, 4)
    np.testing.assert_array_equal(h, exact_h)
    np.testing.assert_array_equal(winners, exact_winners)


def test_nan_and_infinity_as_in_the_reference(kernels, rng, dtype):
    values = np.array([np.nan, np.inf, -np.inf, -1, 0, 2])
    b = rng.choice(values, 300 * 4).astype(dtype)
    b[8:16] = [-np.inf] * 4 + [-np.inf, np.nan, np.inf, np.nan]
    x, W = np.zeros((60, 2), dtype), np.zeros((2, 300 * 4), dtype)
    h, winners = kernels.maxout(x, W, b, 4)
    exact_h, exact_winners = reference.maxout(x, W, b, 4)
    assert np.isnan(exact_h).any() and np.isneginf(exact_h).any()
    np.testing.assert_array_equal(h, exact_h)
    np.testing.assert_array_equal(winners, exact_winners)


def test_gradient_of_an_infinite_cotangent(kernels, rng, dtype):
    x, W, _, dh, winners = make(rng, (6, 5, 3, 2), dtype)
    dh[2, 1] = np.inf
    _, db = kernels.maxout_param_grads(dh, winners, x, 2)
    assert np.isposinf(db[2 + winners[2, 1]])
    assert np.isfinite(np.delete(db, 2 + winners[2, 1])).all()


def test_refuses_what_would_leave_the_array(kernels, rng, dtype):
    x, W, b, dh, winners = make(rng, (4, 3, 2, 3), dtype)
    with pytest.raises(IndexError):
        kernels.maxout_input_grad(dh, winners + np.uint8(3), W)
    with pytest.raises(ValueError):
        kernels.maxout_param_grads(dh, winners[:2], x, 3)
    with pytest.raises(ValueError):
        kernels.maxout(x, W, b, 4)
