"""Every mistake of every exercise fails its check and gets its own name."""

from collections import Counter

import pytest
from tests.turns import share

from gan_numpy.exercises import all_exercises, build_mutant
from gan_numpy.exercises.mutation import Outcome, table
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits

EXERCISES = all_exercises()
PATIENT = Limits(wall=120.0)  # this machine may be busy
PAIRS = [
    pytest.param(e, m, id=f"{name}-{k}-{'+'.join(m.tags)}")
    for name, e in EXERCISES.items()
    for k, m in enumerate(e.mutants)
]


@pytest.mark.parametrize("exercise, mutant", PAIRS)
def test_a_mutant_gets_its_own_name(exercise, mutant, seeds):
    """By its numbers; by its lines, too, where they alone do not tell it."""
    wrong = build_mutant(exercise, mutant)
    for seed in seeds:
        with searching(Limits(0)):
            result = exercise.run({exercise.name: wrong}, seed)
        if not result.passed and set(result.tags) != set(mutant.tags):
            with searching(PATIENT):
                result = exercise.run({exercise.name: wrong}, seed)
        assert not result.passed and set(result.tags) == set(mutant.tags), str(result)


@pytest.mark.parametrize("exercise, mutant", share(PAIRS, 12, "GAN_NUMPY_MUTANTS"))
def test_its_lines_say_the_same(exercise, mutant):
    """A part in turn, since the search takes a second; `exercises --mutants` all."""
    result = exercise.run({exercise.name: build_mutant(exercise, mutant)})
    assert not result.passed and set(result.tags) == set(mutant.tags), str(result)


@pytest.mark.parametrize("name", EXERCISES)
def test_the_reference_passes(name, seeds):
    for seed in seeds:
        result = EXERCISES[name].run(seed=seed)
        assert result.passed, str(result)
        assert result.repair is None and not result.so_far  # no line is pointed at


def patiently(exercise, change):
    """The result, however busy the machine is: only processor time counts."""
    with searching(PATIENT):
        return exercise.run({exercise.name: build_mutant(exercise, change)}, 0)


def test_where_a_line_is_pointed_at_it_is_the_right_one():
    """One mutant in eighteen; all of them by ``gan-numpy exercises --mutants``."""
    places = Counter(
        Outcome(
            e,
            m,
            result.tags,
            result.passed,
            frozenset(p.line for f in result.findings for p in f.places),
        ).place
        for e, m in (p.values for p in PAIRS[::18])
        for result in [patiently(e, m)]
    )
    pointed = places["there"] + places["among"] + places["elsewhere"]
    assert pointed >= 10 and places["elsewhere"] <= 0.05 * pointed, places
    assert places["among"] <= 0.1 * pointed, places
    assert places["there"] >= 0.9 * (pointed + places["nowhere"]), places


def test_there_are_many_and_the_table_counts_them():
    assert len(PAIRS) >= 120
    text, named, total = table([EXERCISES["relu_backward"]])
    assert named == total == len(EXERCISES["relu_backward"].mutants)
    assert f"{named} of {total} mutants fail with their own name" in text
    assert max(map(len, text.split("\n"))) <= 80


def test_a_mutant_that_changes_nothing_is_refused():
    from gan_numpy.exercises import Mutant

    with pytest.raises(ValueError, match="exactly once"):
        build_mutant(EXERCISES["relu_backward"], Mutant(("x",), "no such text", ""))


WRONG_USE = {
    "bce_logits": (lambda a, y: a - y, "it must return 2 things: the loss and its"),
    "maxout_forward": (lambda x, W, b, k: x, "it must return 2 things: y and the"),
    "value": (lambda p, q, D, dx: "text", "V is str, not an array of numbers"),
    "modes_covered": (lambda s, m, r: (1, 2, 3), "returns 3 values, expected 2"),
    "adam_step": (lambda *args: args[0], "it returns 1 value, expected 3"),
    "train_step": (lambda *args: args[1].nothing, "no attribute 'nothing'"),
    "dense_backward": (lambda dy: dy, "expected: dense_backward(dy, cache)"),
    "clip_weights": (lambda params, c: None, "is the return missing?"),
}


@pytest.mark.parametrize("name", WRONG_USE)
def test_wrong_use_is_a_clear_line_of_the_students(name):
    function, says = WRONG_USE[name]
    text = str(EXERCISES[name].run({name: function}))
    assert says in text and "test_mutants.py, line" in text, text
