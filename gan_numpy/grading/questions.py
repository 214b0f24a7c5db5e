r"""Answers to the lessons' questions: read from the text, graded without running it.

An answer stands in its cell, ``lesson.ask("00-tenth", 100)``: a number, a choice or a
formula. The sandbox reads what is written there, one short text for each question, and
it is graded outside. Nothing is computed but with `gan_numpy.lesson.formulas`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import Any

RIGHT, WRONG, STUB = "right", "wrong", "not attempted"
LONGEST, MOST = 300, 200  # characters of an answer, answers of a file
MODULE = re.compile(r"\b(?:np|numpy|math)\.(?=[a-z])")


def answers_in(statements: Iterable[ast.stmt]) -> dict[str, str]:
    """What is written in each call of ``ask``; of several, the last answer.

    An answer that is still open is empty. Of a text its content is returned, of
    anything else its source.

    >>> answers_in(ast.parse('lesson.ask("00-tenth", 10 ** 2)').body)
    {'00-tenth': '10 ** 2'}
    """
    found: dict[str, str] = {}
    for node in (n for s in statements for n in ast.walk(s)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name, *rest = [*node.args, *(k.value for k in node.keywords)]
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called != "ask" or not isinstance(name, ast.Constant):
            continue
        if isinstance(name.value, str) and (text := _written(rest)) is not None:
            found[name.value] = text or found.get(name.value, "")
    return {name[:LONGEST]: found[name] for name in [*found][:MOST]}


def _written(rest: list[ast.expr]) -> str | None:
    """One answer as text; None for what is no call with an answer."""
    if not rest:
        return ""
    if isinstance(rest[0], ast.Constant):
        value = rest[0].value
        return "" if value in (None, ...) else str(value)[: LONGEST + 1]
    try:
        return ast.unparse(rest[0])[: LONGEST + 1]
    except RecursionError:
        return None


def graded(answers: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The state of each question that was found, and what there is to say.

    Parameters
    ----------
    answers : dict of str to str
        From `answers_in`, and so from a submission: names and texts may be anything.
    """
    from gan_numpy.lesson.bank import QUESTIONS  # the sandbox needs none of this
    from gan_numpy.lesson.questions import grade

    found: dict[str, dict[str, Any]] = {}
    for name in [n for n in QUESTIONS if n in answers]:
        text = str(answers[name])
        if len(text) > LONGEST:
            says = f"longer than {LONGEST} characters"
            found[name] = {"state": WRONG, "reasons": [says]}
            continue
        question = QUESTIONS[name]
        is_number = not (question.options or question.variables)
        verdict = grade(name, value_of(text) if is_number and text else text)
        state = {True: RIGHT, False: WRONG, None: STUB}[verdict.right]
        found[name] = {"state": state, "reasons": [verdict.says]}
    return found


def add_answers(record: dict[str, Any], answers: Any, file: str) -> None:
    """Add one file's questions to a record; the first file with an answer counts."""
    if not isinstance(answers, Mapping):
        return
    known = record["questions"]
    for name, entry in graded(answers).items():
        if known.get(name, {"state": STUB})["state"] == STUB:
            known[name] = {**entry, "file": file}


def value_of(text: str) -> float | str:
    """A number that is written as a formula, ``2 * np.sqrt(3)``; else the text."""
    from gan_numpy.lesson.formulas import compute

    try:
        return compute(MODULE.sub("", text))
    except ValueError:
        return text
