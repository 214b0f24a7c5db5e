"""A class: results as they come, again only what has changed, in bounded memory."""

from __future__ import annotations

import csv
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import hostile
import pytest

from gan_numpy.errors import UserError
from gan_numpy.grading import course
from gan_numpy.grading.course import file_name, grade_class, load_records
from gan_numpy.grading.feedback import write_feedback
from gan_numpy.grading.grader import Task
from gan_numpy.grading.report import grades_of, write_grades
from gan_numpy.grading.summary import sentences, write_summary
from tests.programs import finished

TASK = Task(("relu_backward",), limits=hostile.LIMITS, weak=True)
EVIL = "<script>alert('x')</script>`" + "`" * 5 + "| # * [a](b)"


@pytest.fixture
def handed_in(tmp_path):
    """Three right, two wrong, one that names things badly."""
    folder = tmp_path / "in"
    folder.mkdir()
    for k in range(3):
        (folder / f"right{k}.py").write_text(hostile.RIGHT)
    for k in range(2):
        (folder / f"wrong{k}.py").write_text(hostile.WRONG)
    evil = hostile.body(f"raise ValueError({EVIL!r})")
    (folder / "=evil(1).py").write_text(evil)
    return folder


def test_a_rerun_grades_what_has_changed(handed_in, tmp_path):
    out = tmp_path / "out"
    assert grade_class(handed_in, out, TASK) == (6, 0)
    assert grade_class(handed_in, out, TASK) == (0, 6)
    (handed_in / "wrong0.py").write_text(hostile.RIGHT)
    (handed_in / "new.py").write_text(hostile.RIGHT)
    (handed_in / "right2.py").unlink()
    assert grade_class(handed_in, out, TASK) == (2, 4)
    states = {
        r["student"]: r["exercises"]["relu_backward"]["state"]
        for r in load_records(out)
    }
    assert states["wrong0"] == states["new"] == "right" and "right2" not in states
    other = replace(TASK, seed=1)
    assert grade_class(handed_in, out, other) == (6, 0)
    (out / "results" / "new.json").write_text("{damaged")
    assert grade_class(handed_in, out, other) == (1, 5)
    assert grade_class(handed_in, out, other, again=True) == (6, 0)


def test_an_interruption_keeps_what_was_graded(handed_in, tmp_path, monkeypatch):
    out = tmp_path / "out"
    done = []

    def interrupted(handin, task):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(handin.student)
        return graded(handin, task)

    graded = course.grade_apart
    monkeypatch.setattr(course, "grade_apart", interrupted)
    with pytest.raises(KeyboardInterrupt):
        grade_class(handed_in, out, TASK)
    assert [r["student"] for r in load_records(out)] == done
    monkeypatch.setattr(course, "grade_apart", graded)
    assert grade_class(handed_in, out, TASK) == (4, 2)


def test_submissions_are_read_when_they_are_needed(handed_in, tmp_path, monkeypatch):
    """Never all at once: at most as many as there are workers, and a few in front."""
    for k in range(20):
        (handed_in / f"more{k:02}.py").write_text(hostile.RIGHT)
    alive, most = [0], [0]

    def read(*args):
        alive[0] += 1
        most[0] = max(most[0], alive[0])
        return reading(*args)

    def grade(handin, task):
        alive[0] -= 1
        return {"student": handin.student, "key": "", "exercises": {}}

    reading = course.read_handin
    monkeypatch.setattr(course, "grade_apart", grade)
    found = {p.stem: [p] for p in sorted(handed_in.iterdir())}
    monkeypatch.setattr(course, "read_handin", read)
    waiting = (course.read_handin(s, p) for s, p in found.items())
    assert len(list(course._graded(waiting, TASK, 1, None))) == 26
    assert most[0] == 1


