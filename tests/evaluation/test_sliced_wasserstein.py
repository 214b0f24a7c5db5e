from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from gan_numpy.evaluation.sliced_wasserstein import sliced_wasserstein, wasserstein_1d


def test_one_dimension_is_the_optimal_assignment(rng):
    x, y = rng.normal(size=(20, 1)), 1 + 2 * rng.normal(size=(20, 1))
    cost = cdist(x, y, "sqeuclidean")
    best = cost[linear_sum_assignment(cost)].mean()
    assert wasserstein_1d(x, y)[0] == pytest.approx(best, abs=1e-13)


def test_unequal_numbers_are_those_of_repeated_points(rng):
    x, y = rng.normal(size=(6, 3)), rng.normal(size=(4, 3))
    expected = wasserstein_1d(np.repeat(x, 2, axis=0), np.repeat(y, 3, axis=0))
    np.testing.assert_allclose(wasserstein_1d(x, y), expected, atol=1e-13)


def test_a_set_and_itself(rng):
    x = rng.normal(size=(30, 5))
    assert sliced_wasserstein(x, x[::-1]) == 0


def test_a_translation_averages_its_squared_length_over_d(rng):
    x, delta = rng.normal(size=(10, 4)), np.array([3.0, 0, -4, 0])
    found = sliced_wasserstein(x, x + delta, directions=20_000)
    # <delta, theta>^2 has variance 2 |delta|^4 (d - 1) / (d^2 (d + 2)).
    error = np.sqrt(2 * 625 * 3 / (16 * 6) / 20_000)
    assert found == pytest.approx(25 / 4, abs=4 * error)


def test_in_one_dimension_every_direction_is_the_axis(rng):
    x, y = rng.normal(size=(20, 1)), rng.normal(size=(25, 1))
    found = sliced_wasserstein(x, y, directions=3)
    assert found == pytest.approx(wasserstein_1d(x, y)[0], abs=1e-14)


def test_seeded_and_blocks_of_directions_do_not_show(rng):
    x, y = rng.normal(size=(2, 12, 3))
    one = sliced_wasserstein(x, y, 120, seed=1)
    assert one == sliced_wasserstein(x, y, 120, seed=1)
    assert one != sliced_wasserstein(x, y, 120, seed=2)
    theta = np.random.default_rng(1).normal(size=(3, 120))
    theta /= np.linalg.norm(theta, axis=0)
    assert one == pytest.approx(wasserstein_1d(x @ theta, y @ theta).mean(), abs=1e-14)


def test_bad_input():
    with pytest.raises(ValueError, match="expected 2"):
        sliced_wasserstein(np.zeros((3, 2)), np.zeros((4, 3)))
    with pytest.raises(ValueError, match="not finite"):
        sliced_wasserstein(np.zeros((3, 2)), np.full((4, 2), np.nan))
    with pytest.raises(ValueError, match="at least 1"):
        sliced_wasserstein(np.zeros((3, 2)), np.zeros((4, 2)), directions=0)
