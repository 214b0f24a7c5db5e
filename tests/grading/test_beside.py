"""A module of the student's own beside the solution: one reader, one answer."""

from __future__ import annotations

import json

import hostile
import pytest

from gan_numpy.exercises.reading.submission import read_submission
from gan_numpy.exercises.running import check_submission
from gan_numpy.grading import gradescope
from gan_numpy.grading.cell import answer_cells
from gan_numpy.grading.grader import Task, grade
from gan_numpy.grading.judge import close_judges
from gan_numpy.grading.submissions import Handin, read_handin, students

TASK = Task(("relu_backward",), limits=hostile.LIMITS, weak=True)
HELPERS = """
import numpy as np
import matplotlib.pyplot as plt

def mask(x):
    return x > 0

def show(x):
    plt.plot(x)

show(np.ones(3))
"""
PASTE = "def relu_backward(dy, cache):\n    return dy * {}(cache)\n"
FORMS = {
    "import": "import helpers\n" + PASTE.format("helpers.mask"),
    "as": "import helpers as h\n" + PASTE.format("h.mask"),
    "from": "from helpers import mask as m\n" + PASTE.format("m"),
    "all": "from helpers import *\n" + PASTE.format("mask"),
    "another": "from second import mask\n" + PASTE.format("mask"),
    "package": "from pkg.mod import mask\n" + PASTE.format("mask"),
    "module": "from pkg import mod\n" + PASTE.format("mod.mask"),
    "dotted": "import pkg.mod\n" + PASTE.format("pkg.mod.mask"),
    "late": PASTE.format("__import").replace(
        "    return", "    from helpers import mask as __import\n    return"
    ),
    "passed on": "import second\nf = second\n" + PASTE.format("f.mask"),
}
FILES = {
    "helpers.py": HELPERS,
    "second.py": "import helpers\n\nmask = helpers.mask\n",
    "pkg/__init__.py": "",
    "pkg/mod.py": "from .deep import mask\n",
    "pkg/deep.py": "def mask(x):\n    return x > 0\n",
}


def folder_of(place, files):
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    return place


def entry(folder):
    record = grade(read_handin("s", [folder]), TASK)
    return record["exercises"]["relu_backward"] | {"problems": record["problems"]}


@pytest.mark.parametrize("form", FORMS)
def test_a_module_beside_the_solution(form, tmp_path):
    files = FILES | {"solution.py": FORMS[form]}
    found = entry(folder_of(tmp_path / "s", files))
    assert found["state"] == "right", found
    used = ("second", "another", "passed on", "import", "as", "from", "all", "late")
    assert "helpers.py: defines no exercise" not in found["problems"] or (
        form not in used
    )


def test_check_says_the_same(tmp_path):
    files = {"helpers.py": HELPERS.replace("import matplotlib", "import numpy as m#")}
    files["helpers.py"] = files["helpers.py"].replace("plt.plot(x)", "print(x)")
    folder = folder_of(tmp_path / "s", files | {"solution.py": FORMS["from"]})
    (plain,) = check_submission(read_submission(folder / "solution.py"))
    assert plain["passed"] and entry(folder)["state"] == "right"


@pytest.mark.parametrize(
    "helper, reason",
    [
        ("import torch\ndef mask(x):\n    return torch.relu(x)\n", "autograd"),
        ("from torch import *\ndef mask(x):\n    return relu(x)\n", "autograd"),
        ("import gan_numpy as g\ndef mask(x):\n    return g.x\n", "library"),
        ("def mask(x):\n    return eval('x > 0')\n", "uses eval"),
        ("def mask(x):\n    return (x + 1e-6 - x) / 1e-6\n", "difference quotient"),
        ("def mask(x):\n    return open('/etc/hosts')\n", "uses open"),
    ],
)
def test_shortcuts_are_seen_there_too(helper, reason, tmp_path):
    files = {"helpers.py": helper, "solution.py": FORMS["from"]}
    found = entry(folder_of(tmp_path / "s", files))
    assert found["state"] == "flagged" and reason in " ".join(found["reasons"])


def test_measuring_in_a_module_is_seen_while_it_runs(tmp_path):
    helper = """
def relu(x):
    return x * (x > 0)

def mask(x):
    steps = [x * 0 + 2.0 ** -k for k in (20, 21)]
    return (relu(x + steps[0]) - relu(x - steps[0])) / (steps[0] + steps[0])
"""
    files = {"helpers.py": helper, "solution.py": FORMS["import"]}
    found = entry(folder_of(tmp_path / "s", files))
    assert found["state"] == "flagged", found


def test_a_module_that_is_no_python(tmp_path):
    files = {"helpers.py": "def mask(x:\n", "solution.py": FORMS["from"]}
    found = entry(folder_of(tmp_path / "s", files))
    assert found["state"] == "unreadable" and "helpers.py" in found["reasons"][0]


def test_none_replaces_what_is_installed(tmp_path):
    """As on the student's machine: Python's own and NumPy come first."""
    fake = "def maximum(*a):\n    return 0\n"
    files = {"numpy.py": fake, "math.py": fake, "solution.py": hostile.RIGHT}
    assert entry(folder_of(tmp_path / "s", files))["state"] == "right"


def test_others_modules_are_out_of_reach(tmp_path):
    """Neither another student's file nor what lies outside the folder."""
    text = "from alice import mask\n" + PASTE.format("mask")
    folder_of(tmp_path, {"alice.py": FILES["pkg/deep.py"], "bob.py": text})
    handin = read_handin("bob", students(tmp_path)["bob"])
    assert grade(handin, TASK)["exercises"]["relu_backward"]["state"] == "flagged"
    inner = folder_of(tmp_path / "carol", {"solution.py": FORMS["from"]})
    (inner / "helpers.py").symlink_to(tmp_path / "alice.py")
    found = entry(inner)
    assert found["state"] == "flagged" and "link" in found["problems"][0]


def test_gradescope_and_nbgrader(tmp_path):
    files = FILES | {"solution.py": FORMS["package"]}
    root = tmp_path / "autograder"
    folder_of(root / "submission", files)
    about = {"name": "a", "points": {"relu_backward": 2.0}, "seed": 3}
    folder_of(root / "source", {"assignment.json": json.dumps(about)})
    gradescope.main(root)
    close_judges()
    told = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    assert told["score"] == 2
    beside = str(root / "submission")
    cells = [FORMS["another"]]
    assert answer_cells("relu_backward", cells, 0, 1, beside)["state"] == "right"
    assert answer_cells("relu_backward", cells, 0)["state"] == "flagged"


def test_a_record_changes_with_a_module():
    """What was graded before is graded again."""
    one = Handin("s", (("a.py", b"1"),), (), (("b.py", b"2"),))
    assert one.digest() != Handin("s", (("a.py", b"1"),), ()).digest()
