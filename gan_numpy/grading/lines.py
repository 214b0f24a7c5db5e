r"""The line of a mistake, for exercises that are known to be wrong."""

from __future__ import annotations

from dataclasses import dataclass

from gan_numpy.exercises.base import Exercise
from gan_numpy.gradcheck.result import CheckResult
from gan_numpy.grading.explaining import add_explanation
from gan_numpy.grading.nursery import Nursery
from gan_numpy.grading.sandbox import Limits
from gan_numpy.grading.session import Clock, Session


@dataclass(frozen=True)
class Wrong:
    """An exercise that is wrong, and the file in which it stands.

    Attributes
    ----------
    exercise : Exercise
    result : CheckResult
        That of the numbers; the line is written into it.
    file : Session
        Its conversation is over.
    untouched : list of str
        Functions that are as they were given.
    """

    exercise: Exercise
    result: CheckResult
    file: Session
    untouched: list[str]


def functions_of(exercise: Exercise, untouched: list[str]) -> list[str]:
    """Names of the functions of an exercise that are not as they were given."""
    every = [f.__name__ for f in (exercise.reference, *exercise.given)]
    return [name for name in every if name not in untouched]


def say_line(wrong: Wrong, nursery: Nursery, limits: Limits, clock: Clock) -> None:
    """Search in a sandbox of its own; passed or not, and the names, stay as they are
    unless the numbers have no name for it.

    Parameters
    ----------
    nursery : Nursery
        One that explains.
    limits : Limits
    clock : Clock
        The submission's.
    """
    exercise, result, file = wrong.exercise, wrong.result, wrong.file
    again = (file.name, file.content, limits, clock, file.beside)
    session = Session(nursery, *again)
    try:
        wanted = functions_of(exercise, wrong.untouched)
        found = session.explain(exercise.name, exercise.variant, wanted)
    finally:
        session.close()
    add_explanation(result, found)
