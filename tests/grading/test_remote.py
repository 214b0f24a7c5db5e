"""From outside the sandbox a check says what it says inside the student's process."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hostile import HEAD, LIMITS, body

from gan_numpy.exercises import all_exercises, build_mutant
from gan_numpy.exercises.algorithm1 import _move
from gan_numpy.exercises.base import source_of, split_source
from gan_numpy.exercises.stubs import HEADER, stub_file
from gan_numpy.grading.grader import RIGHT, STUB, Task, grade
from gan_numpy.grading.remote import write_back
from gan_numpy.grading.submissions import Handin

EXERCISES = all_exercises()
EVERY = int(os.environ.get("GAN_NUMPY_GRADE_EVERY", "7"))
MUTANTS = [(e, m) for e in EXERCISES.values() for m in e.mutants][::EVERY]


def source(exercise, solution):
    given = [source_of(f) for f in exercise.given]
    helper = source_of(_move) if "_move" in solution else ""
    return "\n\n".join([HEADER, *given, helper, solution])


def test_all_references_are_right_and_all_stubs_are_not_attempted():
    solutions = "\n\n".join(source_of(e.reference) for e in EXERCISES.values())
    stubs = stub_file(list(EXERCISES.values()))
    for text, state in ((stubs + "\n\n" + solutions, RIGHT), (stubs, STUB)):
        handin = Handin("s", (("s.py", text.encode()),), ())
        record = grade(handin, Task(limits=LIMITS, weak=True))
        assert not record["problems"]
        assert {e["state"] for e in record["exercises"].values()} == {state}
        assert len(record["exercises"]) == len(EXERCISES)


@pytest.mark.parametrize(
    "exercise, change", MUTANTS, ids=[f"{e.name}-{m.tags[0]}" for e, m in MUTANTS]
)
def test_a_mistake_has_the_same_name(exercise, change, graded):
    here = exercise.run({exercise.name: build_mutant(exercise, change)}, seed=3)
    top, statements = split_source(exercise.reference)
    text = source(exercise, top + statements.replace(change.old, change.new))
    entry = graded(text, exercise.name, seed=3)
    assert entry["tags"] == list(here.tags) and entry["passed"] == here.passed


OWN_FORWARD = """
import numpy as np
from collections import namedtuple
from dataclasses import dataclass

{top}

def relu_forward(x):
    return np.maximum(x, 0), {cache}

def relu_backward(dy, cache):
    return {answer}
