"""Equal unusual wrong numbers are told; equal right ones, and usual mistakes, never."""

import os

import numpy as np
import pytest

from gan_numpy.exercises import get_exercise
from gan_numpy.exercises.variants import VARIED, exercise_of
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits
from gan_numpy.grading.pairs import hashed, same_numbers, unusual


def odd(dy, cache):
    x, W = cache
    return dy @ W.T, np.sin(x).T @ dy, dy.sum(axis=0)


def other(dy, cache):
    x, W = cache
    return dy @ W.T, np.cos(x).T @ dy, dy.sum(axis=0)


def usual(dy, cache):
    x, W = cache
    return dy @ W.T, x.T @ dy / len(x), dy.sum(axis=0)


def record(student, function, name="dense_backward"):
    exercise = get_exercise(name)
    functions = {name: function}
    with searching(Limits(0.0)):
        result = exercise.run(functions, 4)
    numbers = unusual(exercise, functions, result, 4)
    return {"student": student, "exercises": {name: {"numbers": numbers}}}


def test_two_with_the_same_odd_numbers_are_told():
    def rewritten(dy, cache):
        x, W = cache
        total = np.einsum("nj,ni->ij", 2 * dy, np.sin(x))
        return dy @ W.T, total / 2, dy.sum(0)

    class_of = [record(f"s{k}", usual) for k in range(20)]
    class_of += [record("ann", odd), record("bob", rewritten), record("cid", other)]
    assert same_numbers(class_of) == ["ann and bob: dW of dense_backward"]


def test_what_many_have_is_usual():
    class_of = [record(f"s{k}", odd) for k in range(5)]
    assert same_numbers(class_of) == []
    assert same_numbers([record("ann", usual), record("bob", usual)]) == []


def test_right_answers_are_never_told():
    """Students of one class, each with a variant, each right: no pair at all.

    A thousand students are 500 pairs; ``GAN_NUMPY_BANK=all`` takes so many.
    """
    records = []
    for k in range(1000 if os.environ.get("GAN_NUMPY_BANK") == "all" else 40):
        name = VARIED[k % len(VARIED)]
        exercise = exercise_of(name, f"s{k}", "secret")
        functions = {name: exercise.reference}
        result = exercise.check.ordinary(exercise.functions(functions), 4)
        assert result.passed
        numbers = unusual(exercise, functions, result, 4)
        assert numbers == {}
        records.append({"student": f"s{k}", "exercises": {name: {"numbers": numbers}}})
    assert same_numbers(records) == []


@pytest.mark.parametrize("noise", [0.0, 1e-12])
def test_rounding_changes_no_hash(noise):
    rng = np.random.default_rng(0)
    a = np.round(rng.standard_normal((5, 3)), 3)
    assert hashed(a) == hashed(a * (1 + noise)) != hashed(a + 0.01)
    assert hashed(a) != hashed(a.T) and hashed(np.array([0.0, -0.0])) == hashed(
        np.array([-0.0, 0.0])
    )
