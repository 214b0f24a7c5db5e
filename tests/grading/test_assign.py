"""What is handed out: complete, in every format as its own schema says."""

from __future__ import annotations

import ast
import json
import re
import zipfile

import nbformat
import pytest
from hostile import LIMITS

from gan_numpy.cli import main
from gan_numpy.errors import UserError
from gan_numpy.exercises import all_exercises
from gan_numpy.exercises.base import split_source
from gan_numpy.exercises.registry import STEMS
from gan_numpy.grading.assign import assign, nbgrader_metadata
from gan_numpy.grading.assignment import Assignment, load_assignment
from gan_numpy.grading.grader import Task, grade
from gan_numpy.grading.lessons import lesson_cells
from gan_numpy.grading.notebooks import cell, load_cells, notebook, student_cells
from gan_numpy.grading.submissions import Handin

EXERCISES = all_exercises()
POINTS = {"relu_backward": 2.0, "maxout_forward": 1.5, "maxout_backward": 3.0}
HOMEWORK = Assignment("hw1", POINTS, 7)
WHOLE = Assignment("all", {n: float(e.points) for n, e in EXERCISES.items()}, 1)


def states(path):
    content = ((path.name, path.read_bytes()),)
    record = grade(Handin("s", content, ()), Task(limits=LIMITS, weak=True))
    assert not record["problems"]
    return {k: e["state"] for k, e in record["exercises"].items()}


def cells_of(path):
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    return book.cells


def test_files_are_stubs_and_solutions_are_right(tmp_path):
    """For every exercise there is: what students get runs, and is not solved."""
    paths = assign(WHOLE, tmp_path / "out", "files")
    found = {}
    for path in [p for p in paths if p.parent.name == "student"]:
        for name, state in states(path).items():
            assert state == "not attempted", (path, name)
            found.setdefault(name, set()).add(path.suffix)
    assert found == {name: {".py", ".ipynb"} for name in EXERCISES}
    solved = {}
    for path in [p for p in paths if "solution" in p.name]:
        solved |= states(path)
        assert cells_of(path)
    assert solved == dict.fromkeys(EXERCISES, "right")
    assert load_assignment(tmp_path / "out/instructor/assignment.json") == WHOLE


def test_a_notebook_for_each_lesson(tmp_path):
    assign(HOMEWORK, tmp_path / "out", "files", plain=True)
    names = sorted(p.name for p in (tmp_path / "out" / "student").iterdir())
    stems = ("lesson02", "lesson03")
    assert names == [s + kind for s in stems for kind in (".ipynb", ".py")]
    cells = cells_of(tmp_path / "out" / "student" / "lesson03.ipynb")
    sources = [c.source for c in cells]
    assert "check(maxout_backward)" in sources
    assert any(EXERCISES["maxout_forward"].statement in s for s in sources)
    # what one exercise gives and another asks for is asked for
    assert sum("def maxout_forward" in s for s in sources) == 1


def test_students_get_neither_seed_nor_solution(tmp_path):
    assign(HOMEWORK, tmp_path / "out", "files", plain=True)
    for path in (tmp_path / "out" / "student").iterdir():
        text = path.read_text()
        assert "argmax" not in text and "seed" not in text and "points" not in text


def test_the_lessons_text_is_handed_out(tmp_path):
    """With its questions and plots, and without links to what the student lacks."""
    assign(HOMEWORK, tmp_path / "out", "files")
    for number in ("02", "03"):
        cells = cells_of(tmp_path / "out" / "student" / f"lesson{number}.ipynb")
        text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
        assert text.startswith(f"# {number} ·") and "## Derive" in text
        assert not re.search(r"\]\((?!https?:)", text) and "](https://" in text
        code = "\n".join(c.source for c in cells if c.cell_type == "code")
        assert f'lesson.ask("{number}-' in code and "lesson.show(" in code
        assert not re.search(r"\(\d+ points?\)", code)
        for name in [n for n in POINTS if EXERCISES[n].lesson == number]:
            assert f"check({name})" in code
            assert f'raise NotImplementedError("{name}")' in code
            body = split_source(EXERCISES[name].reference)[1]
            assert body.rstrip() not in code


def test_without_the_lessons_there_are_the_exercises(tmp_path, monkeypatch):
    monkeypatch.setattr("gan_numpy.grading.lessons.PLACES", (tmp_path,))
    assign(HOMEWORK, tmp_path / "out", "files")
    cells = cells_of(tmp_path / "out" / "student" / "lesson02.ipynb")
    assert cells[0].source.startswith("# Lesson 02\n")


def test_every_lesson_can_be_handed_out():
    for number in STEMS:
        mine = [e for e in EXERCISES.values() if e.lesson == number]
        assert lesson_cells(number, mine) is not None, number


KEYS = {"schema_version", "grade_id", "grade", "solution", "locked", "task"}


def test_nbgrader_metadata_is_exactly_that_of_its_schema(tmp_path):
    assign(HOMEWORK, tmp_path / "out", "nbgrader")
    about = []
    for path in (tmp_path / "out" / "source" / "hw1").iterdir():
        for c in cells_of(path):
            if "nbgrader" in c.metadata:
                about.append(dict(c.metadata.nbgrader))
                assert c.id == about[-1]["grade_id"]
    assert len(about) == 2 * len(POINTS)
    assert len({a["grade_id"] for a in about}) == len(about)
    for a in about:
        assert re.fullmatch(r"[a-zA-Z0-9_\-]+", a["grade_id"])
        assert a["schema_version"] == 3 and a["task"] is False
        if a["solution"]:
            assert a.keys() == KEYS and not a["grade"] and not a["locked"]
        else:
            assert a.keys() == KEYS | {"points"} and a["grade"] and a["locked"]
            assert a["points"] == POINTS[a["grade_id"].removeprefix("test_")]
    assert nbgrader_metadata("x", solution=True) == {
        "schema_version": 3,
        "grade_id": "x",
        "grade": False,
        "solution": True,
        "locked": False,
        "task": False,
    }


