from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.evaluation.neighbors import nearest_training


def test_copies_are_found(rng):
    train, test = rng.random((300, 20)), rng.random((200, 20))
    rows = rng.integers(300, size=50)
    result = nearest_training(train[rows], test, train)
    np.testing.assert_array_equal(result.index, rows)
    assert not result.distance.any() and result.too_near == 1
    assert (result.test_distance > 0).all()


def test_honest_samples_are_as_near_as_test_examples(rng):
    train, test, samples = rng.normal(size=(3, 2000, 5))
    result = nearest_training(samples, test, train)
    # The quantile and the share both have the error of 20 counts of 2,000.
    assert result.too_near == pytest.approx(0.01, abs=4 * np.sqrt(2 * 0.01 / 2000))
    ratio = np.median(result.distance) / np.median(result.test_distance)
    assert ratio == pytest.approx(1, abs=0.05)
    blocks = nearest_training(samples, test, train, block_values=1 << 14)
    np.testing.assert_array_equal(blocks.index, result.index)


def test_copies_are_found_though_a_test_example_is_in_the_training_set_too(rng):
    train, test = rng.random((50, 4)), rng.random((50, 4))
    test[:3] = train[:3]
    assert nearest_training(train, test, train).too_near == 1


def test_bad_input():
    with pytest.raises(ValueError, match="samples have 3 values each, expected 2"):
        nearest_training(np.zeros((4, 3)), np.zeros((4, 2)), np.zeros((4, 2)))
    with pytest.raises(ValueError, match="training examples hold"):
        nearest_training(np.zeros((4, 2)), np.zeros((4, 2)), np.full((4, 2), np.nan))
