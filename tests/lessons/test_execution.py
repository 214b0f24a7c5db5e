"""The notebooks run: solved, as the student gets them, and with a mistake.

The solved ones each in a kernel of their own, as a reader runs them. All students'
notebooks share one kernel, whose names are cleared in between: a start costs more than
most lessons.
"""

import copy
import os
import sys
from pathlib import Path

import nbformat
import pytest

from gan_numpy.exercises import get_exercise
from gan_numpy.exercises.base import split_source
from tests.programs import finished

ROOT = Path(__file__).parents[2]


def outputs_of(cells, name):
    """The outputs of the cell with this id, as text."""
    (cell,) = [c for c in cells if c.id == name]
    texts = [o.get("text", "") for o in cell.outputs]
    texts += [o.get("data", {}).get("text/html", "") for o in cell.outputs]
    return "".join(texts)


def problems_of(cells):
    """Tracebacks and whatever went to the standard error."""
    outputs = [o for c in cells for o in c.get("outputs", [])]
    errors = [o.ename + ": " + o.evalue for o in outputs if o.output_type == "error"]
    return errors + [o.text for o in outputs if o.get("name") == "stderr"]


def check_id(name):
    return "check-" + name.replace("_", "-")


def mutated(name):
    """The first known mistake of an exercise, as a student might write it."""
    exercise = get_exercise(name)
    head, body = split_source(exercise.reference)
    change = exercise.mutants[0]
    return head + body.replace(change.old, change.new), change.tags


def code_cell(name, source):
    cell = nbformat.v4.new_code_cell(source)
    cell.id = name
    return cell


@pytest.fixture(scope="module")
def students(builder, in_turn):
    """Lessons as their student gets them, then with a mistake; the executed cells."""
    cells, places = [], {}
    for source in in_turn:
        number = source.name[:2]
        start = len(cells)
        cells.append(code_cell(f"reset-{number}", "%reset -f"))
        code = [c for c in builder.build(source).cells if c.cell_type == "code"]
        cells += [c for c in code if c.id != "install"]  # the same in all of them
        for first in builder.exercises_of(source)[:1]:
            cells.append(code_cell(f"wrong-{number}", mutated(first)[0]))
            cells.append(code_cell(f"diagnosis-{number}", f"check({first})"))
        places[number] = slice(start, len(cells))
    notebook = nbformat.v4.new_notebook(cells=copy.deepcopy(cells))
    builder.execute(notebook, fast=True, allow_errors=True)
    return {number: notebook.cells[place] for number, place in places.items()}


def test_the_solved_lesson_runs_without_a_warning(builder, source):
    notebook = builder.build(source, solutions=True)
    builder.execute(notebook, fast=True)  # raises at a traceback or a warning
    if "GAN_NUMPY_EXECUTED" in os.environ:  # a book of the same code shows it
        builder.keep(source, notebook)
    for name in builder.exercises_of(source):
        said = outputs_of(notebook.cells, check_id(name))
        assert f"{name}: <span" in said and ">right<" in said, said
    pictures = [o for c in notebook.cells for o in c.get("outputs", []) if "data" in o]
    pages = [o.data.get("text/html", "") for o in pictures]
    assert any("data:image/png" in page and "alt=" in page for page in pages)


def test_the_students_lesson_runs_and_says_kindly_what_is_open(builder, turn, students):
    cells = students[turn.name[:2]]
    assert problems_of(cells) == []
    for name in builder.exercises_of(turn):
        said = outputs_of(cells, check_id(name))
        assert "not attempted" in said and "nothing is wrong yet" in said


def test_a_wrong_solution_gets_its_diagnosis_in_the_notebook(builder, turn, students):
    number = turn.name[:2]
    if not builder.exercises_of(turn):
        pytest.skip("this lesson has no exercise")
    name = builder.exercises_of(turn)[0]
    _, tags = mutated(name)
    said = outputs_of(students[number], f"diagnosis-{number}")
    assert f"{name}: <span" in said and "WRONG" in said
    for tag in tags:
        assert tag in said


def test_pytest_checks_the_notebooks(builder, tmp_path):
    """All of them solved; one as the student gets it, since each takes a process."""
    builder.write(tmp_path, solutions=True)
    lessons = [s for s in builder.sources() if builder.exercises_of(s)]
    names = [name for source in lessons for name in builder.exercises_of(source)]
    solved = [tmp_path / f"{source.stem}.ipynb" for source in lessons]
    assert f"{len(names)} passed" in last_line_of_pytest(solved)
    (source,) = builder.sources("03")
    student = builder.LESSONS / f"{source.stem}.ipynb"
    assert "3 not attempted" in last_line_of_pytest([student])


def last_line_of_pytest(paths):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTEST_ADDOPTS": ""}
    done = finished([*command, *paths], seconds=600, cwd=ROOT, env=environment)
    return done.stdout.splitlines()[-1]
