"""Large arrays: random directions, and blocks that are halved where these disagree."""

import numpy as np
import pytest

from gan_numpy.gradcheck.directions import true_gradient


def lookup(ids):
    return lambda E: E[ids]


def counted(f):
    calls = []

    def counting(x):
        calls.append(1)
        return f(x)

    return counting, calls


def test_a_right_large_gradient_needs_few_evaluations(rng):
    E, ids = rng.standard_normal((500, 16)), rng.integers(0, 500, 60)
    dy, g = rng.standard_normal((60, 16)), np.zeros((500, 16))
    np.add.at(g, ids, dy)
    f, calls = counted(lookup(ids))
    found = true_gradient(f, E, dy, [g], rng)
    assert np.array_equal(found.value, g) and found.known.all() and not found.disagrees
    assert len(calls) < 200


def test_the_wrong_rows_are_found_in_a_few_thousand(rng):
    E, ids = rng.standard_normal((500, 16)), np.array([3, 77, 3, 412, 0, 77, 499])
    dy, g, true = rng.standard_normal((7, 16)), np.zeros((500, 16)), np.zeros((500, 16))
    g[ids] += dy
    np.add.at(true, ids, dy)
    f, calls = counted(lookup(ids))
    found = true_gradient(f, E, dy, [g], rng)
    wrong = np.abs(g - true).max(axis=1) > 0
    assert found.disagrees and found.known[wrong].all() and found.left == 0
    assert np.allclose(found.value[found.known], true[found.known], atol=1e-8)
    assert len(calls) < 4000


@pytest.mark.parametrize("entry", [(0, 0), (333, 7), (699, 39)])
def test_one_wrong_entry_of_28000_is_found(entry, rng):
    x, v = rng.standard_normal((700, 40)), rng.standard_normal((700, 40))
    g = v * np.cos(x)
    g[entry] *= -1
    found = true_gradient(np.sin, x, v, [g], rng)
    assert found.disagrees and found.known[entry]
    assert abs(found.value[entry] + g[entry]) < 1e-8


def test_our_solution_is_believed_only_if_it_has_the_right_slopes(rng):
    x, v = rng.standard_normal((7, 5)), rng.standard_normal((7, 5))
    right, wrong = v * np.cos(x), v * np.sin(x)
    assert np.array_equal(true_gradient(np.sin, x, v, [right, wrong], rng).value, right)
    measured = true_gradient(np.sin, x, v, [wrong, wrong], rng)
    assert np.allclose(measured.value, right, atol=1e-8) and measured.disagrees


def test_kinks_are_skipped_and_counted(rng):
    x = rng.standard_normal((60, 40))
    x[:, 3] = 0.0
    v = rng.standard_normal((60, 40))
    found = true_gradient(lambda x: np.maximum(x, 0), x, v, [v * (x > 0)], rng)
    assert found.kinks >= 60 and not found.known[:, 3].any()
