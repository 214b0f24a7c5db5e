"""What the lessons ask beside functions: each answer is graded as it deserves."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.exercises import get_exercise
from gan_numpy.lesson import ask, broken, mistakes
from gan_numpy.lesson.bank import QUESTIONS
from gan_numpy.lesson.bank.question import KINDS
from gan_numpy.lesson.formulas import agree
from gan_numpy.lesson.questions import get_question, grade

ALL = pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda q: q.name)


@ALL
def test_the_right_answer_is_right_and_every_other_is_not(question):
    assert grade(question.name, question.answer).says == question.right
    for wrong in question.wrong:
        verdict = grade(question.name, wrong)
        assert verdict.right is False and verdict.says == question.wrong[wrong]
    others = [o for o in question.options if o != question.answer]
    assert not any(grade(question.name, other) for other in others)
    for letter, option in zip("abcdefgh", question.options):
        assert bool(grade(question.name, letter)) == (option == question.answer)


@ALL
def test_no_answer_is_neither_right_nor_wrong(question):
    assert [grade(question.name, a).right for a in (..., None, "")] == [None] * 3


@ALL
def test_a_question_is_of_one_kind_and_hides_its_answer(question):
    assert question.kind in KINDS and question.name[:2].isdigit()
    assert bool(question.variables) == (question.kind == "gap")
    if question.kind == "gap":
        assert str(question.answer) not in question.text
    if question.kind == "debug":
        exercise, tag = question.fault
        assert tag == question.answer and tag in question.options
        assert get_exercise(exercise).lesson == question.name[:2]
        assert set(question.options) <= set(mistakes(exercise))
        function = broken(question.name)
        assert function.__name__ == exercise and tag not in (function.__doc__ or "")


def test_every_lesson_asks_one_of_each_kind(builder):
    for source in builder.sources():
        text = source.read_text("utf-8")
        names = [n for n in QUESTIONS if f"# ask: {n}\n" in text]
        assert {QUESTIONS[n].kind for n in names} == set(KINDS), source.stem
        assert all(n.startswith(source.name[:2]) for n in names)
        assert 'tags=["open"]' in text, source.stem


def test_formulas_are_compared_by_what_they_give():
    names = {"p": (), "y": (), "N": ()}
    assert agree("p / N - y / N", "(p - y) / N", names)
    assert not agree("(p - y) / N + 1e-3", "(p - y) / N", names)
    matrices = {"x": (7, 5), "dy": (7, 3)}
    assert agree("(dy.T @ x).T", "x.T @ dy", matrices)
    assert not agree("sum(x)", "x.T @ dy", matrices)
    assert agree("sum(x, 0) / 7", "mean(x, -2)", matrices)


@pytest.mark.parametrize(
    "text, says",
    [
        ("p -", "no formula"),
        ("__import__('os')", "only numbers|not known"),
        ("p.__class__", "may stand"),
        ("q + 1", "'q' is not known"),
        ("'p'", "expected a number"),
        ("(lambda: p)()", "may stand"),
        ("x @ x", "cannot be computed"),
        ("9**9**9", "cannot be computed"),
        ("-9**(+9)**(+9)**(+9)", "cannot be computed"),
        ("sum(x, 9**9**9)", "expected an axis"),
        ("p + " + "1" * 400, "too large"),
        ("-" * 100_000 + "p", "no formula|too deeply"),
        ("(" * 5000 + "p", "no formula|too deeply"),
        ("p\0", "no formula"),
    ],
)
def test_what_is_no_formula_is_said_to_be_none(text, says):
    with pytest.raises(ValueError, match=says):
        agree(text, "p", {"p": (), "x": (3, 2)})


def test_answers_that_cannot_be_graded_are_explained():
    assert "expected a number" in grade("00-tenth", "many").says
    assert "letter from a to d" in grade("02-fault", "z").says
    with pytest.raises(ValueError, match="no question is called '00-nothing'"):
        get_question("00-nothing")
    assert ask("00-tenth", 100) and not ask("00-tenth", 10)


def test_numbers_follow_from_the_mathematics():
    answer = {name: question.answer for name, question in QUESTIONS.items()}
    assert answer["03-noise"] == pytest.approx(2 * np.sqrt(0.2 / 0.8))
    assert answer["05-factor"] == pytest.approx((1 - 0.001) / 0.001)
    assert answer["09-scattered"] == pytest.approx(
        8 * np.pi * 0.03**2 / 2.4**2, rel=0.02
    )
    assert answer["10-draw"] == pytest.approx(np.log(2), rel=1e-6)
    assert answer["11-underflow"] == pytest.approx(0.1 * np.sqrt(2 * 745.2), rel=1e-3)
    assert answer["14-far"] == pytest.approx(1 / (1 + np.exp(8)), rel=1e-2)
    assert answer["15-slope"] == 1 + 10 / (2 * 10)


@pytest.mark.parametrize("name", ["00-tenth", "00-best", "00-fault"])
def test_without_an_answer_there_is_a_field_for_it(monkeypatch, name):
    pytest.importorskip("ipywidgets")
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, **kind: shown.append(data)
    )
    assert ask(name) is None
    (bundle,) = shown
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "in the place of the dots" in bundle["text/plain"]
