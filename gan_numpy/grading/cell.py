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
from pathlib import Path
from typing import Any

from gan_numpy.exercises.launch import command


def check_cells(name: str, cells: Sequence[str], seed: int = 0, hints: int = 1) -> None:
    """Check an exercise from the source of the cells that have been run.

    Parameters
    ----------
    name : str
        The exercise.
    cells : sequence of str
        IPython's ``In``.
    seed : int
        Of the inputs.
    hints : int
        How many stages of hints are printed.

    Raises
    ------
    AssertionError
        If it is not right; the diagnosis is printed.
    """
    source = list(map(str, cells))
    question: dict[str, Any] = {
        "name": name,
        "cells": source,
        "seed": seed,
        "hints": hints,
    }
    question["folder"] = os.getcwd()  # where the kernel imports from
    done = subprocess.run(
        command("gan_numpy.grading.cell"),
        input=json.dumps(question),
        capture_output=True,
        text=True,
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        reason = done.stderr.strip().split("\n")[-1]
        raise AssertionError(f"{name} could not be graded: {reason}") from None
    if answer["state"] != "right":
        print(f"{answer['title']}: {answer['state']}\n{answer['says']}")
        raise AssertionError(f"{name}: {answer['state']}")


def answer_cells(
    name: str, cells: Sequence[str], seed: int, hints: int = 1, folder: str = ""
) -> dict[str, Any]:
    """What `check_cells` is told: the title, the state, the diagnosis.

    The cells may import the student's modules in ``folder``.
    """
    from gan_numpy.exercises.answers import shown
    from gan_numpy.exercises.registry import get_exercise
    from gan_numpy.grading.grader import Task, grade
    from gan_numpy.grading.notebooks import cell, notebook
    from gan_numpy.grading.report import reasons, state_of
    from gan_numpy.grading.submissions import Handin, read_handin

    code = [cell("code", s, f"in-{k}") for k, s in enumerate(cells)]
    files = (("notebook.ipynb", notebook(code).encode()),)
    task = Task((name,), seed, weak=True)  # the kernel is open anyway
    modules = read_handin(name, [Path(folder)]).files if folder else ()
    record = grade(Handin(name, files, (), modules), task)
    if "failed" in record:
        return {"failed": record["failed"]}
    entry = record["exercises"][name]
    says = shown(entry, hints) if "texts" in entry else "\n".join(reasons(record))
    title, state = get_exercise(name).title, state_of(record, name)
    return {"title": title, "state": state, "says": says}


def main() -> None:
    """Answer one question, in a process where nothing of the student's has run."""
    question = json.load(sys.stdin)
    answer = answer_cells(**question)
    if "failed" in answer:
        sys.exit(answer["failed"])
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
