from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import sqrtm

from gan_numpy.evaluation.fid import fid, frechet_distance


def test_a_set_and_itself(rng):
    x = rng.normal(size=(100, 7)) @ rng.normal(size=(7, 7))
    assert fid(x, x) == pytest.approx(0, abs=1e-10)


def test_a_translation_costs_its_squared_length(rng):
    x, delta = rng.normal(size=(100, 7)), rng.normal(size=7)
    assert fid(x, x + delta) == pytest.approx(delta @ delta, abs=1e-10)


def test_in_one_dimension(rng):
    x, y = rng.normal(2, 3, (60, 1)), rng.normal(-1, 0.5, (80, 1))
    means = (x.mean() - y.mean()) ** 2
    deviations = (x.std(ddof=1) - y.std(ddof=1)) ** 2
    assert fid(x, y) == pytest.approx(means + deviations, abs=1e-10)


def test_agrees_with_the_root_of_the_product(rng):
    x = rng.normal(size=(90, 6)) @ rng.normal(size=(6, 6))
    y = rng.normal(size=(70, 6)) @ rng.normal(size=(6, 6)) + 1
    cov1, cov2 = np.cov(x.T), np.cov(y.T)
    shift = x.mean(axis=0) - y.mean(axis=0)
    root = sqrtm(cov1 @ cov2).real
    expected = shift @ shift + np.trace(cov1 + cov2 - 2 * root)
    assert fid(x, y) == pytest.approx(expected, rel=1e-9)
    assert fid(y, x) == pytest.approx(expected, rel=1e-9)


def test_fewer_points_than_dimensions(rng):
    """Singular covariances; the distance of rotated axes is known."""
    x = rng.normal(size=(5, 20))
    assert fid(x, x) == pytest.approx(0, abs=1e-8)
    e1, e2 = np.diag([1.0, 0]), np.diag([0, 1.0])
    assert frechet_distance(np.zeros(2), e1, np.zeros(2), e2) == pytest.approx(2)


def test_bad_input():
    with pytest.raises(ValueError, match="2 or more, got 1"):
        fid(np.zeros((1, 3)), np.zeros((5, 3)))
    with pytest.raises(ValueError, match="4 values each, expected 3"):
        fid(np.zeros((2, 3)), np.zeros((5, 4)))
    with pytest.raises(ValueError, match="not finite"):
        fid(np.zeros((2, 3)), np.full((5, 3), np.nan))
