"""What fails on our side is nobody's zero, and costs no one else a grade."""

from __future__ import annotations

import csv
import json
import resource
from pathlib import Path

import hostile
import pytest

from gan_numpy.cli import main
from gan_numpy.grading import course, judge, nursery
from gan_numpy.grading.course import grade_class, load_records, recorded_seed
from gan_numpy.grading.feedback import write_feedback
from gan_numpy.grading.grader import (
    Task,
    close_nurseries,
    failed_record,
    grade,
    nursery_for,
)
from gan_numpy.grading.report import grades_of, write_grades
from gan_numpy.grading.submissions import Handin
from gan_numpy.grading.summary import head, summarize

TASK = Task(("relu_backward",), limits=hostile.LIMITS, weak=True)
WORK = Handin("s", (("s.py", hostile.RIGHT.encode()),), ())

DIES_OF_BOB = """
import os, signal
import gan_numpy.grading.judge as judge
real = judge.grade
def grade(handin, *rest):
    if handin.student == "bob":
        os.kill(os.getpid(), signal.SIGKILL)
    return real(handin, *rest)
judge.grade = grade
judge.main()
"""
NO_PROCESS = """
import os
def refuse():
    raise BlockingIOError(11, "Resource temporarily unavailable")
os.fork = refuse
"""
NO_SECOND_PROCESS = """
import gan_numpy.grading.sandbox as sandbox
real = sandbox.isolate
def isolate(*where):
    walls = real(*where)
    import os
    def refuse():
        raise BlockingIOError(11, "Resource temporarily unavailable")
    os.fork = refuse
    return walls
sandbox.isolate = isolate
"""


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    """Call the command line: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def class_of_three(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("alice", "bob", "carol"):
        (folder / f"{name}.py").write_text(hostile.RIGHT)
    return folder


def test_a_judge_that_is_killed_costs_one_grade(class_of_three, tmp_path, monkeypatch):
    monkeypatch.setattr(judge, "PROGRAM", DIES_OF_BOB)
    out = tmp_path / "out"
    assert grade_class(class_of_three, out, TASK) == (3, 0)
    grades = grades_of(out, TASK.exercises, {})
    write_grades(out, grades)
    write_feedback(out, grades)
    with (out / "grades.csv").open() as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows["alice"]["points"] == rows["carol"]["points"] == "2"
    assert rows["bob"]["points"] == rows["bob"]["relu_backward"] == ""
    assert "not graded: the process that grades has ended" in rows["bob"]["remarks"]
    whole = json.loads((out / "grades.json").read_text())
    assert [s["points"] for s in whole["students"]] == [2.0, None, 2.0]
    assert not (out / "feedback" / "bob.md").exists()
    assert head(summarize(out, grades), grades).startswith("2 students, 2.0 of 2")
    monkeypatch.undo()
    assert grade_class(class_of_three, out, TASK) == (1, 2)
    assert not grades_of(out, TASK.exercises, {}).failures


def test_the_command_says_so_and_fails(class_of_three, cli, monkeypatch):
    reason = "the sandbox cannot be started: no reason is given"
    monkeypatch.setattr(
        course, "grade_apart", lambda h, _: failed_record(h.student, reason)
    )
    code, out, err = cli("grade", "in", "--lesson", "02", "--jobs", 1)
    assert code == 1 and "grades.csv" in out
    assert err.count("\n") == 1 and f"3 of 3 submissions not graded: {reason}" in err


@pytest.mark.parametrize("program", [NO_PROCESS, NO_SECOND_PROCESS])
def test_too_few_processes(program, monkeypatch):
    close_nurseries()
    monkeypatch.setattr(nursery, "PROGRAM", program + nursery.PROGRAM)
    try:
        record = grade(WORK, TASK)
    finally:
        close_nurseries()
    if program == NO_PROCESS and "failed" not in record:
        pytest.skip("without name spaces nothing is forked so early")
    assert "Resource temporarily unavailable" in record["failed"]
    assert record["exercises"] == {} and record["key"] == ""


def test_no_place_for_temporary_files(class_of_three, cli, monkeypatch):
    """/tmp may be read-only: nothing is written there."""
    monkeypatch.setenv("TMPDIR", "/proc")
    monkeypatch.setattr("tempfile.tempdir", None)
    options = ("--lesson", "relu_backward", "--jobs", 2, "--weak-sandbox")
    code, out, err = cli("grade", "in", *options)
    assert code == 0 and "3 students, 2.0 of 2 points" in out, err


def test_a_judge_has_little_memory():
    limits = resource.getrlimit(resource.RLIMIT_AS)
    try:
        judge.limit_memory()
        assert resource.getrlimit(resource.RLIMIT_AS)[0] < judge.MEMORY * 8
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


def test_one_clock_for_all_files(tmp_path):
    """Each of eight files would take its own time."""
    slow = hostile.body("for _ in range(10**10): pass", "raise NotImplementedError")
    files = tuple((f"s{k}.py", slow.encode()) for k in range(8))
    limits = hostile.Limits(seconds=1, total=2, memory=256)
    nursery_for(TASK)  # its start is no part of anybody's time
    record = grade(Handin("s", files, ()), Task(("relu_backward",), 0, limits=limits,
                                                weak=True))  # fmt: skip
    assert record["seconds"] < 5
    stubs = tuple((f"s{k}.py", STUB.encode()) for k in range(8))
    limits = hostile.Limits(seconds=1, total=0.001, memory=256)
    record = grade(Handin("s", stubs, ()), Task((), 0, limits=limits, weak=True))
    assert len(record["problems"]) == 8 and "used up" in record["problems"][0]


STUB = hostile.HEAD + "def relu_backward(dy, cache):\n    raise NotImplementedError\n"


def test_the_seed_is_drawn_and_recorded(class_of_three, tmp_path, cli):
    seeds = {recorded_seed(tmp_path / "out") for _ in range(3)}
    assert len(seeds) == 3
    options = ("--lesson", "relu_backward", "--jobs", 1, "--weak-sandbox")
    assert cli("grade", "in", *options)[0] == 0
    drawn = {r["seed"] for r in load_records(tmp_path / "grades")}
    assert len(drawn) == 1 and drawn != {0}
    assert "unchanged 3" in cli("grade", "in", *options)[1]
    assert "graded 3" in cli("grade", "in", *options, "--seed", 5)[1]
    assert {r["seed"] for r in load_records(tmp_path / "grades")} == {5}


def test_differences_have_points_if_the_instructor_says_so(graded):
    step = "return dy * np.imag(np.where(z.real > 0, z, 0)) / 1e-20"
    source = hostile.body("z = cache + 1e-20j", step)
    assert graded(source)["state"] == "flagged"
    assert graded(source, differences=True)["state"] == "right"


def test_no_name_spaces_no_grades(class_of_three, cli, monkeypatch):
    """It refuses with one line; nothing is written that looks like a grade."""
    refused = {**failed_record("s", "name spaces are missing"), "refused": True}
    monkeypatch.setattr(course, "grade_apart", lambda *_: refused)
    code, out, err = cli("grade", "in", "--lesson", "02", "--jobs", 1)
    assert code == 2 and out == "" and err.count("\n") == 1
    assert "name spaces are missing" in err


def test_no_thread_can_be_started(class_of_three, cli, monkeypatch):
    def refuse(*_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", refuse)
    code, _, err = cli("grade", "in", "--lesson", "02", "--jobs", 2)
    assert code == 1 and err.count("\n") == 1 and "too few processes" in err


OF_OURS = (
    "gan_numpy.exercises.base.Exercise.run",  # anywhere in a check
    "gan_numpy.gradcheck.check.compare_arrays",  # while arrays are compared
    "gan_numpy.gradcheck.check.comparisons",
    "gan_numpy.exercises.corners.arrays_differ",
    "gan_numpy.grading.grader.unusual",  # when it has been checked
    "gan_numpy.grading.grader.answer",  # when it is put down
)


@pytest.mark.parametrize("place", OF_OURS)
def test_a_fault_of_the_comparison_is_not_the_students_zero(place, monkeypatch):
    """Our code failed, so nothing is known of the work: no score, and a reason."""

    def fails(*_, **__):
        raise error

    monkeypatch.setattr(place, fails)
    for error in (KeyError("ours"), TypeError("an argument of ours"), ValueError()):
        record = grade(WORK, TASK)
        assert record["exercises"] == {}
        assert type(error).__name__ in record["failed"]


def test_what_a_judge_cannot_compare_is_no_score(class_of_three, cli, monkeypatch):
    def fails(*_, **__):
        raise KeyError("ours")

    monkeypatch.setattr("gan_numpy.gradcheck.check.compare_arrays", fails)
    here = "gan_numpy.grading.course.grade_apart"
    monkeypatch.setattr(here, lambda handin, task, *_: grade(handin, task))
    code, _, err = cli("grade", "in", "--lesson", "02", "--weak-sandbox")
    assert code == 1 and err.count("\n") == 1 and "KeyError: 'ours'" in err
    rows = Path("grades/grades.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(rows) == 3 and all("not graded" in row for row in rows)


@pytest.mark.parametrize("odd", ["[[1], [1, 2]]", "{1: 2}", "object()", "(dy,) * 9"])
def test_what_is_no_gradient_is_the_students(odd):
    source = hostile.RIGHT + f"\n\ndef relu_backward(dy, cache):\n    return {odd}\n"
    handin = Handin("student", (("s.py", source.encode()),), ())
    assert grade(handin, TASK)["exercises"]["relu_backward"]["state"] == "wrong"
