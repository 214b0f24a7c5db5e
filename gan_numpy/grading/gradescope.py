r"""Gradescope's autograder: ``python -m gan_numpy.grading.gradescope /autograder``.

Reads ``submission/``, writes ``results/results.json`` before the first exercise and
after each, so that there is a valid result whatever happens later.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from gan_numpy.exercises.registry import NAMES, get_exercise
from gan_numpy.exercises.answers import shown
from gan_numpy.files import make_directory, write_text
from gan_numpy.grading.assignment import Assignment, load_assignment
from gan_numpy.grading.grader import RIGHT, STUB, Task, one_line
from gan_numpy.grading.judge import grade_apart
from gan_numpy.grading.texts import plain
from gan_numpy.grading.sandbox import Limits
from gan_numpy.grading.submissions import read_handin

LIMITS = Limits(total=400)  # Gradescope ends after ten minutes


def results(record: dict[str, Any], assignment: Assignment) -> dict[str, Any]:
    """Gradescope's ``results.json`` for a record, which need not be complete."""
    tests, total = [], 0.0
    for name, points in assignment.points.items():
        entry = record["exercises"].get(name, {"state": "not graded", "reasons": []})
        right = entry["state"] == RIGHT
        hints = min(1, assignment.hints)
        says = shown(entry, hints) if "texts" in entry else "; ".join(entry["reasons"])
        score = points if right else 0.0
        total += score
        tests.append(
            {
                "name": get_exercise(name).title,
                "score": score,
                "max_score": points,
                "status": "passed" if right else "failed",
                "output": plain(f"{entry['state']}\n{says}".strip()),
                "visibility": "visible",
            }
        )
    problems = "\n".join(one_line(p) for p in record["problems"])
    untried = sum(e["state"] == STUB for e in record["exercises"].values())
    if untried:
        problems += f"\n{untried} not attempted"
    return {
        "score": total,
        "output": plain(problems.strip()),
        "visibility": "visible",
        "tests": tests,
    }


def submitter(root: Path) -> str:
    """The e-mail address of who has submitted, which decides the variant."""
    try:
        about = json.loads((root / "submission_metadata.json").read_bytes())
        return str(about["users"][0]["email"]).lower()
    except (OSError, ValueError, LookupError, TypeError) as error:
        says = f"submission_metadata.json names no submitter ({error})"
        sys.exit(f"not graded: {says}")


def main(root: Path) -> None:
    """Grade what is in ``root/submission``."""
    assignment = load_assignment(root / "source" / "assignment.json")
    make_directory(root / "results")

    def write(record: dict[str, Any]) -> None:
        text = json.dumps(results(record, assignment), indent=1)
        write_text(root / "results" / "results.json", text + "\n")

    write({"exercises": {}, "problems": []})
    folder = root / "submission"
    student = submitter(root) if assignment.variants else "submission"
    handin = read_handin(student, [folder] if folder.is_dir() else [])
    names = tuple(n for n in NAMES if n in assignment.points)
    hide = (str(root / "source"), str(root / "results"), str(folder))
    # Gradescope's container holds one submission, and is thrown away.
    secret = assignment.variants
    task = Task(
        names, assignment.seed, limits=LIMITS, hide=hide, weak=True, variants=secret
    )
    record = grade_apart(handin, task, write)
    if "failed" in record:
        (root / "results" / "results.json").unlink()  # no score: somebody must look
        sys.exit(f"not graded: {record['failed']}")
    write(record)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/autograder"))
