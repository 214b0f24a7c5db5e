"""``pytest solution.py`` and ``pytest lesson.ipynb``, as a student runs them."""

import json
import os
import sys
import xml.etree.ElementTree as ET

import pytest
from tests.programs import finished

SOLUTION = """\
import numpy as np
import a_package_that_is_not_there

HALF = 0.5


def relu_backward(dy, cache):
    print("printed by the student")
    return helper(dy, cache > 0)


def helper(dy, mask):
    return dy * mask * (2 * HALF)


def dense_backward(dy, cache):
    x, W = cache
    return dy @ W.T, x.T @ dy / len(x), dy.sum(axis=0)


def bce_logits(a, y):
    raise NotImplementedError("bce_logits")


def dropout_backward(dy, cache):
    while True:
        pass


def maxout_backward(dy, cache):
    x, W, winners, pieces = cache
    return dy @ x


def value(pd, pg, D, dx):
    exit()


raise SystemExit("a statement at top level must not run")
"""


def run_pytest(folder, *args):
    """Run pytest in a folder, in a process of its own."""
    done = finished(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args],
        cwd=folder,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    (folder / "solution.py").write_text(SOLUTION)
    options = ("--gan-timeout=1", "--gan-hints=3", "--junitxml=out.xml", "-v")
    code, text = run_pytest(folder, "solution.py", *options)
    return code, text, folder


def test_there_is_one_item_for_each_exercise(outcome):
    code, text, _ = outcome
    assert code == 1 and "collected 6 items" in text
    assert "solution.py::relu_backward PASSED" in text
    assert "4 failed, 1 passed, 1 not attempted" in text


def test_a_stub_is_not_attempted(outcome):
    assert "solution.py::bce_logits NOT ATTEMPTED" in outcome[1]


def test_the_diagnosis_is_shown_without_a_traceback_in_80_columns(outcome):
    text = outcome[1]
    assert "7 is N, the batch size" in text and "[scale: mean-twice]" in text
    assert "Traceback" not in text and "gan_numpy/" not in text
    body = text[text.index("FAILURES") : text.index("generated xml file")]
    assert max(map(len, body.split("\n")[:-1])) <= 80
    assert "hint 3: dx = dy W^T" in text


def test_loops_exits_and_exceptions_are_the_students_own(outcome):
    text = outcome[1]
    assert "no answer within 1 seconds: an endless loop?" in text
    assert "your code calls exit()" in text
    assert "solution.py, line 32: return dy @ x" in text


def test_junit_xml_holds_the_diagnosis_and_the_tags(outcome):
    root = ET.parse(outcome[2] / "out.xml").getroot()
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert len(cases) == 6 and cases["bce_logits"].find("skipped") is not None
    failure = cases["dense_backward"].find("failure")
    assert failure is not None and "mean-twice" in (failure.text or "")
    tags = cases["dense_backward"].find("properties/property")
    assert tags is not None and tags.get("value") == "mean-twice"


def test_k_and_node_ids_select(outcome):
    code, text = run_pytest(outcome[2], "solution.py", "-k", "relu or bce")
    assert code == 0 and "1 passed, 4 deselected, 1 not attempted" in text
    code, text = run_pytest(outcome[2], "solution.py::relu_backward")
    assert code == 0 and "1 passed" in text


def notebook(*cells):
    code = [{"cell_type": "code", "source": s.splitlines(True)} for s in cells]
    text = {"cell_type": "markdown", "source": ["# A lesson\n"]}
    return json.dumps({"cells": [text, *code], "nbformat": 4, "metadata": {}})


