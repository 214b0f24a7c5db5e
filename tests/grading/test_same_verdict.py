"""A mistake has the same name and line in the notebook, by check, pytest and graders.

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
from gan_numpy.exercises.reading.define import remember
from gan_numpy.exercises.reading.submission import read_submission
from gan_numpy.exercises.running import check_submission
from gan_numpy.exercises.stubs import HEADER
from gan_numpy.grading.assignment import Assignment
from gan_numpy.grading.cell import answer_cells
from gan_numpy.gradcheck.result import CheckResult, Finding
from gan_numpy.grading.explaining import add_explanation
from gan_numpy.grading.gradescope import results
from gan_numpy.grading.grader import Task, grade
from gan_numpy.grading.sandbox import Limits
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


def lines_in(says):
    """The lines that a text points at: those of ``at solution.py, line 12: ...``."""
    return {int(k) for k in re.findall(r" at \S+, line (\d+)", " ".join(says.split()))}


@pytest.fixture(scope="module")
def by_pytest(tmp_path_factory):
    """(names, text) that one run of pytest gives to each of them, by folder."""
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
        int(Path(case.get("file")).parent.name): (
            " ".join(p.get("value") for p in case.iter("property")),
            case.find("failure").text,
        )
        for case in ET.parse(report).getroot().iter("testcase")
        if case.find("failure") is not None
    }


@pytest.mark.parametrize("number", range(len(MUTANTS)), ids=IDS)
def test_a_mutant_has_one_name_and_one_line(number, by_pytest, tmp_path):
    exercise, change = MUTANTS[number]
    text, wanted = text_of(exercise, change), " ".join(change.tags)
    path = tmp_path / "solution.py"
    path.write_text(text, encoding="utf-8")
    space = {}
    remember("cell", text)
    exec(compile(text, "cell", "exec"), space)
    result = check(space[exercise.name])
    found, at = {"notebook": " ".join(result.tags)}, {"notebook": str(result)}
    (plain,) = [
        p
        for p in check_submission(read_submission(path))
        if p["title"] == exercise.name
    ]
    found["check"], at["check"] = " ".join(plain["tags"]), plain["texts"][0]
    found["pytest"], at["pytest"] = by_pytest.get(number, (None, ""))
    cell = answer_cells(exercise.name, [text], seed=0)
    assert cell["state"] == "wrong"
    found["nbgrader"], at["nbgrader"] = " ".join(named_in(cell["says"])), cell["says"]
    handin = Handin("student", (("solution.py", text.encode()),), ())
    task = Task((exercise.name,), weak=True)
    record = grade(handin, task)
    graded = record["exercises"][exercise.name]
    found["grade"], at["grade"] = " ".join(graded["tags"]), graded["texts"][0]
    (test,) = results(record, Assignment("a", {exercise.name: 2.0}, 0))["tests"]
    assert test["status"] == "failed" and test["score"] == 0
    at["gradescope"] = test["output"]
    order = {k: set(v.split()) if v is not None else v for k, v in found.items()}
    assert order == dict.fromkeys(found, set(wanted.split())), found
    # A busy machine may end a search before the line is found, never with another one.
    lines = {frozenset(lines_in(says)) for says in at.values()} - {frozenset()}
    assert len(lines) <= 1, at


def test_the_grader_says_the_line():
    exercise = all_exercises()["dense_backward"]
    (change,) = [m for m in exercise.mutants if m.new == "dy"]
    text = text_of(exercise, change)
    handin = Handin("student", (("solution.py", text.encode()),), ())
    limits = Limits(seconds=60)  # the machine may be busy
    record = grade(handin, Task((exercise.name,), limits=limits, weak=True))
    graded = record["exercises"][exercise.name]
    line = 1 + text.splitlines().index("    db = dy")
    assert [p["line"] for p in graded["findings"][0]["places"]] == [line]
    assert graded["state"] == "wrong" and "`np.sum(dy, axis=0)`" in graded["texts"][4]


@pytest.mark.parametrize(
    "found",
    [
        None,
        {"places": 3},
        {"places": [["x"]], "so_far": "", "tags": []},
        {"places": [["f", "NaN", ""]], "so_far": "", "tags": []},
        {
            "places": [["f", 1, ""]],
            "so_far": "",
            "tags": [],
            "repair": {"tag": "full marks", "depends": "", "change": ""},
        },
    ],
)
def test_what_is_no_explanation_changes_nothing(found):
    result = CheckResult("f", [Finding("scale", ("sign",), ("dx",), "a sign")])
    before = result.as_dict()
    add_explanation(result, found)
    assert result.as_dict() == before


def test_an_explanation_makes_nothing_right():
    result = CheckResult("f", [Finding("scale", ("sign",), ("dx",), "a sign")])
    repair = {"tag": "sign", "depends": "", "change": "x" * 1000}
    places = [["\x1b[2Jf.py", 3, "dx = dy"]] * 9
    found = {"places": places, "so_far": "", "tags": ["sign"], "repair": repair}
    add_explanation(result, found)
    assert not result.passed and result.tags == ("sign",)
    assert len(result.findings[0].places) <= 3 and len(result.repair.change) <= 300


def _part(tag, names, line):
    about = {"tag": tag, "depends": f"on {line}", "change": f"change {line}"}
    return about | {"names": names, "places": [["f.py", line, "text"]]}


def test_an_explanation_of_two_mistakes_says_which_array_has_which():
    open_ones = ("not recognized", ("not-recognized",))
    result = CheckResult("f", [Finding(*open_ones, ("dx", "dW"), "not recognized")])
    parts = [_part("sign", ["dW"], 3), _part("term-missing", ["dx"], 5)]
    found = {"places": [["f.py", 3, ""]], "so_far": "", "tags": ["sign"]}
    add_explanation(result, {**found, "repair": parts[0], "parts": parts})
    said = {(f.names, f.tags, f.places[0].line) for f in result.findings}
    assert said == {(("dW",), ("sign",), 3), (("dx",), ("term-missing",), 5)}
    assert "change 3" in result.repair.change and "change 5" in result.repair.change


def test_an_explanation_of_two_mistakes_makes_nothing_right():
    result = CheckResult("f", [Finding("scale", ("sign",), ("dx",), "a sign")])
    parts = [_part("sign", ["nothing"], 3), _part("sign", [], 4)]
    found = {"places": [["f.py", 3, ""]], "so_far": "", "tags": []}
    add_explanation(result, {**found, "repair": parts[0], "parts": parts})
    assert not result.passed and result.tags == ("sign",)
