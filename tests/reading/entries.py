r"""The ways in: each takes a wrapping laid out in a folder, and returns its verdict."""

from __future__ import annotations

import argparse
import json
import os
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from gan_numpy.cli.check import check_files
from gan_numpy.errors import UserError
from gan_numpy.grading.assignment import Assignment
from gan_numpy.grading.cell import answer_cells
from gan_numpy.grading.gradescope import results
from gan_numpy.grading.grader import Task, grade
from gan_numpy.grading.submissions import read_handin
from tests.programs import finished
from wrappings import RIGHT, STUB, WRONG

NONE = "no such exercise"
NOTEBOOK = Path(__file__).with_name("in_a_kernel.py")


def lay_out(wrapping, folder):
    """Write the file and what lies beside it; the path of the file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in wrapping.beside.items():
        (folder / name).write_text(text)
    path = folder / wrapping.filename
    path.write_bytes(wrapping.content)
    return path


def named(tags):
    """Wrong as it was made wrong, not for any other reason."""
    masks = {"mask-inverted", "mask-missing"}
    return WRONG if masks & set(tags) else f"wrong, but {tags}"


def verdict_of(plain):
    if not plain["attempted"]:
        return STUB
    if plain["passed"]:
        return RIGHT
    return named(plain["tags"])


def run(folder, *command):
    """A command in a folder, in a process of its own."""
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "PYTHONUTF8": "1"}
    return finished([sys.executable, *command], cwd=folder, env=environment)


def by_check(wrapping, folder):
    path = lay_out(wrapping, folder)
    args = argparse.Namespace(files=[path], json=True, hints=0, timeout=20.0)
    try:
        found = {e["title"]: e for e in check_files(args)}
    except UserError as error:
        return f"{NONE}: {error}"
    return verdict_of(found[wrapping.exercise])


def by_pytest(wrappings, folder):
    """All of them in one run: the verdicts by name."""
    paths = [lay_out(w, folder / w.name) for w in wrappings]
    report = folder / "report.xml"
    options = ("-p", "no:cacheprovider", "-q", f"--junitxml={report}")
    options += (f"--rootdir={folder}", "-o", "junit_family=xunit1")
    done = run(folder, "-m", "pytest", *options, *paths)
    found = {}
    for case in ET.parse(report).getroot().iter("testcase"):
        name = Path(case.get("file")).parent.name
        tags = [p.get("value", "").split() for p in case.iter("property")]
        found[name, case.get("name")] = (
            named(sum(tags, []))
            if case.find("failure") is not None
            else STUB if case.find("skipped") is not None else RIGHT
        )
    return {
        w.name: found.get((w.name, w.exercise), f"{NONE}: {done.stdout[-300:]}")
        for w in wrappings
    }


def by_notebook(wrappings, folder):
    """Run the cells in IPython, then check: the verdicts, and ``In``, by name."""
    asked = [[str(lay_out(w, folder / w.name)), w.name, w.exercise] for w in wrappings]
    (folder / "asked.json").write_text(json.dumps(asked))
    done = run(folder, NOTEBOOK, folder / "asked.json", folder / "answered.json")
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "answered.json").read_text())


def by_nbgrader(wrapping, cells):
    """What the hidden test says of these cells."""
    return answer_cells(wrapping.exercise, cells, seed=0)["state"]


def by_grade(wrapping, folder):
    """The verdict of a grade, and the first line of what Gradescope is told."""
    path = lay_out(wrapping, folder)
    handin = read_handin("student", sorted(path.parent.iterdir()))
    record = grade(handin, Task((wrapping.exercise,), weak=True))
    assignment = Assignment("a", {wrapping.exercise: 2.0}, 0)
    (test,) = results(record, assignment)["tests"]
    assert (test["score"] == 2.0) == (test["status"] == "passed")
    entry = record["exercises"][wrapping.exercise]
    state = named(entry["tags"]) if entry["state"] == WRONG else entry["state"]
    if state not in (RIGHT, WRONG, STUB):
        state = f"{state}: {entry['reasons']} {record['problems']}"
    return state, test["output"].split("\n")[0]


def console(folder, name, *arguments):
    """A console script as a person calls it in a folder: what it prints."""

    def call(*more):
        script = Path(sys.executable).with_name(name)
        done = finished([script, *arguments, *more], cwd=folder)
        return done.stdout + done.stderr

    return call
