r"""From records to grades: points, reasons, ``grades.csv`` and ``grades.json``.

Points are given here and not while grading, so that they can be changed without
running anything again.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gan_numpy.exercises.registry import NAMES, get_exercise
from gan_numpy.files import write_text
from gan_numpy.grading.course import load_records
from gan_numpy.grading.texts import line
from gan_numpy.grading.grader import (
    FLAGGED,
    MISSING,
    RIGHT,
    STUB,
    UNREADABLE,
    WRONG,
    one_line,
)

WALLS, FAILED = "sandbox", "not graded"


@dataclass(frozen=True)
class Row:
    """One student in the table of grades.

    Attributes
    ----------
    student : str
    points : dict
        Exercise to points.
    reasons : list of str
        Why points are missing.
    graded : bool
        False if the grader failed: there are no points, not even none.
    """

    student: str
    points: dict[str, float]
    reasons: list[str]
    graded: bool = True

    @property
    def total(self) -> float:
        """The sum of the points."""
        return sum(self.points.values())


@dataclass
class Grades:
    """The table of grades.

    Attributes
    ----------
    exercises : dict
        Name to the points that it is worth, in the order of the lessons.
    questions : dict
        The same for the lessons' questions; empty where they do not count.
    rows : list of Row
    missing : list of str
        What the sandbox could not do on the machine that graded.
    """

    exercises: dict[str, float]
    rows: list[Row] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    questions: dict[str, float] = field(default_factory=dict)

    @property
    def parts(self) -> dict[str, float]:
        """All that counts."""
        return self.exercises | self.questions

    @property
    def possible(self) -> float:
        """The most points that can be had."""
        return sum(self.parts.values())

    @property
    def graded(self) -> list[Row]:
        """Those who have points, be it none."""
        return [row for row in self.rows if row.graded]

    @property
    def failures(self) -> list[str]:
        """Why others have none: the grader's reasons, not theirs."""
        return [row.reasons[0] for row in self.rows if not row.graded]


def worth(name: str, points: Mapping[str, float]) -> float:
    """What an exercise is worth: as the instructor says, or as it is defined."""
    return float(points.get(name, get_exercise(name).points))


def questions_of(exercises: Iterable[str]) -> list[str]:
    """The questions of the lessons from which exercises are."""
    from gan_numpy.lesson.bank import QUESTIONS

    lessons = {get_exercise(name).lesson for name in exercises}
    return [name for name in QUESTIONS if name[:2] in lessons]


def share_of(entry: Mapping[str, Any], partial: bool) -> float:
    """What share of an exercise's points is earned.

    Parameters
    ----------
    entry : dict
        Of one exercise in a record.
    partial : bool
        Whether a part that is right counts where another is wrong: dx and db, where
        dW is transposed. A fault of the function as a whole costs all of it.
    """
    if entry["state"] == RIGHT:
        return 1.0
    findings = entry.get("findings", [])
    if not partial or entry["state"] != WRONG or not all(f["names"] for f in findings):
        return 0.0
    wrong = {name for finding in findings for name in finding["names"]}
    right = set(entry["right"]) - wrong
    return len(right) / len(right | wrong) if wrong else 0.0


def grades_of(
    out: Path,
    exercises: Iterable[str],
    points: Mapping[str, float],
    partial: bool = False,
    question: float = 0.0,
) -> Grades:
    """The grades of all records; without exercises, of every one that was found.

    With `partial`, an exercise of which a part is right earns its share. Each question
    of the lessons from which the exercises are is worth `question` points.
    """
    wanted = set(exercises)
    if not wanted:
        wanted = {name for r in load_records(out) for name in r["exercises"]}
    grades = Grades({n: worth(n, points) for n in NAMES if n in wanted})
    if question:
        grades.questions = dict.fromkeys(questions_of(grades.exercises), question)
    for record in load_records(out):
        if "failed" in record:
            reason = f"{FAILED}: {record['failed']}"
            grades.rows.append(Row(record["student"], {}, [reason], graded=False))
            continue
        earned = {
            name: round(value * share_of(entry_of(record, name), partial), 3)
            for name, value in grades.parts.items()
        }
        why = [*reasons(record), *unanswered(record, grades.questions)]
        grades.rows.append(Row(record["student"], earned, why))
        grades.missing += [m for m in record["missing"] if m not in grades.missing]
    return grades


def entry_of(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What a record has of an exercise or a question, which may be nothing."""
    known = {**record.get("questions", {}), **record["exercises"]}
    entry: dict[str, Any] = known.get(name, {"state": MISSING})
    return entry


def state_of(record: Mapping[str, Any], name: str) -> str:
    """ "right", "wrong", ...; "missing" if there is nothing of it."""
    state: str = entry_of(record, name)["state"]
    return state


def reasons(record: Mapping[str, Any]) -> list[str]:
    """Why points are missing, in a few words for each exercise."""
    found = list(record["problems"])
    for name, entry in record["exercises"].items():
        state = entry["state"]
        if state in (FLAGGED, UNREADABLE):
            found.append(f"{name}: {one_line('; '.join(entry['reasons']))}")
        elif state in (MISSING, STUB):
            found.append(f"{name}: {state}")
        elif state != RIGHT:
            found.append(f"{name}: {in_short(entry)}")
    return found


def unanswered(record: Mapping[str, Any], questions: Iterable[str]) -> list[str]:
    """Which questions are not right; what is said of them is in the feedback."""
    states = {name: state_of(record, name) for name in questions}
    return [f"{name}: {state}" for name, state in states.items() if state != RIGHT]


def in_short(entry: Mapping[str, Any]) -> str:
    """What went wrong with an exercise, or the names of the mistakes in it."""
    errors = [f["says"] for f in entry["findings"] if f["verdict"] == "error"]
    return one_line(errors[0])[:200] if errors else ", ".join(entry["tags"])


def write_grades(out: Path, grades: Grades) -> None:
    """Write ``grades.csv`` and ``grades.json``."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["student", "points", "possible", *grades.parts, "remarks"])
    for row in grades.rows:
        scores = [number(row.points[n]) if row.graded else "" for n in grades.parts]
        remarks = as_text(line("; ".join(row.reasons)))
        total = number(row.total) if row.graded else ""
        about = [as_text(line(row.student)), total, number(grades.possible)]
        table.writerow([*about, *scores, remarks])
    write_text(out / "grades.csv", file.getvalue())
    whole = {
        "exercises": grades.exercises,
        "questions": grades.questions,
        "possible": grades.possible,
        WALLS: grades.missing,
        "students": [
            {
                "student": line(row.student),
                "points": row.total if row.graded else None,
                "exercises": row.points,
                "remarks": [line(r) for r in row.reasons],
            }
            for row in grades.rows
        ],
    }
    write_text(out / "grades.json", json.dumps(whole, indent=1) + "\n")


def number(value: float) -> str:
    """2, 0.5: no more digits than it needs."""
    return f"{value:g}"


def as_text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
