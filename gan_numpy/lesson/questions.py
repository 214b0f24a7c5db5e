r"""What a lesson asks beside functions: predictions, gaps in a derivation, faults.

Each `Question` is defined once, in `bank`. The builder makes the text and the field of
it; ``lesson.ask(NAME, answer)`` grades the answer at once.
"""

from __future__ import annotations

import html
import importlib.util
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gan_numpy.lesson.bank import QUESTIONS
from gan_numpy.lesson.bank.question import Question
from gan_numpy.lesson.formulas import agree
from gan_numpy.lesson.practice import mistake


@dataclass(frozen=True)
class Verdict:
    """What is said of an answer; a notebook shows it as HTML."""

    name: str
    right: bool | None
    says: str

    def __str__(self) -> str:
        words = {True: "right", False: "not yet", None: "open"}
        return f"{self.name}: {words[self.right]}. {self.says}"

    def __bool__(self) -> bool:
        return bool(self.right)

    def _repr_html_(self) -> str:
        color = {True: "#009E73", False: "#D55E00", None: "#767676"}[self.right]
        return (
            f'<div style="border-left:4px solid {color};padding:4px 8px">'
            f"{html.escape(str(self))}</div>"
        )


def get_question(name: str) -> Question:
    """The question of this name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in QUESTIONS:
        number = name[:2]
        near = [known for known in QUESTIONS if known.startswith(number)]
        raise ValueError(f"no question is called {name!r}; choose among {near}")
    return QUESTIONS[name]


def grade(name: str, answer: Any) -> Verdict:
    """Grade an answer.

    Parameters
    ----------
    name : str
        Of the question.
    answer : number, str or ...
        A number, one of the options (its letter will do), or a formula;
        ``...`` is no answer yet.

    Raises
    ------
    ValueError
        If there is no such question.
    """
    question = get_question(name)
    if answer is ... or answer is None or answer == "":
        return Verdict(name, None, "Put your answer in the place of the dots.")
    try:
        right, says = _compare(question, answer)
    except ValueError as error:
        return Verdict(name, False, str(error))
    return Verdict(name, right, question.right if right else says)


def _compare(question: Question, answer: Any) -> tuple[bool, str]:
    """Whether an answer is right, and what is said if it is not."""
    if question.options:
        chosen = _option(question, str(answer))
        return chosen == question.answer, question.wrong.get(chosen, "Try another one.")
    if question.variables:
        right = agree(str(answer), str(question.answer), question.variables)
        for known, says in question.wrong.items():
            if not right and agree(str(answer), known, question.variables):
                return False, says
        return right, "It differs from the right one at random numbers."
    number, truth = _number(answer), float(question.answer)
    for known, says in question.wrong.items():
        if math.isclose(number, float(known), rel_tol=question.tolerance):
            return False, says
    near = abs(number - truth) <= question.tolerance * abs(truth) + 1e-12
    return near, "Run the cells below, and compare."


def _number(answer: Any) -> float:
    try:
        return float(answer)
    except (TypeError, ValueError):
        raise ValueError(f"expected a number, got {answer!r}") from None


def _option(question: Question, answer: str) -> str:
    """An option, given in full or by its letter."""
    letters = dict(zip("abcdefgh", question.options))
    chosen = letters.get(answer.strip().lower().rstrip(")."), answer.strip())
    if chosen not in question.options:
        last = "abcdefgh"[len(question.options) - 1]
        raise ValueError(f"expected a letter from a to {last}, got {answer!r}")
    return chosen


def broken(name: str) -> Callable[..., Any]:
    """A function with a fault that its name does not tell.

    Parameters
    ----------
    name : str
        Of a question of the kind "debug".
    """
    exercise, tag = get_question(name).fault
    function = mistake(exercise, tag)

    def faulty(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    faulty.__name__ = exercise
    faulty.__doc__ = "Something is wrong in here."
    return faulty


def ask(name: str, answer: Any = ...) -> Any:
    """Grade an answer, or show a field for it.

    Parameters
    ----------
    name : str
        Of the question.
    answer : number, str, optional
        Without one a field is shown, if ipywidgets is installed.

    Returns
    -------
    Verdict or None
        None where a field was shown.
    """
    verdict = grade(name, answer)
    if verdict.right is None and importlib.util.find_spec("ipywidgets"):
        _show_field(get_question(name), verdict)
        return None
    return verdict


def _show_field(question: Question, open_verdict: Verdict) -> None:
    """A field and a button; what is said appears below."""
    import ipywidgets as widgets
    from IPython.display import display

    entry: Any
    if question.options:
        texts = [f"{a}) {text}" for a, text in zip("abcdefgh", question.options)]
        entry = widgets.RadioButtons(
            options=list(zip(texts, question.options)), value=None,
            layout={"width": "max-content"},
        )  # fmt: skip
    else:
        entry = widgets.Text(placeholder=question.placeholder)
    button = widgets.Button(description="check")
    said = widgets.HTML()

    def clicked(_: Any) -> None:
        said.value = grade(question.name, entry.value)._repr_html_()

    button.on_click(clicked)
    box = widgets.VBox([widgets.HBox([entry, button]), said])
    plain = {"text/html": open_verdict._repr_html_(), "text/plain": str(open_verdict)}
    display({**box._repr_mimebundle_(), **plain}, raw=True)
