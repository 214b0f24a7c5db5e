"""A result in float32 is forgiven its rounding and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.exercises import all_exercises
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits

CHOSEN = ("relu_backward", "dense_backward", "conv2d_backward", "adam_step")
LONG = ("lstm_backward", "generator_gradient", "adam_step")  # most digits are lost


def single(value):
    """The same in float32."""
    if isinstance(value, np.ndarray):
        return value.astype(np.float32) if value.dtype == np.float64 else value
    if isinstance(value, tuple | list):
        return type(value)(map(single, value))
    if isinstance(value, dict):
        return {k: single(v) for k, v in value.items()}
    return np.float32(value) if isinstance(value, np.float64) else value


def times(value, factor):
    if isinstance(value, np.ndarray):
        return value * factor
    if isinstance(value, tuple | list):
        return type(value)(times(v, factor) for v in value)
    return value


def passes(exercise, change, take=lambda arguments: arguments):
    def function(*arguments):
        return change(exercise.reference(*take(arguments)))

    function.__name__ = exercise.name
    given = {f.__name__: f for f in exercise.given}
    with searching(Limits(0.0)):
        return exercise.run({**given, exercise.name: function}).passed


@pytest.mark.parametrize("name", CHOSEN)
def test_rounding_passes(name):
    assert passes(all_exercises()[name], single)


@pytest.mark.parametrize("name", LONG)
def test_computing_in_single_precision_passes(name):
    assert passes(all_exercises()[name], single, single)


@pytest.mark.parametrize("name", CHOSEN[:3])
@pytest.mark.parametrize("error", [5e-6, -1.5e-5])
def test_an_error_is_not_hidden_by_rounding(name, error):
    """Of the size of another epsilon, or of a difference quotient's."""
    exercise = all_exercises()[name]
    assert not passes(exercise, lambda value: times(value, 1 + error))
    assert not passes(exercise, lambda value: single(times(value, 1 + error)))
