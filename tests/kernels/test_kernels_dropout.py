"""Dropout: the bits of its mask, their statistics, and its two passes."""

import numpy as np
import pytest

from gan_numpy.kernels.native.dropout import SERIAL_BELOW
from gan_numpy.kernels.reference import dropout as reference


@pytest.mark.parametrize("keep", [1.0, 0.8, 0.5, 0.3, 2.0**-53, 1 - 2.0**-53])
@pytest.mark.parametrize("seed", [0, 1, 2**63, 2**64 - 1])
def test_the_reference_mask_bit_for_bit(kernels, dtype, keep, seed):
    x = np.ones((3, SERIAL_BELOW // 2 + 7), dtype)
    y, mask = kernels.dropout(x, keep, seed)
    exact_y, exact_mask = reference.dropout(x, keep, seed)
    assert mask.dtype == np.bool_ and y.dtype == dtype
    np.testing.assert_array_equal(mask, exact_mask)
    np.testing.assert_array_equal(y, exact_y)


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3, 0), (2, 3, 5), (1, 1, 1, 1)])
def test_shapes(kernels, dtype, shape):
    x = np.ones(shape, dtype)
    y, mask = kernels.dropout(x, 0.5, 3)
    exact_y, exact_mask = reference.dropout(x, 0.5, 3)
    assert y.shape == mask.shape == shape
    np.testing.assert_array_equal(y, exact_y)
    np.testing.assert_array_equal(mask, exact_mask)
    dx = kernels.dropout_backward(x, mask, 0.5)
    assert dx.shape == shape
    np.testing.assert_array_equal(dx, exact_y)


@pytest.mark.parametrize("keep", [0.8, 0.5])
def test_statistics(kernels, keep):
    _, mask = kernels.dropout(np.ones((1000, 1000), np.float32), keep, 42)
    bits = mask.astype(float) - keep
    variance = keep * (1 - keep)
    assert abs(bits.mean()) < 5 * np.sqrt(variance / bits.size)
    # Neighbors in a row, in a column, and masks of neighboring seeds do not correlate.
    _, other = kernels.dropout(np.ones((1000, 1000), np.float32), keep, 43)
    for product in (
        bits[:, 1:] * bits[:, :-1],
        bits[1:] * bits[:-1],
        bits * (other.astype(float) - keep),
    ):
        assert abs(product.mean()) < 5 * variance / np.sqrt(bits.size)


def test_layouts(kernels, layout, rng, dtype):
    x = rng.standard_normal((17, 31)).astype(dtype)
    y, mask = kernels.dropout(layout(x), 0.8, 5)
    exact_y, exact_mask = reference.dropout(x, 0.8, 5)
    np.testing.assert_array_equal(y, exact_y)
    np.testing.assert_array_equal(mask, exact_mask)
    dx = kernels.dropout_backward(layout(x), layout(mask), 0.8)
    np.testing.assert_array_equal(dx, exact_y)


def test_dropped_entries_are_zero_whatever_they_were(kernels, dtype):
    x = np.full((3, SERIAL_BELOW), np.nan, dtype)
    x[1], x[2] = np.inf, -np.inf
    y, mask = kernels.dropout(x, 0.5, 9)
    assert (y[~mask] == 0).all()
    assert np.isnan(y[0, mask[0]]).all()
    assert np.isposinf(y[1, mask[1]]).all() and np.isneginf(y[2, mask[2]]).all()
    dx = kernels.dropout_backward(x, mask, 0.5)
    np.testing.assert_array_equal(dx, y)


def test_other_dtypes_follow_the_reference(kernels):
    x = np.ones((4, 5), np.float16)
    y, mask = kernels.dropout(x, 0.5, 1)
    assert y.dtype == np.float16
    np.testing.assert_array_equal(mask, reference.bernoulli_mask(1, (4, 5), 0.5))
