from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, norm, skew

from gan_numpy.evaluation.data_copying import data_copying, mann_whitney_z


def extreme(m, n):
    """Z if every sample comes before every test example."""
    return -np.sqrt(3 * n * m / (n + m + 1))


def test_z_by_hand():
    """Samples 1, 3 against 2, 4: one pair of four has the farther sample."""
    z = mann_whitney_z(np.array([1.0, 3]), np.array([2.0, 4]))
    assert z == pytest.approx((1 - 2) / np.sqrt(2 * 2 * 5 / 12))
    assert mann_whitney_z(np.ones(3), np.ones(5)) == 0  # all ties


def test_z_agrees_with_scipy(rng):
    a, b = rng.normal(size=40), 0.3 + rng.normal(size=50)
    expected = mannwhitneyu(
        a, b, use_continuity=False, alternative="less", method="asymptotic"
    ).pvalue
    assert norm.cdf(mann_whitney_z(a, b)) == pytest.approx(expected, rel=1e-12)


def test_copies_get_the_lowest_value_there_is(rng):
    train, test = rng.normal(size=(2, 100, 3))
    found = data_copying(train[:60], test, train)
    assert found.c_t == pytest.approx(extreme(60, 100)) and found.judged == 1


def test_samples_off_the_data_get_the_highest(rng):
    train, test = rng.normal(size=(2, 100, 3))
    found = data_copying(test[:60] + 50, test, train)
    assert found.c_t == pytest.approx(-extreme(60, 100))


def test_fresh_data_are_standard_normal():
    """Whatever the distribution: here a skewed one, of another size than the test's."""
    rng = np.random.default_rng(3)
    train, values = rng.exponential(size=(50, 2)), []
    for _ in range(400):
        samples, test = rng.exponential(size=(30, 2)), rng.exponential(size=(40, 2))
        values.append(data_copying(samples, test, train).c_t)
    assert abs(np.mean(values)) < 3 / np.sqrt(400)
    assert np.std(values) == pytest.approx(1, abs=0.1)
    assert abs(skew(values)) < 0.4


def test_cells_tell_what_would_cancel(rng):
    """Copies in one region, bad samples in another; many cells average more tightly."""
    left, right = rng.normal(size=(2, 200, 2))
    train = np.concatenate([left[:100], right[:100] + 30])
    test = np.concatenate([left[100:], right[100:] + 30])
    samples = np.concatenate([train[:100], test[100:] + [0, 8]])
    assert abs(data_copying(samples, test, train).c_t) < 1
    found = data_copying(samples, test, train, cells=2)
    assert sorted(found.z) == pytest.approx([extreme(100, 100), -extreme(100, 100)])
    assert found.c_t == pytest.approx(0)  # the mean cancels still: look at the cells


def test_what_is_not_drawn_is_not_judged(rng):
    train, test = rng.normal(size=(2, 300, 2))
    train[:100] += 30
    test[:75] += 30
    found = data_copying(test[75:], test, train, cells=2)
    assert found.judged == 0.75 and np.isnan(found.z).sum() == 1
    assert found.c_t == 0  # the samples are the test examples


def test_the_cells_weigh_as_the_data_do(rng):
    """C_T by the formula, from the cells' own values."""
    train, test = rng.normal(size=(2, 300, 2))
    train[:100] += 30
    test[:60] += 30
    samples = test + 0.3 * rng.normal(size=test.shape)
    found = data_copying(samples, test, train, cells=2)
    far = data_copying(samples[:60], test[:60], train[:100]).c_t
    near = data_copying(samples[60:], test[60:], train[100:]).c_t
    assert found.c_t == pytest.approx(0.2 * far + 0.8 * near)


def test_bad_input():
    points = np.zeros((20, 2))
    with pytest.raises(ValueError, match="no cell has 10 samples"):
        data_copying(points[:9], points, points)
    with pytest.raises(ValueError, match="expected 2"):
        data_copying(np.zeros((9, 3)), points, points)
    with pytest.raises(ValueError, match="must be 21 or more"):
        data_copying(points, points, points, cells=21)
