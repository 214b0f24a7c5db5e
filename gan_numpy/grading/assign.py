r"""Handing out: notebooks and stubs, or a course of nbgrader, Gradescope or otter."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from gan_numpy.errors import UserError
from gan_numpy.exercises.base import Exercise
from gan_numpy.exercises.limited import ALL, marked
from gan_numpy.exercises.stubs import stub_file
from gan_numpy.files import make_directory, write_atomically
from gan_numpy.grading.assignment import Assignment
from gan_numpy.grading.lessons import lesson_cells
from gan_numpy.grading.notebooks import (
    Cell,
    cell,
    exchange,
    functions_in,
    load_cells,
    notebook,
    solution,
    student_cells,
    with_solutions,
)

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
HIDE, SHOW = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
Notebooks = dict[str, tuple[list[Cell], list[Exercise]]]


def assign(
    assignment: Assignment,
    out: Path,
    form: str,
    given: Path | None = None,
    students: tuple[str, ...] = (),
    plain: bool = False,
) -> list[Path]:
    """Write everything that a format consists of.

    Parameters
    ----------
    assignment : Assignment
    out : Path
        A new folder, or an empty one.
    form : str
        One of `WRITERS`.
    given : Path, optional
        A lesson's own notebook, used in place of one that is made.
    students : tuple of str
        Who gets variants, a folder each; of the forms files and gradescope.
    plain : bool
        The exercises alone, without the lessons' text.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    UserError
        If the folder is not empty, or an exercise has no cell in the notebook.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out} exists; choose a new folder with --out")
    contents: Contents = {}
    for student in students:
        books = marked_books(assignment, given, student)
        for name, content in files(assignment, books).items():
            kind, _, file = name.partition("/")
            contents[f"{kind}/{student}/{file}"] = content
    if not students:
        contents = WRITERS[form](assignment, marked_books(assignment, given, "", plain))
    elif form == "gradescope":  # one autograder for all: it asks who has submitted
        contents["autograder.zip"] = autograder(assignment)
    contents["instructor/assignment.json"] = assignment.as_json()
    for name, content in contents.items():
        path = out / name
        make_directory(path.parent)
        raw = content if isinstance(content, bytes) else content.encode()
        write_atomically(path, partial(_write, raw))
    return [out / name for name in contents]


Contents = dict[str, str | bytes]


def _write(content: bytes, file: BinaryIO) -> None:
    file.write(content)


def _mark(cells: list[Cell], hints: int) -> None:
    """How many hints are allowed is said in the first cell of code."""
    first = next(c for c in cells if c["cell_type"] == "code")
    source = first["source"]
    text = source if isinstance(source, str) else "".join(source)
    first["source"] = marked(text, hints).rstrip("\n") if hints < ALL else source


def marked_books(
    assignment: Assignment, given: Path | None, student: str = "", plain: bool = True
) -> Notebooks:
    """The notebooks, each with how many hints are allowed."""
    books = notebooks_of(assignment, given, student, plain)
    for cells, _ in books.values():
        _mark(cells, assignment.hints)
    return books


def notebooks_of(
    assignment: Assignment, given: Path | None, student: str = "", plain: bool = True
) -> Notebooks:
    """A notebook for each lesson, or the one that is given.

    Variants have notebooks of their exercises alone: the text does not fit all of them.
    """
    if given is not None:
        cells = load_cells(given)
        exchange(cells, assignment.exercises(), lambda e, s: [], lambda e: [])
        return {given.stem: (cells, assignment.exercises())}
    books: Notebooks = {}
    for number, exercises in assignment.lessons(student).items():
        whole = None if plain else lesson_cells(number, exercises)
        bare = student_cells(f"Lesson {number}", exercises)
        books[f"lesson{number}"] = (whole or bare, exercises)
    return books


def files(assignment: Assignment, books: Notebooks) -> Contents:
    """A notebook and a ``.py`` stub of each lesson; solutions for the instructor."""
    made: Contents = {}
    for name, (cells, exercises) in books.items():
        made[f"student/{name}.ipynb"] = notebook(cells)
        made[f"student/{name}.py"] = marked(stub_file(exercises), assignment.hints)
        made[f"instructor/{name}_solution.ipynb"] = notebook(
            exchange(
                cells,
                exercises,
                lambda e, source: [
                    cell("code", with_solutions(source, e, BEGIN, END), e[0].name)
                ],
                lambda e: [cell("code", f"check({e.name})", f"check-{e.name}")],
            )
        )
    return made


def nbgrader(assignment: Assignment, books: Notebooks) -> Contents:
    """A course: configuration, and the assignment's notebooks in ``source``."""

    def solve(exercises: list[Exercise], source: str) -> list[Cell]:
        text = with_solutions(source, exercises, BEGIN, END)
        about = nbgrader_metadata(exercises[0].name, solution=True)
        return [cell("code", text, exercises[0].name, nbgrader=about)]

    def test(exercise: Exercise) -> list[Cell]:
        name = exercise.name
        lines = [
            f"result = check({name})",
            f"print(result.text({min(1, assignment.hints)}))",
            f'assert result, "{name} is not right yet"',
            HIDE,
            "from gan_numpy.grading.cell import check_cells",
            f'check_cells("{name}", In, seed={assignment.seed}, '
            f"hints={min(1, assignment.hints)})",
            SHOW,
        ]
        about = nbgrader_metadata(f"test_{name}", points=assignment.points[name])
        return [cell("code", "\n".join(lines), f"test_{name}", nbgrader=about)]

    made: Contents = {
        "nbgrader_config.py": "c = get_config()\n"
        'c.CourseDirectory.course_id = "gan_numpy"\n'
        "c.ExecutePreprocessor.timeout = 120\n"
        'c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()"}\n'
    }
    for name, (cells, exercises) in books.items():
        source = notebook(exchange(cells, exercises, solve, test))
        made[f"source/{assignment.name}/{name}.ipynb"] = source
    return made


