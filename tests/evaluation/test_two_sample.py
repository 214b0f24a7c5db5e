from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from gan_numpy.evaluation.two_sample import (
    chance,
    classifier_two_sample,
    nearest_neighbor_two_sample,
)


def test_chance_is_the_normal_tail():
    assert chance(0.5, 100) == 0.5
    expected = norm(0.5, np.sqrt(1 / 400)).sf(0.57)
    assert chance(0.57, 100) == pytest.approx(expected, rel=1e-12)


def test_equal_distributions_are_not_told_apart(rng):
    results = [classifier_two_sample(*rng.normal(size=(2, 200, 2))) for _ in range(8)]
    accuracy = np.mean([result.accuracy for result in results])
    assert accuracy == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(8 * 200))
    assert max(result.p_value for result in results) > 0.2


def test_accuracy_is_bayes_for_shifted_gaussians(rng):
    """For N(0, I) and N(delta, I) the best accuracy is Phi(|delta| / 2)."""
    x, y = rng.normal(size=(2, 2000, 2))
    result = classifier_two_sample(x, y + [1.2, -1.6])
    assert result.accuracy == pytest.approx(norm.cdf(1), abs=0.03)
    # Of 2 x 2,000 points one half is held out.
    assert result.p_value == chance(result.accuracy, 2000) < 1e-6


def test_sets_apart_constant_columns_and_scale(rng):
    """A difference of 1e-6 in a column of that size is found, zeros do not disturb."""
    x = np.column_stack([rng.normal(size=200) * 1e-6, np.zeros(200)])
    result = classifier_two_sample(x, x + [1e-5, 0], seed=1)
    assert result.accuracy == 1
    assert result == classifier_two_sample(x, x + [1e-5, 0], seed=1)


def test_nearest_neighbor_accuracy(rng):
    x, y = rng.normal(size=(2, 800, 3))
    assert nearest_neighbor_two_sample(x, y) == pytest.approx(0.5, abs=0.06)
    assert nearest_neighbor_two_sample(x, y + 50) == 1
    assert nearest_neighbor_two_sample(x, x + 1e-6) == 0  # copies
    same = nearest_neighbor_two_sample(x, y)
    assert nearest_neighbor_two_sample(x, y, block_values=1) == same


def test_nearest_neighbor_accuracy_agrees_with_scikit_learn(rng):
    from sklearn.neighbors import NearestNeighbors

    samples, real = 20 * rng.normal(size=(2, 60, 2)) + [[[0, 0]], [[9, 0]]]
    points, labels = np.concatenate([real, samples]), np.arange(120) < 60
    _, others = NearestNeighbors(n_neighbors=1).fit(points).kneighbors()
    expected = np.mean(labels[others[:, 0]] == labels)
    assert nearest_neighbor_two_sample(samples, real) == expected


def test_the_larger_set_is_cut(rng):
    x, y = rng.normal(size=(300, 2)), rng.normal(size=(200, 2))
    assert classifier_two_sample(x, y) == classifier_two_sample(x[:200], y)
    cut = nearest_neighbor_two_sample(x[:200], y)
    assert nearest_neighbor_two_sample(x, y) == cut


def test_bad_input():
    with pytest.raises(ValueError, match="4 or more"):
        classifier_two_sample(np.zeros((3, 2)), np.zeros((9, 2)))
    with pytest.raises(ValueError, match="expected 2"):
        nearest_neighbor_two_sample(np.zeros((4, 2)), np.zeros((9, 3)))
    with pytest.raises(ValueError, match="not finite"):
        classifier_two_sample(np.full((4, 2), np.nan), np.zeros((9, 2)))
