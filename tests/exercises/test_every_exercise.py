"""One suite over all exercises: a new one fails here, with all that it lacks."""

from dataclasses import replace

import pytest
from contract import defined, missing, unbuildable
from promises_broken import BROKEN

from gan_numpy.exercises import Exercise, all_exercises
from gan_numpy.exercises.registry import NAMES
from gan_numpy.gradcheck.compare import arrays_differ

WITH_BROKEN = {name for name, _, _ in BROKEN}
EXERCISES = list(defined())


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_it_has_all_that_an_exercise_needs(exercise):
    lacks = missing(exercise, WITH_BROKEN) + unbuildable(exercise)
    assert not lacks, f"{exercise.name} lacks " + "; ".join(lacks)


def test_what_is_registered_is_defined_and_the_other_way_round():
    assert sorted(e.name for e in EXERCISES) == sorted(NAMES)
    assert {e.name for e in EXERCISES} == set(all_exercises())


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_reference_agrees_and_no_mutant_does(exercise):
    """The fast look and the whole check agree, on the reference and on a mutant."""
    from gan_numpy.exercises import build_mutant

    assert exercise.agrees()
    for change in exercise.mutants[:3]:
        if not {"mutated", "changes-between-calls"} & set(change.tags):
            assert not exercise.agrees({exercise.name: build_mutant(exercise, change)})


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_same_seed_draws_the_same_and_another_seed_something_else(exercise):
    """Corners that have nothing random in them stay; the ordinary inputs change."""
    check = exercise.check
    first, again, other = (
        check.answer(None, check.ordinary_inputs(seed), seed) for seed in (0, 0, 1)
    )
    assert not arrays_differ(first, again)
    fixed = exercise.name in ("critic_gradient",)  # -1/N whatever the outputs are
    assert fixed or arrays_differ(first, other)


def test_a_bare_exercise_is_told_everything_at_once():
    """The experiment: a new exercise on a branch, with nothing but its function."""

    def huber_gradient(a):
        return a

    bare = Exercise(
        huber_gradient, "99", "", "", lambda functions, seed: None, (), (), points=0
    )
    told = " ".join(missing(bare, WITH_BROKEN))
    for part in ("registry", "statement", "docstring", "corners", "mutants", "hints"):
        assert part in told, part
    for part in ("lesson 99", "lessons/README.md", "promises_broken.py", "points"):
        assert part in told, part
    named = replace(EXERCISES[0], mutants=())
    assert missing(named, WITH_BROKEN) == ["5 mutants", "mutants that differ"]
