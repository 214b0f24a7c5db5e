from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist

from gan_numpy.evaluation.mmd import mmd_test


def naive(x, y, sigma):
    """The estimate, word by word."""
    kernels = [
        np.exp(-cdist(a, b, "sqeuclidean") / 2 / sigma**2)
        for a, b in ((x, x), (y, y), (x, y))
    ]
    m, n = len(x), len(y)
    within = [(k.sum() - np.trace(k)) for k in kernels[:2]]
    return within[0] / (m * (m - 1)) + within[1] / (n * (n - 1)) - 2 * kernels[2].mean()


@pytest.mark.parametrize("block_values", [1, 10**6])
def test_agrees_with_the_definition(rng, block_values):
    x, y = rng.normal(size=(30, 3)), 1 + rng.normal(size=(41, 3))
    result = mmd_test(x, y, 0.9, 20, block_values=block_values)
    assert result.mmd2 == pytest.approx(naive(x, y, 0.9), abs=1e-14)


def test_the_bandwidth_is_the_median_distance(rng):
    x, y = rng.normal(size=(30, 3)), rng.normal(size=(41, 3))
    expected = np.median(pdist(np.concatenate([x, y])))
    assert mmd_test(x, y, permutations=1).sigma == pytest.approx(expected, rel=1e-12)


def test_two_far_clusters_are_at_two():
    """All points of a set at one place: 1 + 1 - 2 k, with k = exp(-d^2 / 2 sigma^2)."""
    x, y = np.zeros((5, 2)), np.full((6, 2), 3.0)
    expected = 2 - 2 * np.exp(-18 / 2)
    assert mmd_test(x, y, 1.0, 1).mmd2 == pytest.approx(expected, abs=1e-14)


def test_closed_form_of_two_gaussians(rng):
    """For N(0, 1) and N(delta, 1) and sigma = 1: 2/sqrt(3) (1 - exp(-delta^2/6))."""
    x, y = rng.normal(size=(2, 3000, 1))
    expected = 2 / np.sqrt(3) * (1 - np.exp(-(1.5**2) / 6))
    assert mmd_test(x, y + 1.5, 1.0, 1).mmd2 == pytest.approx(expected, abs=0.02)


def test_unbiased_where_the_distributions_are_equal(rng):
    values = [mmd_test(*rng.normal(size=(2, 20, 2)), 1.0, 1).mmd2 for _ in range(400)]
    error = np.std(values) / np.sqrt(400)
    assert abs(np.mean(values)) < 3 * error and np.min(values) < 0


def test_p_values_are_uniform_without_and_small_with_a_difference(rng):
    p = [mmd_test(*rng.normal(size=(2, 15, 2)), 1.0, 39).p_value for _ in range(200)]
    assert np.mean(np.array(p) <= 0.25) == pytest.approx(0.25, abs=0.1)
    assert min(p) >= 1 / 40
    x, y = rng.normal(size=(2, 100, 2))
    assert mmd_test(x, y + 1).p_value == 1 / 501


def test_same_seed_same_result(rng):
    x, y = rng.normal(size=(2, 40, 2))
    assert mmd_test(x, y, seed=3) == mmd_test(x, y, seed=3)


def test_bad_input():
    with pytest.raises(ValueError, match="2 or more"):
        mmd_test(np.zeros((1, 2)), np.zeros((4, 2)))
    with pytest.raises(ValueError, match="expected 2"):
        mmd_test(np.zeros((3, 2)), np.zeros((4, 3)))
    with pytest.raises(ValueError, match="points coincide"):
        mmd_test(np.zeros((3, 2)), np.zeros((4, 2)))
    with pytest.raises(ValueError, match="not finite"):
        mmd_test(np.full((3, 2), np.inf), np.zeros((4, 2)))