def test_grades_feedback_and_summary(handed_in, tmp_path):
    out = tmp_path / "out"
    grade_class(handed_in, out, TASK)
    grades = grades_of(out, TASK.exercises, {"relu_backward": 3.5})
    write_grades(out, grades)
    with (out / "grades.csv").open(newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows["right0"]["points"] == rows["right0"]["relu_backward"] == "3.5"
    assert rows["wrong0"]["points"] == "0"
    assert "mask-missing" in rows["wrong0"]["remarks"]
    assert "'=evil(1)" in rows  # no formula in a spreadsheet
    whole = json.loads((out / "grades.json").read_text())
    assert whole["possible"] == 3.5 and len(whole["students"]) == 6

    write_feedback(out, grades, hints=1)
    page = (out / "feedback" / "wrong0.md").read_text()
    assert "0 of 3.5 points" in page and "mask-missing" in page and "hint 1" in page
    evil = (out / "feedback" / "=evil(1).html").read_text()
    assert "<script>" not in evil and "&lt;script&gt;" in evil
    fences = (out / "feedback" / "=evil(1).md").read_text().count("`" * 9)
    assert fences == 2  # longer than any in what the student wrote

    summary = write_summary(out, grades)
    (line,) = [s for s in sentences(summary) if "mask-missing" in s]
    assert line.startswith("2 of 6: mask-missing in relu_backward")
    assert summary.states["relu_backward"]["right"] == 3
    assert (out / "summary.png").read_bytes()[:4] == b"\x89PNG"
    assert "2 of 6" in (out / "summary.md").read_text()
    assert "<script>" not in (out / "summary.html").read_text()


def test_points_change_without_grading_again(handed_in, tmp_path):
    out = tmp_path / "out"
    grade_class(handed_in, out, TASK)
    assert grade_class(handed_in, out, TASK)[0] == 0
    for value in (1.0, 5.0):
        grades = grades_of(out, TASK.exercises, {"relu_backward": value})
        assert max(row.total for row in grades.rows) == grades.possible == value


def test_without_a_list_everything_that_was_found_counts(handed_in, tmp_path):
    grade_class(handed_in, tmp_path / "out", Task(limits=hostile.LIMITS, weak=True))
    grades = grades_of(tmp_path / "out", (), {})
    assert list(grades.exercises) == ["relu_backward"]


def test_two_processes_say_the_same_as_one(handed_in, tmp_path):
    for jobs in (1, 2):
        grade_class(handed_in, tmp_path / f"out{jobs}", TASK, jobs)
    one, two = (
        [without_times(r) for r in load_records(tmp_path / f"out{jobs}")]
        for jobs in (1, 2)
    )
    assert one == two


def without_times(record):
    for entry in [record, *record["exercises"].values()]:
        entry.pop("seconds", None)
        entry.pop("kib", None)
    return record


CLUSTER = """
import sys
from dataclasses import replace
from pathlib import Path
from distributed import LocalCluster
from gan_numpy.grading.course import grade_class
from gan_numpy.grading.grader import Task
from gan_numpy.grading.sandbox import Limits

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True,
                      dashboard_address=None) as cluster:
        task = Task(("relu_backward",), limits=Limits(8, 30, 256), weak=True)
        address = cluster.scheduler_address
        print(*grade_class(Path(sys.argv[1]), Path(sys.argv[2]), task,
                           scheduler=address))
"""


def test_a_dask_cluster_of_two_processes(handed_in, tmp_path):
    pytest.importorskip("distributed")
    (tmp_path / "script.py").write_text(CLUSTER)
    command = [sys.executable, tmp_path / "script.py", handed_in, tmp_path / "out2"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = finished(command, env=env)
    assert done.stdout.strip() == "6 0", done.stderr[-2000:]
    grade_class(handed_in, tmp_path / "out1", TASK)
    one, two = (
        [without_times(r) for r in load_records(tmp_path / f"out{k}")] for k in (1, 2)
    )
    assert one == two


def test_no_scheduler_there(handed_in, tmp_path):
    pytest.importorskip("distributed")
    with pytest.raises(UserError, match="no Dask scheduler at nowhere://x"):
        grade_class(handed_in, tmp_path / "out", TASK, scheduler="nowhere://x")


def test_a_name_too_long_for_a_file():
    name = "é" * 120
    short = file_name(name, ".json")
    assert len(short.encode()) < 200 and short != file_name("é" * 119 + "x", ".json")
    assert file_name("alice", ".md") == "alice.md"
