"""Variants of exercises: solvable, their mistakes named, the same for the same student.

Some are tried every day; ``GAN_NUMPY_BANK=all`` draws a thousand.
"""

import os
import random
import re
from pathlib import Path

import numpy as np
import pytest

from gan_numpy.errors import UserError
from gan_numpy.exercises import build_mutant, check, get_exercise
from gan_numpy.exercises.stubs import stub_file
from gan_numpy.exercises.variants import (
    VARIED,
    code_for,
    codes,
    exercise_in,
    exercise_of,
    variant,
)
from gan_numpy.exercises.variants.families import FAMILIES
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits

WHOLE = os.environ.get("GAN_NUMPY_BANK") == "all"


def drawn(count):
    rng = random.Random(5)
    pool = [(name, f"student {k}") for k in range(count) for name in VARIED]
    return rng.sample(pool, count)


def instances():
    """One of every ingredient, and some that students get."""
    found = {}
    for name in VARIED:
        for code in random.Random(1).sample(codes(name), len(codes(name))):
            found.setdefault((name, code.split(".")[0]), code)
    return sorted((name, code) for (name, _), code in found.items())


@pytest.mark.parametrize("name, code", instances())
def test_a_variant_is_solvable_and_its_mistakes_are_named(name, code):
    exercise = variant(name, code)
    assert exercise.variant == code and exercise.run().passed, str(exercise.run())
    assert len(exercise.mutants) >= 6
    for change in exercise.mutants:
        wrong = build_mutant(exercise, change)
        with searching(Limits(0.0)):
            result = exercise.run({name: wrong})
        assert set(result.tags) == set(change.tags), f"{change}\n{result}"


def test_students_get_variants_that_their_own_reference_solves():
    """Those whom chance gave the same one are asked once."""
    pairs = drawn(1000 if WHOLE else 40)
    given = {
        (n, code_for(n, student, "a secret")): (n, student) for n, student in pairs
    }
    for name, student in given.values():
        exercise = exercise_of(name, student, "a secret")
        assert exercise.agrees(seed=3)
        if WHOLE:
            assert exercise.run().passed
            for change in exercise.mutants:
                with searching(Limits(0.0)):
                    result = exercise.run({name: build_mutant(exercise, change)})
                assert set(result.tags) == set(change.tags), (name, exercise.variant)
    print(f"{len(pairs)} students, {len(given)} different variants")


def test_who_gets_what():
    names = [f"student {k}" for k in range(200)]
    for name in VARIED:
        got = [code_for(name, s, "secret") for s in names]
        assert got == [code_for(name, s, "secret") for s in names]
        assert got != [code_for(name, s, "other") for s in names]
        assert len(set(got)) >= len(FAMILIES[name].ingredients)
    assert code_for("adam_step", "alice", "secret") == ""
    assert exercise_of("adam_step", "alice", "secret") is get_exercise("adam_step")
    assert exercise_of("dense_backward", "alice", "") is get_exercise("dense_backward")


@pytest.mark.parametrize(
    "code", ["nonsense", "rows", "rows.q.W.b", "rows.x.W.b.x", "."]
)
def test_an_unknown_variant_is_refused(code):
    with pytest.raises(UserError, match="has no variant"):
        variant("dense_backward", code)


def test_two_arrays_never_get_one_name():
    for name in VARIED:
        for code in codes(name):
            words = code.split(".")[1:]
            assert len(set(words)) == len(words)
    for student in range(300):
        code = code_for("batchnorm_backward", str(student), "s")
        words = code.split(".")[1:]
        assert len(set(words)) == len(words), code


def test_the_answer_to_another_variant_is_wrong():
    rows, columns = variant("dense_backward", "rows.x.W.b"), variant(
        "dense_backward", "columns.x.W.b"
    )
    result = columns.run({"dense_backward": rows.reference})
    assert not result.passed


def test_the_stub_says_which_it_is_and_the_check_reads_it(tmp_path):
    exercise = variant("dropout_backward", "drop.h")
    text = stub_file([exercise])
    assert "# variant of dropout_backward: drop.h\ndef dropout_backward" in text
    assert "dropped with probability drop" in text and "h * mask / (1 - drop)" in text
    assert exercise_in(text, "dropout_backward") is exercise
    from gan_numpy.exercises.reading.submission import read_submission
    from gan_numpy.exercises.running import check_submission

    path = tmp_path / "mine.py"
    for right, expected in (
        ("dy * mask / (1 - drop)", True),
        ("dy * mask / drop", False),
    ):
        body = f"mask, drop = cache\n    return {right}"
        path.write_text(
            text.replace('raise NotImplementedError("dropout_backward")', body)
        )
        (result,) = check_submission(read_submission(path))
        assert result["passed"] is expected


def test_a_notebooks_cell_is_checked_as_its_variant():
    import linecache

    exercise = variant("dropout_backward", "drop.x")
    cell = "# variant of dropout_backward: drop.x\ndef dropout_backward(dy, cache):\n"
    cell += "    mask, drop = cache\n    return dy * mask / (1 - drop)\n"
    linecache.cache["<a cell>"] = (len(cell), None, cell.splitlines(True), "<a cell>")
    space = {"np": np}
    exec(compile(cell, "<a cell>", "exec"), space)
    assert check(space["dropout_backward"]).passed
    assert not get_exercise("dropout_backward").run(space).passed
    assert exercise.run(space).passed


def test_the_instructors_table_says_what_differs():
    path = Path(__file__).parents[2] / "lessons" / "INSTRUCTORS.md"
    rows = re.findall(r"^\| (`.*`) \| (.*) \|$", path.read_text("utf-8"), re.MULTILINE)
    said = {
        name: says for names, says in rows for name in re.findall(r"`(\w+)`", names)
    }
    assert set(VARIED) <= set(said)
    for name in VARIED:
        choices = set(FAMILIES[name].ingredients)
        assert ("columns" in choices) == ("rows or columns" in said[name]), name
        assert ("sum" in choices) == ("sum or mean" in said[name]), name
        assert (len(choices) == 1) == (said[name] == "names alone"), name
