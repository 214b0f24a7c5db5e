"""The zip for Gradescope, unpacked and run in a folder laid out like its container."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
import zipfile

import hostile
import pytest

from gan_numpy.exercises.variants import code_for
from gan_numpy.grading.assign import assign
from gan_numpy.grading.assignment import Assignment
from tests import programs
from tests.programs import finished

POINTS = {"relu_backward": 2.0, "leaky_relu_backward": 1.0}


@pytest.fixture(scope="module")
def autograder(tmp_path_factory):
    """``/autograder`` with ``source``, ``submission`` and ``results``."""
    root = tmp_path_factory.mktemp("autograder")
    assign(Assignment("hw", POINTS, 7), root / "made", "gradescope")
    with zipfile.ZipFile(root / "made" / "autograder.zip") as archive:
        archive.extractall(root / "source")
    (root / "submission").mkdir()
    python = root / "venv" / "bin"
    python.mkdir(parents=True)
    (python / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (python / "python").chmod(0o755)  # in place of what setup.sh would install
    return root


def run(root, content, name="solution.py"):
    """Run the autograder on one file; its results."""
    for old in (root / "submission").iterdir():
        old.unlink()
    (root / "results" / "results.json").unlink(missing_ok=True)
    if content is not None:
        (root / "submission" / name).write_text(content)
    script = root / "source" / "run_autograder"
    environment = {**os.environ, "AUTOGRADER_ROOT": str(root)}
    done = finished(["bash", script], env=environment, cwd=root)
    assert done.returncode == 0, done.stderr
    return valid(json.loads((root / "results" / "results.json").read_text()))


def valid(results):
    """Gradescope's own rules for results.json."""
    assert isinstance(results["score"], float)
    assert results["score"] == sum(t["score"] for t in results["tests"])
    assert len(results["tests"]) == len(POINTS)
    for test in results["tests"]:
        assert set(test) == {
            "name",
            "score",
            "max_score",
            "status",
            "output",
            "visibility",
        }
        assert test["status"] in ("passed", "failed")
        assert test["visibility"] in ("hidden", "after_due_date", "visible")
        assert 0 <= test["score"] <= test["max_score"]
    return results


def test_right_and_wrong(autograder):
    assert run(autograder, hostile.RIGHT)["score"] == 2.0
    results = run(autograder, hostile.notebook(hostile.WRONG), "solution.ipynb")
    assert results["score"] == 0
    assert "mask-missing" in results["tests"][0]["output"]
    assert "missing" in results["tests"][1]["output"]


@pytest.mark.parametrize(
    "case", ["endless_loop", "os_exit", "syntax_error", "huge_answer", "recursion"]
)
def test_a_submission_that_crashes_or_loops(case, autograder):
    name, content, reason = hostile.HOSTILE[case]
    results = run(autograder, content, name)
    assert results["score"] == 0 and reason in json.dumps(results)


def test_nothing_handed_in(autograder):
    assert run(autograder, None)["output"] == "no .py file or notebook"


def test_there_is_a_result_before_the_end(autograder):
    """Killed half-way it leaves what it had: here, in the middle of a loop."""
    loop = hostile.HOSTILE["endless_loop"][1]
    start = loop.index("def relu_b")
    text = hostile.RIGHT + loop[start:].replace("relu_backward", "leaky_relu_backward")
    (autograder / "submission" / "solution.py").write_text(text)
    path = autograder / "results" / "results.json"
    path.unlink(missing_ok=True)
    process = programs.start(
        ["bash", autograder / "source" / "run_autograder"],
        env={**os.environ, "AUTOGRADER_ROOT": str(autograder)},
        stdout=None,
        stderr=None,
    )
    deadline = time.monotonic() + programs.SECONDS
    try:
        while process.poll() is None:
            assert time.monotonic() < deadline, "no result in time"
            if path.exists() and valid(json.loads(path.read_text()))["score"] == 2.0:
                break
            time.sleep(0.05)
        assert process.poll() is None
    finally:
        programs.end(process)
        process.wait(programs.SECONDS)
    assert valid(json.loads(path.read_text()))["score"] == 2.0


def test_who_has_submitted_decides_the_variant(tmp_path, autograder):
    """One autograder for the class; each has the folder of their own."""
    students = ("ann@x.org", "bob@x.org", "cid@x.org", "eve@x.org")
    assignment = Assignment("hw", {"dense_backward": 2.0}, 7, variants="a secret")
    assign(assignment, tmp_path / "made", "gradescope", students=students)
    assert {p.name for p in (tmp_path / "made" / "student").iterdir()} == {*students}
    root = tmp_path / "autograder"
    with zipfile.ZipFile(tmp_path / "made" / "autograder.zip") as archive:
        archive.extractall(root / "source")
    shutil.copytree(autograder / "venv", root / "venv")
    (root / "submission").mkdir()
    rows, columns = (
        next(s for s in students if code_of(s).startswith(layout))
        for layout in ("rows", "columns")
    )
    solved = tmp_path / "made" / "instructor" / rows / "lesson02_solution.ipynb"
    shutil.copy(solved, root / "submission" / "lesson02.ipynb")
    for student, score in ((rows, 2.0), (columns, 0.0)):
        about = {"users": [{"email": student.upper(), "name": "of no matter"}]}
        (root / "submission_metadata.json").write_text(json.dumps(about))
        script = ["bash", root / "source" / "run_autograder"]
        done = finished(script, env={**os.environ, "AUTOGRADER_ROOT": str(root)})
        assert done.returncode == 0, done.stderr
        found = json.loads((root / "results" / "results.json").read_text())
        assert found["score"] == score
    (root / "submission_metadata.json").unlink()
    done = finished(script, env={**os.environ, "AUTOGRADER_ROOT": str(root)})
    assert done.returncode == 1 and "names no submitter" in done.stderr


def code_of(student):
    return code_for("dense_backward", student, "a secret")
