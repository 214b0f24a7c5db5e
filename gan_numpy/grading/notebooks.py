r"""Notebooks from exercises, and notebooks with their exercise cells exchanged.

A student's notebook is made from the definitions of the exercises, or is one that is
given: a lesson's, with its text and plots. The instructor's versions (nbgrader, otter)
are the same notebook with two kinds of cell exchanged, the one that holds the stub and
the one after it that checks.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gan_numpy.errors import UserError
from gan_numpy.exercises.reading.ipython import as_python
from gan_numpy.exercises.reading.notebook import load_notebook
from gan_numpy.exercises.reading.text import read_bytes
from gan_numpy.exercises.base import Exercise, Function, source_of, split_source
from gan_numpy.exercises.stubs import stub_of

Cell = dict[str, Any]
Solve = Callable[[list[Exercise], str], list[Cell]]
Test = Callable[[Exercise], list[Cell]]

IMPORTS = """from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gan_numpy.exercises import check"""
HOW = (
    "Write each function where `NotImplementedError` is raised, then run the cell"
    " after it: it says what is wrong."
)


def cell(kind: str, source: str, name: str, **metadata: Any) -> Cell:
    """A cell of nbformat 4.5 whose id is its name."""
    made: Cell = {"cell_type": kind, "id": name[:64], "metadata": metadata}
    made["source"] = source
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    return made


def notebook(cells: list[Cell]) -> str:
    """The file with these cells."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    whole = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def student_cells(title: str, exercises: list[Exercise]) -> list[Cell]:
    """Statement, what is given, stub and check of each exercise."""
    cells = [
        cell("markdown", f"# {title}\n\n{HOW}", "title"),
        cell("code", IMPORTS, "imports"),
    ]
    written: set[Function] = {e.reference for e in exercises}
    for exercise in exercises:
        name = exercise.name
        text = f"## {exercise.title}\n\n```text\n{exercise.statement}\n```"
        cells.append(cell("markdown", text, f"statement-{name}"))
        given = [f for f in exercise.given if f not in written]
        written.update(given)
        if given:
            source = "\n\n\n".join(source_of(f).rstrip() for f in given)
            cells.append(cell("code", source, f"given-{name}"))
        cells.append(cell("code", stub_of(exercise), name))
        cells.append(cell("code", f"check({name})", f"check-{name}"))
    return cells


def load_cells(path: Path) -> list[Cell]:
    """The cells of a notebook, without outputs.

    Raises
    ------
    UserError
        If it is none.
    """
    content = read_bytes(path)
    try:
        cells = load_notebook(content)
    except UserError as error:
        raise UserError(f"{path} {error}") from None
    for k, one in enumerate(cells):
        one.setdefault("id", f"cell-{k}")
        one.setdefault("metadata", {})
        if one["cell_type"] == "code":
            one |= {"execution_count": None, "outputs": []}
    return cells


def functions_in(source: str) -> list[ast.FunctionDef]:
    """The functions that a cell defines at top level; lines count as in the cell."""
    try:
        body = ast.parse(as_python(source)).body
    except SyntaxError:
        return []
    return [s for s in body if isinstance(s, ast.FunctionDef)]


def defined_in(one: Cell) -> set[str]:
    """Their names; none if the cell holds no code."""
    if one["cell_type"] != "code":
        return set()
    return {s.name for s in functions_in(one["source"])}


def exchange(
    cells: list[Cell], exercises: list[Exercise], solve: Solve, test: Test
) -> list[Cell]:
    """Exchange the cells with stubs, and the check after each.

    Raises
    ------
    UserError
        If an exercise has no cell.
    """
    wanted = {e.name: e for e in exercises}
    made: list[Cell] = []
    waiting: list[Exercise] = []
    for one in cells:
        mine = [wanted.pop(k) for k in [*wanted] if k in defined_in(one)]
        checked = [e for e in waiting if is_check(one, e.name)]
        if mine:
            made += [c for e in waiting for c in test(e)]
            made += solve(mine, one["source"])
            waiting = mine
        elif checked:
            made += [c for e in checked for c in test(e)]
            waiting = [e for e in waiting if e not in checked]
        else:
            made.append(one)
    made += [c for e in waiting for c in test(e)]
    if wanted:
        raise UserError(f"the notebook has no cell for {', '.join(wanted)}")
    return made


def is_check(one: Cell, name: str) -> bool:
    """Whether a cell is there to check this function."""
    pattern = rf"\bcheck\(\s*{name}\b"
    return one["cell_type"] == "code" and bool(re.search(pattern, one["source"]))


def with_solutions(source: str, exercises: list[Exercise], begin: str, end: str) -> str:
    """A cell with the reference in place of each stub, between two marks."""
    for exercise in exercises:
        lines = source.split("\n")
        (stub,) = [s for s in functions_in(source) if s.name == exercise.name]
        first = min([stub.lineno, *(d.lineno for d in stub.decorator_list)]) - 1
        lines[first : stub.end_lineno] = solution(exercise, begin, end).split("\n")
        source = "\n".join(lines)
    return source


def solution(exercise: Exercise, begin: str, end: str) -> str:
    """The reference with its statements between two marks."""
    top, body = split_source(exercise.reference)
    return f"{top}    {begin}\n{body.rstrip()}\n    {end}"
