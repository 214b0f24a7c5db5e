"""Broken and hostile submissions: a row with a reason, no points, nothing else.

All of them in a class; alone a quarter in turn, all by ``GAN_NUMPY_HOSTILE=all``.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import hostile
import pytest

import gan_numpy
from gan_numpy.grading.course import grade_class, load_records
from gan_numpy.grading.grader import Task
from gan_numpy.grading.report import grades_of, write_grades
from tests.turns import share

REFERENCE = str(Path(gan_numpy.__file__).parent / "exercises" / "dense.py")
TASK = Task(("relu_backward",), limits=hostile.SHORT, weak=True)
LINK, LARGE = "is a link", "is too large"


def reason_of(record):
    """All that is said of a student's work, as one text."""
    return json.dumps([record["problems"], record["exercises"]])


@pytest.mark.parametrize("case", share(hostile.HOSTILE, 4, "GAN_NUMPY_HOSTILE"))
def test_it_gets_a_reason_and_no_points(case, graded, tmp_path):
    name, content, reason = hostile.HOSTILE[case]
    if not content:
        pytest.skip("an empty file is not read: see the class")
    victim = tmp_path / "victim.npy"
    victim.write_text("mine")
    if isinstance(content, str):
        content = content.replace("REFERENCE", REFERENCE)
        content = content.replace("VICTIM", str(victim.with_suffix("")))
    entry = graded(content, limits=hostile.SHORT, name=name)
    assert entry["state"] not in ("right", "not attempted")
    assert reason in json.dumps(entry) or reason == entry["state"]
    assert victim.read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


def test_the_right_answer_gets_its_points(graded):
    """What the tests above would prove nothing without."""
    assert graded(hostile.RIGHT, limits=hostile.SHORT)["state"] == "right"
    assert graded(hostile.notebook(hostile.RIGHT), name="s.ipynb")["state"] == "right"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A class of hostile students, and one honest one at each end of the alphabet."""
    root = tmp_path_factory.mktemp("class")
    submissions = root / "submissions"
    submissions.mkdir()
    (root / "secret.py").write_text(hostile.RIGHT)
    for case, (name, content, _) in hostile.HOSTILE.items():
        if isinstance(content, str):
            content = content.replace("REFERENCE", REFERENCE)
            content = content.replace("VICTIM", str(root / "victim")).encode()
        (submissions / case).mkdir()
        (submissions / case / name).write_bytes(content)
    for honest in ("aaa", "zzz"):
        (submissions / f"{honest}.py").write_text(hostile.RIGHT)
    os.symlink(root / "secret.py", submissions / "symlink.py")
    (submissions / "symlinked_folder").mkdir()
    os.symlink(root, submissions / "symlinked_folder" / "all")
    with (submissions / "huge.ipynb").open("wb") as file:
        file.truncate(100 << 20)
    os.mkfifo(submissions / "pipe.py")
    (submissions / "essay.pdf").write_bytes(b"%PDF")
    (submissions / ("n" * 240 + ".py")).write_text(hostile.RIGHT)
    return root


def snapshot(folder):
    """Every file but the grades, and when it was changed."""
    inside = [p for p in folder.rglob("*") if "grades" not in p.parts]
    return {p: p.lstat().st_mtime_ns for p in inside}


def test_the_grading_of_the_class_ends(folder):
    """Everybody has a row; only the honest have points; nothing else has changed."""
    before = snapshot(folder)
    out = folder / "grades"
    graded, _ = grade_class(folder / "submissions", out, TASK, jobs=2)
    assert graded == len(hostile.HOSTILE) + 8
    assert snapshot(folder) == before
    grades = grades_of(out, TASK.exercises, {})
    write_grades(out, grades)
    with (out / "grades.csv").open() as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    honest = {"aaa", "zzz", "n" * 240}
    assert {k for k, row in rows.items() if float(row["points"])} == honest
    assert all(row["remarks"] for student, row in rows.items() if student not in honest)
    records = {r["student"]: reason_of(r) for r in load_records(out)}
    for case, (_, _, reason) in hostile.HOSTILE.items():
        assert reason in records[case], case
    assert LINK in records["symlink"] and LINK in records["symlinked_folder"]
    assert LARGE in records["huge"] and "not a plain file" in records["pipe"]
    assert "neither a .py file nor a notebook" in records["essay"]
