"""Maxima over pieces and windows: values, winners, ties, NaN and the gradients."""

import numpy as np
import pytest

from gan_numpy.kernels.reference import maxima as reference

PIECES = [(1, 1, 1, 1, 1), (3, 2, 4, 5, 6), (0, 2, 3, 4, 4), (7, 5, 2, 3, 3)]
WINDOWS = [((2, 3, 7, 8), 2, 2), ((2, 1, 9, 6), 4, 2), ((1, 2, 5, 5), 3, 1)]
WINDOWS += [((2, 2, 3, 4), 6, 5), ((0, 2, 5, 5), 2, 2), ((1, 1, 1, 1), 1, 1)]


def values(rng, shape, dtype):
    """Small integers: ties are frequent; some NaN and infinities."""
    x = rng.integers(-3, 3, shape).astype(dtype)
    for special in (np.nan, np.inf, -np.inf):
        x[rng.random(shape) < 0.04] = special
    return x


@pytest.mark.parametrize("shape", PIECES, ids=str)
def test_pieces(kernels, rng, dtype, shape):
    n, units, pieces, *size = shape
    z = values(rng, (n, units * pieces, *size), dtype)
    h, winners = kernels.piece_maximum(z, pieces)
    exact_h, exact_winners = reference.piece_maximum(z, pieces)
    np.testing.assert_array_equal(h, exact_h)
    np.testing.assert_array_equal(winners, exact_winners)
    assert h.dtype == dtype and winners.dtype == np.uint8
    dz = kernels.piece_scatter(h, winners, pieces)
    np.testing.assert_array_equal(dz, reference.piece_scatter(h, winners, pieces))
    back = kernels.piece_gather(dz, winners)
    np.testing.assert_array_equal(back, h)


@pytest.mark.parametrize("shape, size, stride", WINDOWS, ids=str)
def test_windows(kernels, rng, dtype, shape, size, stride):
    x = values(rng, shape, dtype)
    y, winners = kernels.max_pool(x, size, stride)
    exact_y, exact_winners = reference.max_pool(x, size, stride)
    np.testing.assert_array_equal(y, exact_y)
    np.testing.assert_array_equal(winners, exact_winners)
    assert y.dtype == dtype and winners.dtype == np.uint16
    np.testing.assert_array_equal(kernels.max_pool_gather(x, winners, size, stride), y)
    dy = rng.integers(-9, 9, y.shape).astype(dtype)
    dx = kernels.max_pool_scatter(dy, winners, shape, size, stride)
    exact = reference.max_pool_scatter(dy, winners, shape, size, stride)
    np.testing.assert_array_equal(dx, exact)
    assert dx.dtype == dtype


@pytest.mark.parametrize("shape, size, stride", WINDOWS, ids=str)
def test_the_reference_is_the_maximum_of_each_window(rng, shape, size, stride):
    x = rng.standard_normal(shape)
    y, winners = reference.max_pool(x, size, stride)
    for n, c, h, w in np.ndindex(y.shape):
        window = x[n, c, h * stride :, w * stride :][:size, :size]
        i, j = np.unravel_index(window.argmax(), window.shape)
        assert y[n, c, h, w] == window[i, j]
        assert winners[n, c, h, w] == i * size + j


def test_layouts(kernels, layout, rng, dtype):
    x = rng.standard_normal((3, 4, 6, 5)).astype(dtype)
    h, winners = reference.piece_maximum(x, 2)
    np.testing.assert_array_equal(kernels.piece_maximum(layout(x), 2)[0], h)
    dz = kernels.piece_scatter(layout(h), layout(winners), 2)
    np.testing.assert_array_equal(dz, reference.piece_scatter(h, winners, 2))
    back = kernels.piece_gather(layout(x), layout(winners))
    np.testing.assert_array_equal(back, h)
    y, winners = reference.max_pool(x, 3, 2)
    np.testing.assert_array_equal(kernels.max_pool(layout(x), 3, 2)[0], y)
    dx = kernels.max_pool_scatter(layout(y), layout(winners), x.shape, 3, 2)
    exact = reference.max_pool_scatter(y, winners, x.shape, 3, 2)
    np.testing.assert_allclose(dx, exact, rtol=1e-6)
    back = kernels.max_pool_gather(layout(x), layout(winners), 3, 2)
    np.testing.assert_array_equal(back, y)


def test_refuses_what_would_leave_the_array(kernels, rng, dtype):
    x = rng.standard_normal((2, 6, 5, 5)).astype(dtype)
    h, winners = kernels.piece_maximum(x, 3)
    with pytest.raises(ValueError, match="not units"):
        kernels.piece_maximum(x, 4)
    with pytest.raises(IndexError):
        kernels.piece_scatter(h, winners + np.uint8(3), 3)
    with pytest.raises(IndexError):
        kernels.piece_gather(x, winners + np.uint8(3))
    with pytest.raises(ValueError):
        kernels.piece_gather(x, winners[:, :, 1:])
    y, winners = kernels.max_pool(x, 2, 2)
    with pytest.raises(ValueError):
        kernels.max_pool_gather(x[:, :, 2:], winners, 2, 2)
    for outside in (1, 2):  # in the window, but beyond the image's last column or row
        beyond = winners.copy()
        beyond[0, 0, -1, -1] = outside
        with pytest.raises(IndexError):
            kernels.max_pool_scatter(y, beyond, x.shape, 2, 2)
        with pytest.raises(IndexError):
            kernels.max_pool_gather(x, beyond, 2, 2)
