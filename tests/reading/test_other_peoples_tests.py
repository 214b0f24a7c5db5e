"""With the plugin, pytest does for other people's files what it does without.

A third of the cases in turn; ``GAN_NUMPY_FOREIGN=all`` takes all.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import entries
import foreign
import pytest

from tests.turns import share

STUB = '"""Write the functions, then: gan-numpy check FILE (or pytest FILE)."""\n'
RELU = "def relu_backward(dy, cache):\n    return dy * (cache > 0)\n"


def outcomes(folder, *arguments):
    """What each test came to, with the exit code."""
    report = folder / "report.xml"
    options = ("-p", "no:cacheprovider", "-p", "no:randomly", f"--junitxml={report}")
    done = entries.run(folder, "-m", "pytest", *options, *arguments)
    cases = ET.parse(report).getroot().iter("testcase") if report.exists() else []
    found = {}
    for case in cases:
        tags = [e.tag for e in case if e.tag not in ("properties", "system-out")]
        found[f"{case.get('classname')}::{case.get('name')}"] = (*tags, "passed")[0]
    report.unlink(missing_ok=True)
    return done.returncode, found, done.stdout + done.stderr


def lay_out(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize("name", share(foreign.CASES, 3, "GAN_NUMPY_FOREIGN"))
def test_as_without_the_plugin(name, tmp_path):
    files, arguments = foreign.CASES[name]
    lay_out(tmp_path, files)
    code, found, text = outcomes(tmp_path, *arguments)
    without, expected, _ = outcomes(tmp_path, "-p", "no:gan_numpy", *arguments)
    assert (code, found) == (without, expected), text
    assert expected or name == "helper-alone"


def test_a_marked_file_and_one_named_by_a_switch_have_both(tmp_path):
    unit = foreign.UNIT.replace("return dy\n", "return dy * (cache > 0)\n")
    lay_out(tmp_path, {"test_marked.py": STUB + unit, "test_plain.py": unit})
    _, found, _ = outcomes(tmp_path, "test_marked.py", "test_plain.py")
    assert {k.split("::")[1] for k in found} == {"relu_backward", "test_it"}
    assert len(found) == 3 and set(found.values()) == {"passed"}
    _, found, _ = outcomes(tmp_path, "--gan-exercises", "test_plain.py")
    assert sorted(k.split("::")[1] for k in found) == ["relu_backward", "test_it"]


def test_notebooks_without_exercises_are_reported(tmp_path):
    cells = [{"cell_type": "code", "source": "x = 1"}]
    text = json.dumps({"cells": cells, "nbformat": 4})
    lay_out(tmp_path, {"a.ipynb": text, "b.ipynb": text.replace("x = 1", "y = 2")})
    lay_out(tmp_path, {"c.ipynb": text.replace("x = 1", json.dumps(RELU)[1:-1])})
    code, found, said = outcomes(tmp_path, "a.ipynb", "b.ipynb", "c.ipynb")
    assert code == 0 and list(found.values()) == ["passed"]
    assert "a.ipynb: no exercises" in said and "b.ipynb: no exercises" in said
    code, _, said = outcomes(tmp_path, "a.ipynb")
    assert code == 5 and "a.ipynb: no exercises" in said


def test_a_file_that_might_be_ours_is_said_to_be_left_alone(tmp_path):
    lay_out(tmp_path, {"tools.py": "def value(x):\n    return x\n"})
    code, found, said = outcomes(tmp_path, "tools.py")
    assert code == 5 and not found
    assert "tools.py: value not checked; --gan-exercises checks them" in said


def test_coverage_sees_solutions(tmp_path):
    source = RELU + "def unused():\n    return 1\n"
    lay_out(tmp_path, {"solution.py": source})
    code, _, said = outcomes(
        tmp_path, "solution.py", "--cov=.", "--cov-report=term-missing", "--cov-branch"
    )
    assert code == 0
    line = next(s for s in said.split("\n") if re.match(r"solution\.py +\d", s))
    # What no exercise needs has not run, and is shown so.
    assert line.split()[1:3] == ["4", "2"] and line.split()[-1] == "3-4"


def test_modules_of_the_users_own_do_not_replace_pythons(tmp_path):
    traps = "json random copy typing numpy types queue ast tokenize symtable".split()
    lay_out(tmp_path, {f"{name}.py": "raise SystemExit('mine')" for name in traps})
    lay_out(tmp_path, {"utils.py": "import random\nHALF = 0.5\n"})
    source = "import numpy as np\nfrom utils import HALF\n" + RELU
    lay_out(tmp_path, {"solution.py": source.replace("dy *", "2 * HALF * dy *")})
    console = entries.console(tmp_path, "pytest", "-p", "no:cacheprovider", "-q")
    assert "1 passed" in console("solution.py")
    assert "1 right" in entries.console(tmp_path, "gan-numpy", "check")("solution.py")
