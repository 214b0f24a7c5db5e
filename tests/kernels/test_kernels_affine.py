"""Affine maps and their gradients: every implementation against float64 NumPy."""

import numpy as np
import pytest

from gan_numpy.kernels.reference import affine as reference

SHAPES = [(1, 1, 1), (0, 3, 2), (4, 0, 3), (4, 3, 0), (7, 33, 65), (100, 64, 128)]


def make(rng, shape, dtype):
    n, n_in, n_out = shape
    x = rng.standard_normal((n, n_in)).astype(dtype)
    W = rng.standard_normal((n_in, n_out)).astype(dtype)
    b = rng.standard_normal(n_out).astype(dtype)
    dy = rng.standard_normal((n, n_out)).astype(dtype)
    return x, W, b, dy


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_against_float64(kernels, rng, dtype, assert_close, shape):
    x, W, b, dy = make(rng, shape, dtype)
    X, V, B, DY = (a.astype(float) for a in (x, W, b, dy))
    assert_close(kernels.affine(x, W, b), X @ V + B, dtype, 3)
    assert_close(kernels.affine_input_grad(dy, W), DY @ V.T, dtype, 3)
    dW, db = kernels.affine_param_grads(dy, x)
    assert_close(dW, X.T @ DY, dtype, 3)
    assert_close(db, DY.sum(0), dtype, 3)


def test_layouts(kernels, layout, rng, dtype, assert_close):
    x, W, b, dy = make(rng, (13, 9, 21), dtype)
    args = [layout(a) for a in (x, W, b, dy)]
    assert_close(kernels.affine(*args[:3]), reference.affine(x, W, b), dtype)
    assert_close(
        kernels.affine_input_grad(args[3], args[1]),
        reference.affine_input_grad(dy, W),
        dtype,
    )
    for result, exact in zip(
        kernels.affine_param_grads(args[3], args[0]),
        reference.affine_param_grads(dy, x),
    ):
        assert_close(result, exact, dtype)


def test_nan_and_infinity_reach_the_output(kernels, rng, dtype):
    x, W, b, _ = make(rng, (5, 4, 3), dtype)
    x[0, 1], b[2] = np.nan, np.inf
    y = kernels.affine(x, W, b)
    assert np.isnan(y[0]).all()
    assert np.isposinf(y[1:, 2]).all()
    assert np.isfinite(y[1:, :2]).all()


def test_mixed_precision_follows_the_reference(kernels, rng):
    x, W, b, dy = make(rng, (5, 4, 3), np.float64)
    x = x.astype(np.float32)
    assert kernels.affine(x, W, b).dtype == np.float64
    np.testing.assert_allclose(kernels.affine(x, W, b), reference.affine(x, W, b))
    dW, _ = kernels.affine_param_grads(dy, x)
    np.testing.assert_allclose(dW, x.T @ dy)


def test_large_batch_sum_is_split_among_threads(kernels, rng, dtype, assert_close):
    dy = rng.standard_normal((300, 300)).astype(dtype)
    x = np.ones((300, 1), dtype)
    dW, db = kernels.affine_param_grads(dy, x)
    assert_close(db, dy.astype(float).sum(0), dtype, 5)
    assert_close(dW[0], dy.astype(float).sum(0), dtype, 5)
