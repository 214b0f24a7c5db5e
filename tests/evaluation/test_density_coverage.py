from __future__ import annotations

import os

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from gan_numpy.evaluation.density_coverage import density_coverage, expected_coverage
from gan_numpy.evaluation.precision_recall import precision_recall

WHOLE = os.environ.get("GAN_NUMPY_DENSITY") == "all"  # the published check, a minute


def naive(samples, real, k):
    """Both sums, word by word."""
    radii = np.sort(cdist(real, real), axis=1)[:, k]  # column 0: itself
    inside = cdist(samples, real) <= radii
    return inside.sum() / (k * len(samples)), inside.any(axis=0).mean()


@pytest.mark.parametrize("block_values", [1, 10**6])
@pytest.mark.parametrize("k", [1, 5])
def test_agrees_with_the_definitions(rng, k, block_values):
    samples, real = rng.normal(size=(60, 5)), 0.3 + rng.normal(size=(80, 5))
    found = density_coverage(samples, real, k, block_values)
    assert found == pytest.approx(naive(samples, real, k), abs=1e-15)
    assert found[0] > 0 and 0 < found[1] < 1


@pytest.mark.parametrize("n, m, k", [(30, 30, 5), (40, 20, 3), (20, 60, 1)])
def test_the_expectations_for_equal_distributions(n, m, k):
    """1, and 1 less the product, whatever the distribution: here a skewed one."""
    rng = np.random.default_rng(2)
    found = np.array(
        [
            density_coverage(
                rng.exponential(size=(m, 2)) ** 2, rng.exponential(size=(n, 2)) ** 2, k
            )
            for _ in range(300)
        ]
    )
    error = found.std(axis=0) / np.sqrt(len(found))
    expected = np.array([1, expected_coverage(n, m, k)])
    assert (np.abs(found.mean(axis=0) - expected) < 3 * error).all()
    assert (error < 0.02).all()


def test_expected_coverage_by_hand():
    """One neighbor: the nearest of the others is a sample. Many points: 1 - 2^-k."""
    assert expected_coverage(5, 3, 1) == pytest.approx(3 / 7)
    assert expected_coverage(10**7, 10**7, 5) == pytest.approx(1 - 2**-5, abs=1e-6)
    assert expected_coverage(10_000, 10_000) == pytest.approx(0.969, abs=5e-4)


def test_copies_and_sets_apart(rng):
    """Copies: each closed ball has its center and k neighbors, (k + 1)/k."""
    x = rng.normal(size=(50, 4))
    assert density_coverage(x, x) == (pytest.approx(6 / 5), 1)
    assert density_coverage(x + 100, x) == (0, 0)


def test_a_wild_sample_covers_nothing(rng):
    """All samples in one spot but one, whose ball holds everything: recall believes."""
    real = rng.normal(size=(200, 2))
    samples = 4 + 1e-3 * rng.normal(size=(200, 2))
    samples[0] = -50
    assert precision_recall(samples, real)[1] == 1
    assert density_coverage(samples, real)[1] < 0.1


def test_one_mode_of_two_is_dense_but_covers_half(rng):
    left, right = rng.normal(size=(2, 200, 30))
    right += 100
    middle = 0.3 * rng.normal(size=(400, 30))
    density, coverage = density_coverage(middle, np.concatenate([left, right]))
    assert density > 2  # no share: all samples are in the middle of one mode
    assert coverage <= 0.5


def test_points_that_repeat_mean_nothing():
    """The trap: constant data give N/k, not 1."""
    assert density_coverage(np.ones((30, 2)), np.ones((20, 2)))[0] == 20 / 5


def gaussians(n, d):
    samples, real = np.random.default_rng(0).normal(size=(2, n, d))
    return (*precision_recall(samples, real, 5), *density_coverage(samples, real, 5))


def test_high_dimension_fools_precision_and_recall():
    """The published check at a twentieth of its points."""
    precision, recall, density, coverage = gaussians(500, 1000)
    assert precision < 0.75 and recall < 0.75
    assert density == pytest.approx(1, abs=0.2)
    assert coverage == pytest.approx(0.969, abs=0.03)


@pytest.mark.skipif(not WHOLE, reason="GAN_NUMPY_DENSITY=all runs the published check")
def test_the_published_check():
    """N(0, I), d = 1000, n = 10,000, k = 5: the authors' code prints these four."""
    published = 0.4772, 0.4705, 1.0555, 0.9735
    found = gaussians(10_000, 1000)
    print(found)
    np.testing.assert_allclose(found, published, atol=0.06)


def test_bad_input():
    with pytest.raises(ValueError, match="real examples must be 6 or more, got 5"):
        density_coverage(np.zeros((9, 2)), np.zeros((5, 2)))
    with pytest.raises(ValueError, match="expected 3"):
        density_coverage(np.zeros((9, 2)), np.zeros((9, 3)))
    with pytest.raises(ValueError, match="at least 1"):
        density_coverage(np.zeros((9, 2)), np.zeros((9, 2)), k=0)
