"""``gan-numpy grade``: from what was handed out to the grades, on the command line."""

from __future__ import annotations

import csv
import json

import pytest

from gan_numpy.exercises import get_exercise
from gan_numpy.exercises.base import source_of

STEP = get_exercise("dirac_step")


@pytest.fixture
def course(cli, tmp_path):
    """An assignment of one exercise, handed in by a student who is right."""
    assert cli("assign", "07", "--out", "hw", "--seed", 3)[0] == 0
    stub = (tmp_path / "hw" / "student" / "lesson07.py").read_text()
    (tmp_path / "in").mkdir()
    solved = stub[: stub.index("def dirac_step")] + source_of(STEP.reference)
    (tmp_path / "in" / "alice.py").write_text(solved)
    (tmp_path / "in" / "bob.py").write_text(stub)
    return tmp_path


WEAK = "--weak-sandbox"  # nothing here is hostile
ASSIGNMENT = ("--assignment", "hw/instructor/assignment.json", "--jobs", 1, WEAK)


def rows(folder):
    with (folder / "grades" / "grades.csv").open() as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_from_assignment_to_grades(cli, course):
    code, out, err = cli("grade", "in", *ASSIGNMENT)
    assert code == 0, err
    assert "graded 2, unchanged 0" in out and "grades/grades.csv" in out
    assert float(rows(course)["alice"]["points"]) == STEP.points
    assert rows(course)["bob"]["remarks"] == "dirac_step: not attempted"
    for name in ("grades.json", "summary.md", "summary.html", "summary.png"):
        assert (course / "grades" / name).stat().st_size > 0
    assert (course / "grades" / "feedback" / "bob.html").is_file()
    code, out, _ = cli("grade", "in", *ASSIGNMENT, "--points", "dirac_step=9")
    assert "graded 0, unchanged 2" in out
    assert rows(course)["alice"]["points"] == "9"
    seeds = ASSIGNMENT + ("--seed", 4)
    assert "graded 2, unchanged 0" in cli("grade", "in", *seeds)[1]


def test_lessons_and_modules(cli, course):
    """What counts, and what may be imported, is the instructor's to say."""
    text = (course / "in" / "alice.py").read_text()
    refused = text.replace("import numpy as np", "import numpy as np\nimport cmath")
    refused = refused.replace("def dirac_step", "e = cmath.e\n\n\ndef dirac_step")
    refused = refused.rstrip() + " if e else None\n"
    (course / "in" / "alice.py").write_text(refused)
    assert cli("grade", "in", "--lesson", "07", "--jobs", 1, WEAK)[0] == 0
    assert "imports cmath" in rows(course)["alice"]["remarks"]
    allowed = ("grade", "in", "--lesson", "07", "--jobs", 1, WEAK, "--allow", "cmath")
    assert cli(*allowed)[0] == 0
    assert float(rows(course)["alice"]["points"]) == STEP.points
    whole = json.loads((course / "grades" / "grades.json").read_text())
    assert list(whole["exercises"]) == ["dirac_step"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("nothing",), "expected a folder"),
        (("in", "--lesson", "77"), "no exercise '77'"),
        (("in", "--allow", "gan_numpy"), "it holds the solutions"),
        (("in", "--assignment", "in/alice.py"), "is no assignment.json"),
        (("in", "--points", "x=1"), "no exercise 'x'"),
        (("in", "--jobs", "0"), "out of range"),
        (("in", "--timeout", "-1"), "out of range"),
        (("in", "--out", "in/alice.py/x"), "cannot create directory"),
    ],
)
def test_what_is_refused(arguments, message, cli, course):
    code, _, err = cli("grade", *arguments)
    assert code == 2 and message in err and err.count("\n") == 1
