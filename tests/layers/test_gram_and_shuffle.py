"""Gram matrices and pixel shuffle: values by hand, oracles, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.layers import Gram, PixelShuffle


def test_a_gram_matrix_is_one_product(rng):
    x = rng.standard_normal((3, 4, 5, 6))
    y, _ = Gram().forward(x)
    np.testing.assert_allclose(y, np.einsum("nchw,ndhw->ncd", x, x) / 30, rtol=1e-13)
    np.testing.assert_array_equal(y, y.transpose(0, 2, 1))


def test_a_gram_matrix_forgets_where(rng):
    x = rng.standard_normal((2, 3, 5, 6))
    shifted = np.roll(x, (2, 1), axis=(2, 3))
    np.testing.assert_allclose(Gram().forward(shifted)[0], Gram().forward(x)[0])


def test_both_factors_of_a_gram_matrix_carry_the_gradient(rng):
    """Of a cotangent that is not symmetric each triangle reaches both channels."""
    x, dy = rng.standard_normal((1, 2, 1, 3)), np.array([[[0.0, 1.0], [0.0, 0.0]]])
    dx, _ = Gram().backward(dy, Gram().forward(x)[1])
    np.testing.assert_allclose(dx, x[:, ::-1] / 3)


def test_shuffled_pixels_by_hand_and_back(rng):
    x = np.arange(16.0).reshape(1, 4, 2, 2)
    y, cache = PixelShuffle(2).forward(x)
    expected = [[0, 4, 1, 5], [8, 12, 9, 13], [2, 6, 3, 7], [10, 14, 11, 15]]
    np.testing.assert_array_equal(y[0, 0], expected)
    x = rng.standard_normal((2, 18, 4, 5))
    y, cache = PixelShuffle(3).forward(x)
    assert y.shape == (2, 2, 12, 15)
    np.testing.assert_array_equal(PixelShuffle(3).backward(y, cache)[0], x)
    for n, c, h, w in ((1, 1, 7, 11), (0, 1, 0, 14)):
        assert y[n, c, h, w] == x[n, 9 * c + 3 * (h % 3) + w % 3, h // 3, w // 3]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="whole factor"):
        PixelShuffle(1.5)
    with pytest.raises(ValueError, match=r"multiple of 9 channels, got \(1, 4, 2, 2\)"):
        PixelShuffle(3).forward(np.zeros((1, 4, 2, 2)))
    for x in (np.zeros((2, 3)), np.zeros((1, 2, 0, 3))):
        with pytest.raises(ValueError, match="Gram expects a batch"):
            Gram().forward(x)
