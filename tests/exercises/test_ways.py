"""The line at which the ways part from the solution's, in solutions written otherwise.

A line that is pointed at is the one; for two mistakes it is one of theirs, or none.
"""

from __future__ import annotations

import linecache

import numpy as np
import pytest

from gan_numpy.exercises.registry import all_exercises
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits
from tests.exercises.other_ways import ONE, TWO


def judged(name, text):
    """The lines that are pointed at, in the solution's text, and those it marks."""
    filename = f"<{name} {abs(hash(text))}>"
    lines = text.splitlines(keepends=True)
    linecache.cache[filename] = (len(text), None, lines, filename)
    exercise = all_exercises()[name]
    given = {f.__name__: f for f in exercise.given}
    namespace = {"np": np, **given}
    exec(compile(text, filename, "exec"), namespace)
    with searching(Limits(wall=120.0)):  # this machine may be busy
        result = exercise.run({name: namespace[name]})
    assert not result.passed
    places = {p.line for f in result.findings for p in f.places}
    marked = {k for k, line in enumerate(lines, 1) if "# <-" in line}
    return places, marked


@pytest.mark.parametrize("name, what", ONE)
def test_one_mistake(name, what):
    places, marked = judged(name, ONE[name, what])
    assert places == marked


@pytest.mark.parametrize("name, what", TWO)
def test_of_two_mistakes_no_right_line_is_pointed_at(name, what):
    places, marked = judged(name, TWO[name, what])
    assert len(marked) == 2 and places <= marked
