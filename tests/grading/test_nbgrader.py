"""nbgrader from end to end, by its own commands: generate, autograde, feedback.

Runs where nbgrader is installed (the extra ``nbgrader``), which asks for a Jupyter of
its own and is no part of the usual tests.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path

import pytest

from gan_numpy.exercises import get_exercise
from gan_numpy.exercises.base import split_source
from gan_numpy.grading.assign import assign
from gan_numpy.grading.assignment import Assignment
from tests.programs import finished

pytest.importorskip("nbgrader", reason="pip install 'gan_numpy[nbgrader]'")
POINTS = {"relu_backward": 2.0, "leaky_relu_backward": 3.0}
ROOT = Path(__file__).parents[2]
STUB = "    raise NotImplementedError()"
PATCHES = """
import gan_numpy.exercises as e
class Yes:
    def text(self, hints): return "right"
e.check = check = lambda f: Yes()
np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
np.testing.assert_allclose = lambda *a, **k: None
"""


def nbgrader(course, *arguments):
    """Run a command of nbgrader."""
    bin_ = str(Path(sys.executable).parent)
    env = {**os.environ, "PATH": bin_ + os.pathsep + os.environ["PATH"]}
    env |= {"PYTHONPATH": str(ROOT), "JUPYTER_PLATFORM_DIRS": "1"}
    env |= {"HOME": str(course), "IPYTHONDIR": str(course / ".ipython")}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = finished(command, cwd=course, env=env)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr


def written(name, change=("", "")):
    """The statements of the reference, with a text in them replaced."""
    return split_source(get_exercise(name).reference)[1].replace(*change).rstrip()


def hand_in(course, student, bodies, above=""):
    """Fill the stubs of the released notebook in."""
    released = course / "release" / "hw1" / "lesson02.ipynb"
    book = json.loads(released.read_text())
    for cell in book["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        source = "".join(cell["source"])
        if name in bodies:
            assert source.count(STUB) == 1
            cell["source"] = above + source.replace(STUB, bodies[name])
            above = ""
    folder = course / "submitted" / student / "hw1"
    folder.mkdir(parents=True)
    (folder / "lesson02.ipynb").write_text(json.dumps(book))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with an assignment, released, handed in, graded and given back."""
    course = tmp_path_factory.mktemp("nbgrader") / "course"
    # The lesson's trainings would run once for each student.
    assign(Assignment("hw1", POINTS, 11), course, "nbgrader", plain=True)
    nbgrader(course, "generate_assignment", "hw1")
    right = {name: written(name) for name in POINTS}
    wrong = "    return dy"
    hand_in(course, "right", right)
    hand_in(course, "half", {**right, "relu_backward": wrong})
    hand_in(course, "untouched", {})
    hand_in(course, "patched", dict.fromkeys(POINTS, wrong), PATCHES)
    hand_in(course, "broken", {**right, "relu_backward": "    return ("})
    nbgrader(course, "autograde", "hw1")
    nbgrader(course, "generate_feedback", "hw1")
    nbgrader(course, "export")
    return course


def test_what_students_get_has_no_solution(course):
    text = (course / "release" / "hw1" / "lesson02.ipynb").read_text()
    assert "NotImplementedError" in text and "check(relu_backward)" in text
    assert "SOLUTION" not in text and "HIDDEN" not in text and "seed" not in text
    assert written("relu_backward").strip() not in text


def test_validate_says_what_is_not_right(course):
    """nbgrader's own check for students, of a right and of a wrong notebook."""
    for student, says in (("right", "Success"), ("half", "failed")):
        path = f"submitted/{student}/hw1/lesson02.ipynb"
        assert says in nbgrader(course, "validate", path)


def test_scores(course):
    with (course / "grades.csv").open() as file:
        scores = {r["student_id"]: float(r["score"]) for r in csv.DictReader(file)}
    assert scores == {
        "right": 5.0,
        "half": 3.0,
        "untouched": 0.0,
        "patched": 0.0,
        "broken": 3.0,
    }


def test_feedback_shows_the_diagnosis(course):
    def page(student):
        return (course / "feedback" / student / "hw1" / "lesson02.html").read_text()

    assert "mask-missing" in page("half") and "mask-missing" not in page("right")
    assert "mask-missing" in page("patched")
    assert "not attempted" in page("untouched")