"""
STYLES = {
    "namedtuple": ("C = namedtuple('C', 'x')", "C(x)", "dy * (cache.x > 0)"),
    "dataclass": ("@dataclass\nclass C:\n    x: object", "C(x)", "dy * (cache.x > 0)"),
    "closure": ("", "lambda dy: dy * (x > 0)", "cache(dy)"),
    "dict": ("", "{'x': x, 3: 4}", "dy * (cache['x'] > 0)"),
    "subclass": ("class A(np.ndarray): pass", "x.view(A)", "(dy * (cache > 0))"),
    "nested": ("", "[(x, None), {'a': [1.5, 'b']}]", "dy * (cache[0][0] > 0)"),
    "nothing": ("", "None", "dy * 0"),
    "masked answer": ("", "x", "np.ma.masked_array(dy * (cache > 0))"),
    "named answer": ("N = namedtuple('N', 'dx')", "x", "N(dy * (cache > 0))"),
    "big-endian answer": ("", "x", "(dy * (cache > 0)).astype('>f8')"),
    "list answer": ("", "x", "(dy * (cache > 0)).tolist()"),
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_any_cache_and_any_answer(style, graded):
    """What is no plain data stays there, and comes back as it was."""
    top, cache, answer = STYLES[style]
    text = OWN_FORWARD.format(top=top, cache=cache, answer=answer)
    entry = graded(text)
    assert entry["state"] == (RIGHT if style != "nothing" else "wrong"), entry[
        "findings"
    ]


def test_an_own_forward_must_have_the_values_of_the_given_one(graded):
    """Else dy would be the right backward, of a forward that does nothing."""
    text = OWN_FORWARD.format(top="", cache="x", answer="dy")
    entry = graded(text.replace("np.maximum(x, 0)", "x"))
    assert entry["state"] == "wrong" and entry["tags"] == ["mask-missing"]


def test_a_wrong_forward_does_not_cost_the_backward(graded):
    """What is right with the forward that was given is right."""
    maxout = EXERCISES["maxout_backward"]
    wrong = source_of(maxout.given[0]).replace(".max(", ".min(")
    text = "\n\n".join([HEADER, wrong, source_of(maxout.reference)])
    entry = graded(text, "maxout_backward")
    assert entry["state"] == RIGHT and "that was given" in " ".join(entry["notes"])


def test_a_changed_cache_is_noticed(graded):
    text = body("cache[:] = cache > 0", "return dy * cache")
    assert "mutated" in " ".join(graded(text)["tags"])


def test_a_changed_argument_is_noticed(graded):
    text = body("dy *= cache > 0", "return dy")
    assert "mutated" in graded(text)["tags"]


def test_float32_and_slices_are_asked_for(graded):
    """The probes reach the function as they are: strided, or in single precision."""
    strided = body("if not dy.flags.c_contiguous: return dy", "return dy * (cache > 0)")
    assert graded(strided)["tags"] == ["non-contiguous"]
    wide = body("return (dy * (cache > 0)).astype(np.float64)")
    entry = graded(wide)
    assert entry["state"] == RIGHT and "float32" in entry["notes"][0]


def test_prints_and_warnings_are_noted(graded):
    text = body("print('hello')", "np.log(np.zeros(1))", "return dy * (cache > 0)")
    notes = " ".join(graded(text)["notes"])
    assert "'hello'" in notes and "divide by zero" in notes


def test_an_exception_names_the_line(graded):
    says = graded(body("return dy * nonsense"))["findings"][0]["says"]
    assert "NameError" in says and "s.py, line 11: return dy * nonsense" in says


def test_wrong_arguments_name_the_definition(graded):
    says = graded(HEAD + "def relu_backward(dy):\n    return dy\n")["findings"][0][
        "says"
    ]
    assert "expected: relu_backward(dy, cache)" in says
    assert "s.py, line 9: def relu_backward" in says


def test_one_endless_loop_does_not_cost_the_others(graded):
    """The process is replaced; the next exercise of the same file is graded."""
    leaky = EXERCISES["leaky_relu_backward"]
    parts = [body("while True: pass"), *map(source_of, leaky.given)]
    text = "\n\n".join([*parts, source_of(leaky.reference)])
    handin = Handin("s", (("s.py", text.encode()),), ())
    limits = type(LIMITS)(seconds=1, total=30, memory=256)
    states = grade(handin, Task(limits=limits, weak=True))["exercises"]
    assert states["relu_backward"]["tags"] == ["timeout"]
    assert states["leaky_relu_backward"]["state"] == RIGHT


def test_the_seed_is_the_instructors(graded):
    """Inputs that were seen once do not help with another seed."""
    text = body(
        "known = np.array(KNOWN)",
        "return dy * (cache > 0) if np.any(np.isin(cache, known)) else dy",
    )
    x = np.random.default_rng(5).standard_normal((7, 5))
    seen = x - 0.05 * (x < 0) + 0.05 * (x >= 0)
    text = text.replace("KNOWN", repr(seen.tolist()))
    assert graded(text, seed=6)["state"] == "wrong"


def test_write_back_keeps_our_objects(rng):
    a, b = np.zeros(3), np.ones(3)
    assert write_back(a, b) is a and np.array_equal(a, b)
    inner = np.zeros(2)
    whole = {"a": inner, "b": 1}
    write_back(whole, {"a": np.ones(2), "c": 2})
    assert whole["a"] is inner and inner[0] == 1 and set(whole) == {"a", "c"}
    other = np.random.default_rng(1)
    write_back(rng, other)
    assert rng.random() == np.random.default_rng(1).random()


def test_nothing_of_ours_is_searched_for_repairs(graded):
    """What runs here on a call of theirs is our own code, which nobody edits."""
    from gan_numpy.gradcheck.calls import is_students
    from gan_numpy.grading import remote, session, wire

    assert not any(is_students(m.__file__) for m in (remote, session, wire))
    entry = graded(HEAD + "def relu_backward(dy, cache):\n    return dy\n")
    assert entry["tags"] == ["mask-missing"]
