from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, entropy

from gan_numpy.datasets.toy import RING_STD, ring_centers, sample_ring
from gan_numpy.evaluation.modes import class_modes, histogram_kl, mixture_modes
from gan_numpy.exercises.modes import modes_covered

MEANS = np.array([[0.0, 0], [10, 0], [0, 10], [10, 10]])


def test_the_data_itself(rng):
    """Within 3 sigma lie 1 - exp(-9/2) of a Gaussian's points in the plane."""
    score = mixture_modes(sample_ring(40_000, rng), ring_centers(), RING_STD)
    assert (score.captured, score.modes) == (8, 8)
    inside = chi2(2).cdf(9)
    assert inside == pytest.approx(1 - np.exp(-4.5))
    assert score.high_quality == pytest.approx(inside, abs=3e-3)
    # 2 N KL is chi-square distributed with 7 degrees of freedom.
    assert score.reverse_kl < chi2(7).ppf(0.999) / (2 * 39_000)


def test_one_mode_is_log_k(rng):
    score = mixture_modes(0.1 * rng.normal(size=(50, 2)), MEANS, 0.1 * 5)
    assert score.captured == 1 and score.high_quality == 1
    assert score.reverse_kl == pytest.approx(np.log(4), abs=1e-14)


def test_bad_samples_capture_no_mode_and_count_in_no_histogram():
    """Two samples on mode 0, one on mode 1, five in between near mode 3."""
    samples = np.concatenate([MEANS[[0, 0, 1]], np.full((5, 2), 7.0)])
    score = mixture_modes(samples, MEANS, 1.0)
    assert score.captured == 2 and score.high_quality == 3 / 8
    assert score.reverse_kl == pytest.approx(entropy([2 / 3, 1 / 3, 0, 0], [0.25] * 4))


def test_exactly_three_sigma_is_good_a_little_more_is_not():
    for x, good in ((3.0, 1.0), (3.0 + 1e-9, 0.0)):
        assert mixture_modes(np.array([[x, 0]]), MEANS, 1.0).high_quality == good


def test_no_good_sample_has_no_histogram():
    score = mixture_modes(np.full((3, 2), 5.0), MEANS, 0.1)
    assert score.captured == 0 and np.isnan(score.reverse_kl)


def test_agrees_with_the_exercise(rng):
    samples = rng.uniform(-5, 15, (200, 2))
    score = mixture_modes(samples, MEANS, 1.0)
    assert (score.captured, score.high_quality) == modes_covered(samples, MEANS, 3.0)


def test_classes_against_those_of_real_images():
    real = np.repeat(np.arange(3), [10, 20, 30])
    assert class_modes(real, real, 3).reverse_kl == 0
    score = class_modes(np.array([0, 0, 1, 1]), real, 4)
    assert (score.captured, score.modes) == (2, 4)
    expected = 0.5 * np.log(0.5 / (1 / 6)) + 0.5 * np.log(0.5 / (1 / 3))
    assert score.reverse_kl == pytest.approx(expected, abs=1e-14)
    assert class_modes(np.array([3]), real, 4).reverse_kl == np.inf


def test_histogram_kl_agrees_with_scipy(rng):
    p, q = rng.integers(0, 9, 12), rng.integers(1, 9, 12)
    assert histogram_kl(p, q) == pytest.approx(entropy(p, q), abs=1e-14)


def test_bad_input():
    with pytest.raises(ValueError, match="samples have 3 values"):
        mixture_modes(np.zeros((2, 3)), MEANS, 1)
    with pytest.raises(ValueError, match="not finite"):
        mixture_modes(np.full((2, 2), np.nan), MEANS, 1)
    with pytest.raises(ValueError, match="more than 0"):
        mixture_modes(np.zeros((2, 2)), MEANS, 0)
    with pytest.raises(ValueError, match="0 to 2"):
        class_modes(np.array([3]), np.array([1]), 3)
    with pytest.raises(ValueError, match="whole numbers"):
        class_modes(np.array([0.5]), np.array([1]), 3)