def test_of_a_notebook_only_exercises_and_imports_run(tmp_path):
    (tmp_path / "lesson.ipynb").write_text(
        notebook(
            "%matplotlib inline\nimport numpy as np\n",
            "def relu_backward(dy, cache):\n    return dy * (cache > 0)\n",
            "open('trained', 'w')\nwhile True:\n    pass\n",
            "def dense_backward(dy, cache):\n    return dy +\n",
            "def dropout_backward(dy, cache):\n    mask, keep = cache\n    1 / 0\n",
        )
    )
    code, text = run_pytest(tmp_path, "lesson.ipynb")
    assert code == 1 and "2 failed, 1 passed" in text
    assert not (tmp_path / "trained").exists()
    assert "SyntaxError: invalid syntax" in text
    assert "lesson.ipynb code cell 4, line 2: return dy +" in text
    assert "ZeroDivisionError: division by zero" in text
    assert "lesson.ipynb code cell 5, line 3: 1 / 0" in text


def test_what_is_no_notebook_is_told_in_a_line(tmp_path):
    (tmp_path / "lesson.ipynb").write_text("{}")
    code, text = run_pytest(tmp_path, "lesson.ipynb")
    assert code != 0 and "is not a notebook" in text and "Traceback" not in text


def test_ordinary_files_are_left_alone(tmp_path):
    (tmp_path / "test_mine.py").write_text(
        "import sys\n"
        "def value(pd, pg):\n    return 1\n"
        "def test_one():\n    assert value(1, 2) == 1\n"
        "    assert 'gan_numpy.exercises.base' not in sys.modules\n"
        "    assert 'numpy' not in sys.modules\n"
    )
    (tmp_path / "script.py").write_text("raise SystemExit('imported')\n")
    (tmp_path / "notes.ipynb").write_text("no notebook")
    code, text = run_pytest(tmp_path)
    assert code == 0 and "1 passed" in text
    code, text = run_pytest(tmp_path, "test_mine.py")
    assert code == 0 and "1 passed" in text, text


def test_a_solution_with_tests_of_its_own_runs_both(tmp_path):
    (tmp_path / "mine.py").write_text(
        "def relu_backward(dy, cache):\n    return dy * (cache > 0)\n"
        "def test_mine():\n    assert relu_backward(1, 1) == 1\n"
    )
    code, text = run_pytest(tmp_path, "mine.py", "-v")
    assert code == 0 and "1 passed" in text  # it is pytest's, and stays so
    code, text = run_pytest(tmp_path, "mine.py", "-v", "--gan-exercises")
    assert code == 0 and "2 passed" in text


def test_the_fixture_checks_a_layer_of_ones_own(tmp_path):
    (tmp_path / "test_layer.py").write_text(
        "import numpy as np\n"
        "def test_right(gradcheck):\n"
        "    assert gradcheck(np.tanh, lambda dy, x: dy / np.cosh(x)**2, np.ones(3))\n"
        "def test_wrong(gradcheck):\n"
        "    gradcheck(np.tanh, lambda dy, x: -dy / np.cosh(x)**2, np.ones(3))\n"
    )
    code, text = run_pytest(tmp_path, "test_layer.py", "--gan-hints=1")
    assert code == 1 and "1 failed, 1 passed" in text
    assert "its sign is wrong" in text and "hint 1" in text and "def test" not in text


def test_a_syntax_error_in_a_solution(tmp_path):
    (tmp_path / "solution.py").write_text("def relu_backward(dy, cache):\n  return (\n")
    code, text = run_pytest(tmp_path, "solution.py")
    assert code == 1 and "SyntaxError" in text and "solution.py, line 2" in text
    assert "Traceback" not in text


def test_a_name_that_is_local_to_an_exercise_runs_nothing(tmp_path):
    """``x`` in the function is not the ``x`` that a cell of the lesson trains."""
    (tmp_path / "solution.py").write_text(
        "import numpy as np\n"
        "x = print(1 / 0)\n"
        "slope = [mask for mask in 1 / 0]\n"
        "SCALE = 1\n"
        "def relu_backward(dy, cache):\n"
        "    x = cache\n"
        "    return (lambda mask: SCALE * dy * mask)(x > 0)\n"
    )
    code, text = run_pytest(tmp_path, "solution.py", "-v")
    assert code == 0 and "relu_backward PASSED" in text
