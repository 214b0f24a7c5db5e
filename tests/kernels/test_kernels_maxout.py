"""Maxout: values, winners, ties, NaN and both gradients."""

import numpy as np
import pytest

from gan_numpy.kernels.reference import maxout as reference

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
def test_forward(kernels, rng, dtype, assert_close, shape):
    x, W, b, _, _ = make(rng, shape, dtype)
    h, winners = kernels.maxout(x, W, b, shape[3])
    z = (x.astype(float) @ W + b).reshape(len(x), *shape[2:])
    assert_close(h, z.max(axis=2, initial=-np.inf), dtype, 5)
    assert winners.dtype == np.uint8
    taken = np.take_along_axis(z, winners[:, :, None].astype(int), 2)[:, :, 0]
    assert_close(h, taken, dtype, 5)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_backward(kernels, rng, dtype, assert_close, shape):
    x, W, _, dh, winners = make(rng, shape, dtype)
    X, V, DH = (a.astype(float) for a in (x, W, dh))
    dx = kernels.maxout_input_grad(dh, winners, W) if shape[2] else None
    if dx is not None:
        assert_close(dx, reference.maxout_input_grad(DH, winners, V), dtype, 5)
    dW, db = kernels.maxout_param_grads(dh, winners, x, shape[3])
    exact_dW, exact_db = reference.maxout_param_grads(DH, winners, X, shape[3])
    assert_close(dW, exact_dW, dtype, 5)
    assert_close(db, exact_db, dtype, 5)


def test_layouts(kernels, layout, rng, dtype, assert_close):
    x, W, b, dh, winners = make(rng, (11, 6, 7, 3), dtype)
    h, _ = kernels.maxout(layout(x), layout(W), layout(b), 3)
    assert_close(h, reference.maxout(x, W, b, 3)[0], dtype)
    dx = kernels.maxout_input_grad(layout(dh), layout(winners), layout(W))
    assert_close(dx, reference.maxout_input_grad(dh, winners, W), dtype)
    dW, db = kernels.maxout_param_grads(layout(dh), layout(winners), layout(x), 3)
    exact_dW, exact_db = reference.maxout_param_grads(dh, winners, x, 3)
    assert_close(dW, exact_dW, dtype)
    assert_close(db, exact_db, dtype)


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
    with np.errstate(invalid="ignore"):  # dW adds 0 * inf, and some BLAS report it
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


@pytest.mark.parametrize("shape", [s for s in SHAPES if s[2]], ids=str)
def test_directional(kernels, rng, dtype, assert_close, shape):
    """u W at given winners; for the winners of x, the derivative of h along u."""
    u, W, _, _, winners = make(rng, shape, dtype)
    exact = (u.astype(float) @ W).reshape(len(u), *shape[2:])
    exact = np.take_along_axis(exact, winners[:, :, None].astype(int), 2)[:, :, 0]
    assert_close(kernels.maxout_directional(u, winners, W), exact, dtype, 5)


def test_directional_is_the_transpose_of_the_input_gradient(kernels, rng):
    u, W, _, dh, winners = make(rng, (9, 33, 13, 5), np.float64)
    left = np.vdot(kernels.maxout_directional(u, winners, W), dh)
    right = np.vdot(u, kernels.maxout_input_grad(dh, winners, W))
    assert left == pytest.approx(right, rel=1e-12)


def test_directional_layouts(kernels, layout, rng, dtype, assert_close):
    u, W, _, _, winners = make(rng, (11, 6, 7, 3), dtype)
    h = kernels.maxout_directional(layout(u), layout(winners), layout(W))
    assert_close(h, reference.maxout_directional(u, winners, W), dtype)


def test_directional_of_mixed_precision_follows_the_reference(kernels, rng):
    u, W, _, _, winners = make(rng, (5, 4, 3, 2), np.float64)
    u = u.astype(np.float32)
    result = kernels.maxout_directional(u, winners, W)
    assert result.dtype == np.float64
    np.testing.assert_allclose(result, reference.maxout_directional(u, winners, W))


def test_directional_refuses_what_would_leave_the_array(kernels, rng, dtype):
    u, W, _, _, winners = make(rng, (4, 3, 2, 3), dtype)
    with pytest.raises(IndexError):
        kernels.maxout_directional(u, winners + np.uint8(3), W)
    with pytest.raises(ValueError):
        kernels.maxout_directional(u, winners[:2], W)
    with pytest.raises(ValueError):
        kernels.maxout_directional(u, winners, W[:, :5])