def nbgrader_metadata(
    grade_id: str, solution: bool = False, points: float | None = None
) -> dict[str, object]:
    """What nbgrader's schema 3 has in a cell, and nothing else."""
    about: dict[str, object] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": points is not None,
        "solution": solution,
        "locked": not solution,
        "task": False,
    }
    return about if points is None else {**about, "points": points}


SETUP = """#!/usr/bin/env bash
# Runs once, when Gradescope builds the image.
set -e
apt-get update && apt-get install -y python3 python3-pip python3-venv
root="${AUTOGRADER_ROOT:-/autograder}"
python3 -m venv "$root/venv"
"$root/venv/bin/pip" install 'numpy>=1.26' 'ipython>=8.5'
chmod -R go-rwx "$root/source"
"""
RUN = """#!/usr/bin/env bash
# Runs for each submission; writes results/results.json.
root="${AUTOGRADER_ROOT:-/autograder}"
python="$root/venv/bin/python"
[ -x "$python" ] || python=python3
PYTHONPATH="$root/source" exec "$python" -m gan_numpy.grading.gradescope "$root"
"""


def gradescope(assignment: Assignment, books: Notebooks) -> Contents:
    """The autograder as a zip, and the files for the students."""
    return {"autograder.zip": autograder(assignment), **files(assignment, books)}


def autograder(assignment: Assignment) -> bytes:
    """A zip with this package in it."""
    file = io.BytesIO()
    package = Path(__file__).parents[1]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("setup.sh", SETUP), ("run_autograder", RUN)):
            about = zipfile.ZipInfo(name)
            about.external_attr = 0o755 << 16
            archive.writestr(about, text)
        archive.writestr("assignment.json", assignment.as_json())
        for path in sorted(package.rglob("*.py")):
            archive.write(path, Path(package.name) / path.relative_to(package))
    return file.getvalue()


def otter(assignment: Assignment, books: Notebooks) -> Contents:
    """The notebooks that ``otter assign`` makes the rest of."""

    def raw(text: str, name: str) -> Cell:
        return cell("raw", text, name)

    def solve(exercises: list[Exercise], source: str) -> list[Cell]:
        name = exercises[0].name
        rest = without(source, {e.name for e in exercises})
        made = [cell("code", rest, f"given-of-{name}")] if rest else []
        for e in exercises:
            points = f"{assignment.points[e.name]:g}"
            about = f"# BEGIN QUESTION\nname: {e.name}\npoints: {points}"
            made += [
                raw(about, f"begin-{e.name}"),
                raw("# BEGIN SOLUTION", f"begin-solution-{e.name}"),
                cell("code", solution(e, "# BEGIN SOLUTION", "# END SOLUTION"), e.name),
                raw("# END SOLUTION", f"end-solution-{e.name}"),
                raw("# BEGIN TESTS", f"begin-tests-{e.name}"),
                tests(f"bool(check({e.name}))", f"test-{e.name}"),
                tests(
                    f"# HIDDEN\nbool(check({e.name}, seed={assignment.seed}))",
                    f"hidden-{e.name}",
                ),
                raw("# END TESTS", f"end-tests-{e.name}"),
                raw("# END QUESTION", f"end-{e.name}"),
            ]
        return made

    def tests(source: str, name: str) -> Cell:
        shown = {"data": {"text/plain": ["True"]}, "execution_count": 1}
        made = cell("code", source, name)
        made["outputs"] = [{"output_type": "execute_result", "metadata": {}, **shown}]
        made["execution_count"] = 1
        return made

    head = (
        "# ASSIGNMENT CONFIG\ninit_cell: true\nexport_cell: false\ngenerate: true\n"
        "check_all_cell: false\nsolutions_pdf: false\n"
        f"name: {assignment.name}\n"
    )
    return {
        f"source/{name}.ipynb": notebook(
            [
                raw(head, "config"),
                *exchange(cells, exercises, solve, lambda e: []),
            ]
        )
        for name, (cells, exercises) in books.items()
    }


WRITERS: dict[str, Callable[[Assignment, Notebooks], Contents]] = {
    "files": files,
    "nbgrader": nbgrader,
    "gradescope": gradescope,
    "otter": otter,
}


def without(source: str, names: set[str]) -> str:
    """A cell without these functions."""
    lines = source.split("\n")
    for s in reversed(functions_in(source)):
        if s.name in names:
            first = min([s.lineno, *(d.lineno for d in s.decorator_list)])
            del lines[first - 1 : s.end_lineno]
    return "\n".join(lines).strip()
