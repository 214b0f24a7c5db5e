from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from gan_numpy.evaluation.precision_recall import precision_recall


def naive(samples, real, k):
    """Equations 1 and 2, word by word."""

    def share(points, region):
        radii = np.sort(cdist(region, region), axis=1)[:, k]  # column 0: itself
        inside = cdist(points, region) <= radii
        return inside.any(axis=1).mean()

    return share(samples, real), share(real, samples)


@pytest.mark.parametrize("block_values", [1, 10**6])
@pytest.mark.parametrize("k", [1, 3])
def test_agrees_with_the_equations(rng, k, block_values):
    samples, real = rng.normal(size=(60, 5)), 0.3 + rng.normal(size=(80, 5))
    found = precision_recall(samples, real, k, block_values)
    assert found == naive(samples, real, k)
    assert 0 < found[0] < 1 and 0 < found[1] < 1


def test_equal_sets_and_sets_apart(rng):
    x = rng.normal(size=(50, 4))
    assert precision_recall(x, x) == (1, 1)
    assert precision_recall(x, x + 100) == (0, 0)


def test_half_the_modes_are_precise_but_not_recalled(rng):
    """The generator draws one of two clusters; half of the data is not covered."""
    left, right = rng.normal(size=(2, 100, 3))
    right += 100
    real = np.concatenate([left, right])
    assert precision_recall(left, real) == (1, 0.5)
    assert precision_recall(real, left) == (0.5, 1)


def test_bad_input():
    with pytest.raises(ValueError, match="samples must be 4 or more, got 3"):
        precision_recall(np.zeros((3, 2)), np.zeros((9, 2)))
    with pytest.raises(ValueError, match="expected 2"):
        precision_recall(np.zeros((9, 2)), np.zeros((9, 3)))
    with pytest.raises(ValueError, match="at least 1"):
        precision_recall(np.zeros((9, 2)), np.zeros((9, 2)), k=0)
