"""Global contrast normalization against its definition and back."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.datasets.contrast import global_contrast_normalize, undo_contrast


def test_mean_zero_and_the_length_asked_for(rng):
    y, _, _ = global_contrast_normalize(rng.random((50, 70)), scale=5)
    np.testing.assert_allclose(np.linalg.norm(y, axis=1), 5)
    np.testing.assert_allclose(y.mean(axis=1), 0, atol=1e-14)


def test_by_the_standard_deviation(rng):
    """With b = 0, scikit-learn's scaling of rows, with N - 1 for N."""
    from sklearn.preprocessing import StandardScaler

    x = rng.random((6, 40))
    y, _, _ = global_contrast_normalize(x, use_std=True)
    expected = StandardScaler().fit_transform(x.T).T * np.sqrt(39 / 40)
    np.testing.assert_allclose(y, expected)
    y, _, _ = global_contrast_normalize(x, use_std=True, sqrt_bias=10)
    np.testing.assert_allclose(
        y, (x - x.mean(1)[:, None]) / np.sqrt(10 + x.var(1, ddof=1))[:, None]
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_undone_exactly_and_nothing_upcasts(rng, dtype):
    x = rng.random((5, 30)).astype(dtype)
    y, mean, divisor = global_contrast_normalize(x, scale=55)
    assert y.dtype == mean.dtype == divisor.dtype == dtype
    np.testing.assert_allclose(undo_contrast(y, mean, divisor), x, rtol=1e-5)


def test_brightness_and_contrast_do_not_matter(rng):
    x = rng.random((5, 30))
    y, _, _ = global_contrast_normalize(x)
    np.testing.assert_allclose(global_contrast_normalize(7 * x + 3)[0], y, atol=1e-14)


def test_an_image_of_one_color_is_only_centered():
    y, mean, divisor = global_contrast_normalize(np.full((1, 9), 0.25), scale=55)
    assert (y == 0).all() and mean == 0.25 and divisor == 1
