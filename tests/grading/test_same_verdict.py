"""A mistake has the same name in the notebook, by check, pytest, nbgrader and grade.

A sample of the mutants; ``GAN_NUMPY_VERDICT_EVERY=1`` takes them all.
"""

import os
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from gan_numpy.exercises import all_exercises, check
from gan_numpy.exercises.algorithm1 import _move
from gan_numpy.exercises.base import source_of, split_source
from gan_numpy.exercises.reading.submission import read_submission
from gan_numpy.exercises.running import check_submission
from gan_numpy.exercises.stubs import HEADER
from gan_numpy.grading.assignment import Assignment
from gan_numpy.grading.cell import answer_cells
from gan_numpy.grading.gradescope import results
from gan_numpy.grading.grader import Task, grade
from gan_numpy.grading.submissions import Handin
from tests.programs import finished

EVERY = int(os.environ.get("GAN_NUMPY_VERDICT_EVERY", "53"))
MUTANTS = [(e, m) for e in all_exercises().values() for m in e.mutants][::EVERY]
IDS = [f"{e.name}-{'+'.join(m.tags)}-{k}" for k, (e, m) in enumerate(MUTANTS)]


def text_of(exercise, change):
    """A file with what is given and the mutant, as a student hands it in."""
    head, body = split_source(exercise.reference)
    wrong = head + body.replace(change.old, change.new)
    helper = source_of(_move) if "_move" in wrong else ""
    given = [source_of(f) for f in exercise.given]
    return "\n\n".join([HEADER, *given, helper, wrong])


def named_in(says):
    """The names in a text: those of ``[scale: sign, mean-missing]``."""
    lists = re.findall(r"\[[a-z -]+: ([a-z0-9, -]+)\]", " ".join(says.split()))
    return [tag for tags in lists for tag in tags.split(", ")]


@pytest.fixture(scope="module")
def by_pytest(tmp_path_factory):
    """The names that one run of pytest gives to all of them, by folder."""
    folder = tmp_path_factory.mktemp("verdicts")
    paths = []
    for k, (exercise, change) in enumerate(MUTANTS):
        (folder / str(k)).mkdir()
        paths.append(folder / str(k) / "solution.py")
        paths[-1].write_text(text_of(exercise, change), encoding="utf-8")
    report = folder / "report.xml"
    options = [f"--junitxml={report}", f"--rootdir={folder}", "-q"]
    options += ["-p", "no:cacheprovider", "-o", "junit_family=xunit1"]
    command = [sys.executable, "-m", "pytest", *options, *map(str, paths)]
    environment = {**os.environ, "PYTEST_ADDOPTS": ""}
    finished(command, cwd=folder, env=environment)
    return {
        int(Path(case.get("file")).parent.name): " ".join(
            p.get("value") for p in case.iter("property")
        )
        for case in ET.parse(report).getroot().iter("testcase")
        if case.find("failure") is not None
    }


@pytest.mark.parametrize("number", range(len(MUTANTS)), ids=IDS)
def test_a_mutant_has_one_name(number, by_pytest, tmp_path):
    exercise, change = MUTANTS[number]
    text, wanted = text_of(exercise, change), " ".join(change.tags)
    path = tmp_path / "solution.py"
    path.write_text(text, encoding="utf-8")
    space = {}
    exec(compile(text, "cell", "exec"), space)
    found = {"notebook": " ".join(check(space[exercise.name]).tags)}
    (plain,) = [
        p
        for p in check_submission(read_submission(path))
        if p["title"] == exercise.name
    ]
    found["check"] = " ".join(plain["tags"])
    found["pytest"] = by_pytest.get(number)
    cell = answer_cells(exercise.name, [text], seed=0)
    assert cell["state"] == "wrong"
    found["nbgrader"] = " ".join(named_in(cell["says"]))
    handin = Handin("student", (("solution.py", text.encode()),), ())
    task = Task((exercise.name,), weak=True)
    record = grade(handin, task)
    found["grade"] = " ".join(record["exercises"][exercise.name]["tags"])
    (test,) = results(record, Assignment("a", {exercise.name: 2.0}, 0))["tests"]
    assert test["status"] == "failed" and test["score"] == 0
    order = {k: set(v.split()) if v is not None else v for k, v in found.items()}
    assert order == dict.fromkeys(found, set(wanted.split())), found