def test_nbgrader_hides_the_test_with_the_seed(tmp_path):
    assign(HOMEWORK, tmp_path / "out", "nbgrader")
    path = tmp_path / "out" / "source" / "hw1" / "lesson02.ipynb"
    (solution,) = [c.source for c in cells_of(path) if c.id == "relu_backward"]
    (test,) = [c.source for c in cells_of(path) if c.id == "test_relu_backward"]
    shown = re.sub(r"### BEGIN HIDDEN(.|\n)*### END HIDDEN TESTS", "", test)
    assert "seed=7" in test and "seed" not in shown and "check(relu" in shown
    start, end = (solution.index(f"    ### {w} SOLUTION") for w in ("BEGIN", "END"))
    assert "return" in solution[start:end] and "return" not in solution[end:]
    ast.parse(solution)


def test_a_lessons_own_notebook_is_used(tmp_path):
    """Its text stays; the stub's cell and the check after it are exchanged."""
    cells = student_cells("Mine", [EXERCISES["relu_backward"]])
    cells.insert(2, cell("markdown", "My own words.", "words"))
    cells.append(cell("code", "%matplotlib inline\nplot = 1", "plot"))
    cells[-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    given = tmp_path / "02_dense.ipynb"
    given.write_text(notebook(cells))
    one = Assignment("hw", {"relu_backward": 2.0}, 0)
    assign(one, tmp_path / "files", "files", given)
    made = cells_of(tmp_path / "files" / "student" / "02_dense.ipynb")
    assert [c.source for c in made] == [c["source"] for c in cells]
    assert made[-1].outputs == []
    assign(one, tmp_path / "nb", "nbgrader", given)
    made = cells_of(tmp_path / "nb" / "source" / "hw" / "02_dense.ipynb")
    assert len(made) == len(cells) and "My own words." in [c.source for c in made]
    order = [c.id for c in made if "nbgrader" in c.metadata]
    assert order == ["relu_backward", "test_relu_backward"]
    with pytest.raises(UserError, match="no cell for maxout_forward"):
        assign(HOMEWORK, tmp_path / "no", "nbgrader", given)


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match="choose a new folder"):
        assign(HOMEWORK, tmp_path, "files")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("text", ["", "[]", '{"points": {"x": 1}}', "{}"])
def test_a_damaged_assignment(text, tmp_path):
    path = tmp_path / "assignment.json"
    path.write_text(text)
    with pytest.raises(UserError, match="assignment.json"):
        load_assignment(path)


@pytest.mark.parametrize("text", ["", "[]", '{"cells": [3]}'])
def test_a_damaged_notebook(text, tmp_path):
    (tmp_path / "x.ipynb").write_text(text)
    with pytest.raises(UserError, match="is not a notebook"):
        load_cells(tmp_path / "x.ipynb")


def test_gradescope_zip(tmp_path):
    assign(HOMEWORK, tmp_path / "out", "gradescope")
    with zipfile.ZipFile(tmp_path / "out" / "autograder.zip") as archive:
        names = archive.namelist()
        assert {"setup.sh", "run_autograder"} <= set(names)
        for script in ("setup.sh", "run_autograder"):
            assert archive.getinfo(script).external_attr >> 16 & 0o111
            assert archive.read(script).startswith(b"#!/usr/bin/env bash\n")
        assert "gan_numpy/exercises/maxout.py" in names
        assert json.loads(archive.read("assignment.json"))["points"] == POINTS


def test_otter_source(tmp_path):
    """Raw cells open and close everything in its order; the hidden test says so."""
    assign(HOMEWORK, tmp_path / "out", "otter")
    cells = cells_of(tmp_path / "out" / "source" / "lesson03.ipynb")
    assert cells[0].source.startswith("# ASSIGNMENT CONFIG")
    marks = [c.source.split("\n")[0] for c in cells[1:] if c.cell_type == "raw"]
    one = ["# BEGIN QUESTION", "# BEGIN SOLUTION", "# END SOLUTION"]
    one += ["# BEGIN TESTS", "# END TESTS", "# END QUESTION"]
    assert marks == one * 2
    hidden = [c for c in cells if c.source.startswith("# HIDDEN")]
    assert len(hidden) == 2 and all("seed=7" in c.source for c in hidden)
    assert all(c.outputs[0].data["text/plain"] == "True" for c in hidden)


def test_the_instructor_says_how_many_hints_there_may_be(tmp_path, capsys):
    wrong = "def relu_backward(dy, cache):\n    return dy\n"
    texts = {}
    for most in (0, 1, 4):
        out = tmp_path / str(most)
        command = ["assign", "relu_backward", "--out", str(out), "--hints", str(most)]
        assert main(command) == 0
        book = json.loads((out / "student/lesson02.ipynb").read_text("utf-8"))
        source = "\n\n".join(
            "".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"
        )
        for kind, given in (
            ("py", (out / "student/lesson02.py").read_text("utf-8")),
            ("cells", source),
        ):
            path = tmp_path / f"{kind}{most}.py"
            path.write_text(f"{given}\n\n{wrong}", "utf-8")
            capsys.readouterr()
            assert main(["check", str(path), "--hints", "4"]) == 1
            texts[kind, most] = capsys.readouterr().out
        kept = load_assignment(out / "instructor/assignment.json")
        assert kept.hints == most
    for (_, most), text in texts.items():
        assert ("hint 1" in text) == (most > 0), text
        assert ("hint 4" in text) == (most == 4), text
