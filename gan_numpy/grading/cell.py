r"""The hidden test of an nbgrader notebook: the cells so far, graded elsewhere.

nbgrader runs tests in the kernel of the submission, where a student may have patched
anything. So this test takes the source of the cells that have run and hands it to a
process of its own, which grades it as ``gan-numpy grade`` does; a patched NumPy changes
nothing there. (Who patches this module as well is found by ``gan-numpy grade`` on
nbgrader's ``submitted`` folder: it runs nothing of a submission in its own process.)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def check_cells(name: str, cells: Sequence[str], seed: int = 0) -> None:
    """Check an exercise from the source of the cells that have been run.

    Parameters
    ----------
    name : str
        The exercise.
    cells : sequence of str
        IPython's ``In``.
    seed : int
        Of the inputs.

    Raises
    ------
    AssertionError
        If it is not right; the diagnosis is printed.
    """
    question = {"name": name, "cells": list(map(str, cells)), "seed": seed}
    done = subprocess.run(
        [sys.executable, "-c", "from gan_numpy.grading.cell import main; main()"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        cwd=HOME,  # nothing that was handed in is imported by its name
        env={**os.environ, "PYTHONPATH": _paths()},
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        reason = done.stderr.strip().split("\n")[-1]
        raise AssertionError(f"{name} could not be graded: {reason}") from None
    if answer["state"] != "right":
        print(f"{answer['title']}: {answer['state']}\n{answer['says']}")
        raise AssertionError(f"{name}: {answer['state']}")


def _paths() -> str:
    """Where this package is, then what was there before."""
    before = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join([HOME, *filter(os.path.isabs, before)])


def main() -> None:
    """Answer one question, in a process where nothing of the student's has run."""
    from gan_numpy.exercises.registry import get_exercise
    from gan_numpy.exercises.running import shown
    from gan_numpy.grading.grader import Task, grade
    from gan_numpy.grading.notebooks import cell, notebook
    from gan_numpy.grading.report import reasons, state_of
    from gan_numpy.grading.submissions import Handin

    question = json.load(sys.stdin)
    name = question["name"]
    code = [cell("code", s, f"in-{k}") for k, s in enumerate(question["cells"])]
    files = (("notebook.ipynb", notebook(code).encode()),)
    task = Task((name,), question["seed"], weak=True)  # the kernel is open anyway
    record = grade(Handin(name, files, ()), task)
    if "failed" in record:
        sys.exit(record["failed"])
    entry = record["exercises"][name]
    says = shown(entry, 1) if "texts" in entry else "\n".join(reasons(record))
    answer = {"title": get_exercise(name).title, "state": state_of(record, name)}
    print(json.dumps({**answer, "says": says}))


if __name__ == "__main__":
    main()
