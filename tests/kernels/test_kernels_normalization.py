"""Batch normalization's sums in every implementation."""

import numpy as np
import pytest

from gan_numpy.kernels.reference import normalization as reference

SHAPES = [(9, 4), (3, 5, 7, 2), (2, 1, 1, 1), (20, 33, 14, 13), (1, 3, 40, 40)]


def make(rng, shape, dtype):
    x, dy = (rng.standard_normal(shape).astype(dtype) for _ in range(2))
    numbers = [rng.standard_normal(shape[1]).astype(dtype) for _ in range(4)]
    return x, dy, numbers


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_operation(kernels, rng, dtype, assert_close, shape):
    x, dy, numbers = make(rng, shape, dtype)
    X, DY, NUMBERS = (
        x.astype(float),
        dy.astype(float),
        [a.astype(float) for a in numbers],
    )
    axes, spread = (0, *range(2, x.ndim)), (-1, *[1] * (x.ndim - 2))
    m, a, s, b = (c.reshape(spread) for c in NUMBERS)
    count = x.size // shape[1]
    scale = 3 + count**0.5
    assert_close(kernels.channel_sum(dy), DY.sum(axes), dtype, scale)
    mean, variance = kernels.batchnorm_statistics(x)
    assert_close(mean, X.mean(axes), dtype)
    assert_close(variance, X.var(axes), dtype)
    y = kernels.batchnorm(x, *numbers[:3])
    assert_close(y, a * (X - m) + s, dtype, 2)
    total, product = kernels.batchnorm_sums(dy, x, numbers[0])
    assert_close(total, DY.sum(axes), dtype, scale)
    assert_close(product, (DY * (X - m)).sum(axes), dtype, 4 * scale)
    dx = kernels.batchnorm_input_grad(dy, x, *numbers)
    assert_close(dx, a * DY - s * (X - m) - b, dtype, 4)


@pytest.mark.parametrize("name", ["reference", "fused", "native"])
def test_a_small_variance_beside_a_large_mean(name, rng):
    from gan_numpy.kernels import implementation

    x = (3000 + rng.standard_normal((50, 2, 20, 20))).astype(np.float32)
    exact = x.astype(np.float64)
    mean, variance = implementation(name).batchnorm_statistics(x)
    np.testing.assert_allclose(mean, exact.mean((0, 2, 3)), rtol=1e-7)
    np.testing.assert_allclose(variance, exact.var((0, 2, 3)), rtol=1e-5)


def test_layouts_and_mixed_precision(kernels, layout, rng, dtype, assert_close):
    x, dy, numbers = make(rng, (4, 3, 5, 6), dtype)
    given = [layout(a) for a in numbers]
    exact = reference.batchnorm_input_grad(dy, x, *numbers)
    result = kernels.batchnorm_input_grad(layout(dy), layout(x), *given)
    assert_close(result, exact, dtype, 2)
    sums = kernels.batchnorm_sums(layout(dy), layout(x), given[0])
    for result, exact in zip(sums, reference.batchnorm_sums(dy, x, numbers[0])):
        assert_close(result, exact, dtype, 10)
    double = [a.astype(np.float64) for a in numbers[:3]]
    exact = reference.batchnorm(x, *double)
    assert_close(kernels.batchnorm(x, *double), exact, np.float64)


def test_refuses_what_would_leave_the_array(kernels, rng, dtype):
    x, dy, (a, b, c, d) = make(rng, (4, 3, 5, 6), dtype)
    with pytest.raises(ValueError):
        kernels.batchnorm(x, a[:2], b, c)
    with pytest.raises(ValueError):
        kernels.batchnorm_sums(dy[:, :, 1:], x, a)
    with pytest.raises(ValueError):
        kernels.batchnorm_input_grad(dy[:3], x, a, b, c, d)
