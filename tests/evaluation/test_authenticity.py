from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from gan_numpy.evaluation.authenticity import authentic


def naive(samples, train):
    """The definition, word by word."""
    found = []
    for y in samples:
        to_train = np.linalg.norm(train - y, axis=1)
        i = to_train.argmin()
        others = np.delete(np.linalg.norm(train - train[i], axis=1), i)
        found.append(to_train[i] > others.min())
    return found


@pytest.mark.parametrize("block_values", [1, 10**6])
def test_agrees_with_the_definition(rng, block_values):
    samples, train = rng.normal(size=(60, 3)), rng.normal(size=(50, 3))
    found = authentic(samples, train, block_values)
    assert found.tolist() == naive(samples, train) and 0 < found.mean() < 1


def test_a_sample_that_is_not_is_the_neighbor_of_its_neighbor(rng):
    train = rng.normal(size=(40, 2))
    for y in rng.normal(size=(30, 2)):
        points = np.concatenate([[y], train])
        table = cdist(points, points)
        np.fill_diagonal(table, np.inf)
        mutual = table[table[0].argmin()].argmin() == 0
        assert authentic(y[None], train)[0] != mutual


@pytest.mark.parametrize("d, expected", [(1, 1 / 3), (2, 0.3785), (3, 11 / 27)])
def test_the_value_of_fresh_data(d, expected):
    """1 - V(ball)/V(both balls), each with its center on the other's surface."""
    rng = np.random.default_rng(d)
    found = [authentic(*rng.random((2, 300, d))).mean() for _ in range(30)]
    error = np.std(found) / np.sqrt(len(found))
    assert np.mean(found) == pytest.approx(expected, abs=3 * error + 0.02)  # borders


def test_copies_are_not_and_noise_is(rng):
    train = rng.normal(size=(100, 4))
    assert not authentic(train[:30], train).any()
    nearly = train[:30] + 1e-3 * rng.normal(size=(30, 4))
    assert not authentic(nearly, train).any()
    assert authentic(100 * rng.normal(size=(50, 4)), train).mean() > 0.9


def test_a_training_example_that_is_there_twice(rng):
    """The trap: its copies pass, unless they are exact."""
    train = np.repeat(rng.normal(size=(20, 2)), 2, axis=0)
    assert not authentic(train[:5], train).any()
    assert authentic(train[:5] + 1e-4, train).all()


def test_bad_input():
    with pytest.raises(ValueError, match="training examples must be 2 or more"):
        authentic(np.zeros((3, 2)), np.zeros((1, 2)))
    with pytest.raises(ValueError, match="expected 2"):
        authentic(np.zeros((3, 3)), np.zeros((4, 2)))
