r"""The stub of an exercise: what is given, and the function to write."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Collection

from gan_numpy.exercises.base import Exercise, Function, source_of

# How the sentences begin that say what to do, not how.
TASK = re.compile(
    "Return|Given|It must|Leave|Of equal|Change|In turn|The mask|The first"
)
HEADER = '''"""Write the functions, then: gan-numpy check FILE (or pytest FILE)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
'''


def stub_of(exercise: Exercise) -> str:
    """The signature and docstring, raising NotImplementedError."""
    source = source_of(exercise.reference)
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.FunctionDef)
    lines = source.splitlines()
    head = lines[: definition.body[0].lineno - 1]
    doc = inspect.getdoc(exercise.reference) or exercise.title
    of = f"# variant of {exercise.name}: {exercise.variant}"
    return "\n".join(
        [
            *([of] if exercise.variant else []),
            *head,
            textwrap.indent('r"""' + doc, "    ", lambda line: bool(line.strip())),
            '    """',
            f'    raise NotImplementedError("{exercise.name}")',
        ]
    )


def commented(text: str) -> str:
    """The statement as comment lines."""
    return "\n".join(f"# {line}".rstrip() for line in text.split("\n"))


def heading(exercise: Exercise) -> str:
    """The title and what it is worth."""
    s = "" if exercise.points == 1 else "s"
    return (
        f"{exercise.title} (lesson {exercise.lesson}, {exercise.points} point{s})\n"
        f"{exercise.statement}"
    )


def task(statement: str) -> str:
    """What is to be returned, and what to mind: the statement without its formulas.

    In a lesson the formula has just been derived, or left as a gap: to write it down
    once more would be to do the exercise.
    """
    text = " ".join(statement.split())
    sentences = re.split(r"(?<=[.?:]) (?=[A-Z])", text)
    kept = [s for s in sentences if TASK.match(s)]
    return textwrap.fill(" ".join(re.sub(r":.*", ".", s) for s in kept), 78)


def lesson_cell(exercise: Exercise, solution: bool, omit: Collection[str] = ()) -> str:
    """The cell of a lesson: a stub, or the solution.

    Parameters
    ----------
    exercise : Exercise
    solution : bool
    omit : collection of str
        Given functions that the lesson has already, or has as exercises: a forward
        that the student writes must not be written over, nor given away.
    """
    given = [f for f in exercise.given if f.__name__ not in omit]
    function = source_of(exercise.reference).rstrip() if solution else None
    s = "" if exercise.points == 1 else "s"
    title = f"{exercise.title} ({exercise.points} point{s})"
    parts = [commented(f"{title}\n{task(exercise.statement)}".rstrip())]
    parts += [source_of(f).rstrip() for f in given]
    return "\n\n\n".join([*parts, function or stub_of(exercise)])


def stub_file(exercises: list[Exercise]) -> str:
    """A module with the stubs of several exercises; what is given is written once."""
    parts, written = [HEADER.rstrip()], set[Function]()
    defined = {e.reference for e in exercises}
    for exercise in exercises:
        title = f"{exercise.title} (lesson {exercise.lesson})"
        parts.append(commented(f"{title}\n{exercise.statement}"))
        for f in exercise.given:
            if f not in written | defined:
                parts.append(source_of(f).rstrip())
                written.add(f)
        parts.append(stub_of(exercise))
    return "\n\n\n".join(parts) + "\n"
