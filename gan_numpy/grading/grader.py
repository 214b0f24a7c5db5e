r"""Grading the work of one student: from bytes to a record of plain data."""

from __future__ import annotations

import atexit
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from gan_numpy import __version__
from gan_numpy.exercises.base import Exercise
from gan_numpy.exercises.reading.ipython import NEEDED, is_installed
from gan_numpy.exercises.reading.submission import is_notebook
from gan_numpy.exercises.registry import NAMES, get_exercise
from gan_numpy.exercises.variants import exercise_of
from gan_numpy.exercises.answers import answer
from gan_numpy.gradcheck.calls import NotAttempted, StudentError, run_elsewhere
from gan_numpy.gradcheck.result import CheckResult, Finding
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits as SearchLimits
from gan_numpy.grading.forbidden import ALLOWED
from gan_numpy.grading.fingerprints import given_fingerprints
from gan_numpy.grading.lines import Wrong, functions_of, say_line
from gan_numpy.grading.pairs import unusual
from gan_numpy.grading.questions import RIGHT, STUB, WRONG, add_answers
from gan_numpy.grading.sandbox import Limits
from gan_numpy.grading.nursery import NotGraded, Nursery
from gan_numpy.grading.session import Clock, Session
from gan_numpy.grading.submissions import Handin
from gan_numpy.grading.texts import all_plain, plain

FLAGGED, MISSING, UNREADABLE = "flagged", "missing", "unreadable"
NO_EXERCISE = "defines no exercise"
ENDED = ("timeout", "crash", "memory", "answer")
Listener = Callable[[dict[str, Any]], None]
REFUSED = (
    "name spaces are missing here ({}): other submissions, the network and /tmp are"
    " not out of reach; grade in a container that has them, or go on with"
    " --weak-sandbox"
)
BUSY = threading.Lock()  # standard output and warnings are one for all threads


class Refused(Exception):
    """Walls are missing, and nobody said that it is to go on."""


@dataclass(frozen=True)
class Task:
    """What is graded, and how.

    Attributes
    ----------
    exercises : tuple of str
        Their names; those that a file defines, if empty.
    seed : int
        Of the inputs, which the students do not know.
    allowed : tuple of str
        Modules that may be imported.
    limits : Limits
    hide : tuple of str
        Folders that a submission must not see.
    differences : bool
        A gradient that is measured by differences has points, too.
    weak : bool
        Go on where the system has no name spaces.
    variants : str
        The secret from which each student's variants follow; empty if there are none.
    """

    exercises: tuple[str, ...] = ()
    seed: int = 0
    allowed: tuple[str, ...] = ALLOWED
    limits: Limits = field(default_factory=Limits)
    hide: tuple[str, ...] = ()
    differences: bool = False
    weak: bool = False
    variants: str = ""

    def key(self, handin: Handin) -> str:
        """Changes if anything changes that the outcome depends on."""
        about = {k: v for k, v in asdict(self).items() if k not in ("hide", "weak")}
        parts = [json.dumps(about), handin.digest(), own_digest()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def own_digest() -> str:
    """A hash of the exercises, of the checker and of the grader."""
    total = hashlib.sha256(__version__.encode())
    package = Path(__file__).parents[1]
    for name in ("exercises", "gradcheck", "grading", "lesson"):
        for path in sorted((package / name).rglob("*.py")):
            total.update(path.read_bytes())
    return total.hexdigest()


_NURSERIES: dict[tuple[tuple[str, ...], tuple[str, ...], bool], Nursery] = {}


def nursery_for(task: Task, explains: bool = False) -> Nursery:
    """The process from which this process forks submissions."""
    key = (task.allowed, task.hide, explains)
    if key not in _NURSERIES:
        _NURSERIES[key] = Nursery(*key)
    return _NURSERIES[key]


@atexit.register
def close_nurseries() -> None:
    """End the processes; the next submission starts a new one."""
    while _NURSERIES:
        _NURSERIES.popitem()[1].close()


def grade(handin: Handin, task: Task, listen: Listener | None = None) -> dict[str, Any]:
    """Everything about the work of one student, as plain data.

    ``listen`` is called with the record as it is after each exercise.

    Never raises for anything that a submission does. The record has ``student``,
    ``files``, ``problems`` (of files), ``missing`` (walls), ``seconds``,
    ``kib``, ``seed`` and ``exercises``: for each its ``state``, ``reasons``, ``file``
    and, if it ran, the result of the check. If the grader itself failed it has
    ``failed``, the reason, and nothing is known of the work.
    """
    with BUSY:
        for last in (False, True):
            try:
                return _grade(handin, task, listen)
            except Refused as error:
                return {**failed_record(handin.student, str(error)), "refused": True}
            except Exception as error:  # whatever it is, the others are graded
                close_nurseries()
                if last:
                    kind = "" if isinstance(error, NotGraded) else type(error).__name__
                    return failed_record(handin.student, f"{kind} {error}".strip())
        raise AssertionError("unreachable")


def failed_record(student: str, reason: str) -> dict[str, Any]:
    """The record of a submission that *we* could not grade."""
    empty = dict[str, Any](files=[], problems=[], missing=[], questions={}, kib=0)
    about = {"student": student, "key": "", "failed": plain(reason), "seconds": 0.0}
    return {**about, **empty, "exercises": {}}


def _grade(handin: Handin, task: Task, listen: Listener | None) -> dict[str, Any]:
    start = time.monotonic()
    record: dict[str, Any] = {
        "student": handin.student,
        "files": [name for name, _ in handin.files],
        "problems": list(handin.problems),
        "missing": [],
        "kib": 0,
        "seed": task.seed,
        "exercises": {},
        "questions": {},
    }
    if any(is_notebook(name) for name, _ in handin.files) and not is_installed():
        raise NotGraded(NEEDED)  # nobody's zero
    nursery = nursery_for(task)
    if nursery.missing and not task.weak:
        raise Refused(REFUSED.format(nursery.missing[0]))
    record["missing"] += nursery.missing + nursery.open
    clock = Clock(task.limits.total)
    wrong, imported = list[Wrong](), set[str]()
    for name, content in handin.files:
        file = Session(nursery, name, content, task.limits, clock, handin.beside(name))
        wrong += _grade_file(record, file, task, listen, imported)
    left = [p for p in record["problems"] if p not in imported]
    record["problems"] = left  # a module of one's own need hold no exercise
    for one in wrong:
        if clock.left() and not set(one.result.tags) & set(ENDED):
            _say_line(one, task, clock)
            record["exercises"][one.exercise.name].update(answer(one.result))
    for name in task.exercises:
        record["exercises"].setdefault(name, {"state": MISSING, "reasons": []})
    order = [n for n in NAMES if n in record["exercises"]]
    record["exercises"] = {n: record["exercises"][n] for n in order}
    record["seconds"] = round(time.monotonic() - start, 3)
    return {**all_plain(record), "student": handin.student}


def _grade_file(
    record: dict[str, Any],
    session: Session,
    task: Task,
    listen: Listener | None,
    imported: set[str],
) -> list[Wrong]:
    """Add the exercises of one file; the first file with an attempt counts.

    Returned are those that are wrong. ``imported`` gets the problems of files that
    are none, since this one imports them.
    """
    wrong, name = list[Wrong](), session.name
    try:
        of = (record["student"], task.variants)
        loaded = session.load(given_fingerprints(*of), task.differences)
        problems = [loaded["refused"]] if "refused" in loaded else loaded["errors"]
        found = loaded.get("found", {})
        used = (name[: name.rfind("/") + 1] + other for other in loaded.get("used", ()))
        imported.update(f"{other}: {NO_EXERCISE}" for other in used)
        add_answers(record, loaded.get("answers"), name)
        if not (found or problems or loaded.get("answers")):
            problems = [NO_EXERCISE]
        record["problems"] += [f"{name}: {one_line(p)}" for p in problems]
        for key in [n for n in NAMES if n in found]:
            if task.exercises and key not in task.exercises:
                continue
            before = record["exercises"].get(key)
            if before is None or before["state"] == STUB:
                exercise = exercise_of(key, *of)
                entry, result = _grade_exercise(
                    session, exercise, found[key], task.seed
                )
                record["exercises"][key] = {**entry, "file": name}
                if result is not None and entry["state"] == WRONG:
                    same = found[key]["untouched"]
                    wrong.append(Wrong(exercise, result, session, same))
                if listen is not None:
                    listen(record)
    except StudentError as error:
        record["problems"].append(f"{name}: {one_line(error.message)}")
    finally:
        session.close()
    record["kib"] = max(record["kib"], session.kib)
    missing = [*record["missing"], *session.missing]
    record["missing"] = list(dict.fromkeys(missing))
    return wrong


def _say_line(wrong: Wrong, task: Task, clock: Clock) -> None:
    """Feedback without a line is feedback, too: what fails here is left out."""
    try:
        say_line(wrong, nursery_for(task, explains=True), task.limits, clock)
    except NotGraded:
        lost = _NURSERIES.pop((task.allowed, task.hide, True), None)
        if lost is not None:
            lost.close()


def _grade_exercise(
    session: Session, exercise: Exercise, info: dict[str, Any], seed: int
) -> tuple[dict[str, Any], CheckResult | None]:
    """The state of one exercise with the reasons for it; the check's result."""
    name = exercise.name
    if info["flags"]:
        return {"state": FLAGGED, "reasons": info["flags"]}, None
    if info["syntax"] is not None:
        result = failed(name, "syntax-error", info["syntax"])
        unread = {"state": UNREADABLE, "reasons": [info["syntax"]]}
        return {**answer(result), **unread}, None
    session.begin()
    result, numbers = check(session, exercise, info["untouched"], seed)
    seconds = round(session.seconds(), 3)
    if session.flags:
        reasons = list(dict.fromkeys(session.flags))
        return {"state": FLAGGED, "reasons": reasons}, None
    state = RIGHT if result.passed else WRONG if result.attempted else STUB
    plain = answer(result)
    reasons = [f["says"] for f in plain["findings"] if set(f["tags"]) & set(ENDED)]
    more: dict[str, Any] = {"variant": exercise.variant} if exercise.variant else {}
    more |= {"numbers": numbers} if numbers else {}
    about = {"state": state, "reasons": reasons, "seconds": seconds, **more}
    return {**plain, **about}, result


NO_SEARCH = SearchLimits(0.0)


def check(
    session: Session, exercise: Exercise, untouched: list[str], seed: int
) -> tuple[CheckResult, dict[str, str]]:
    """Check one exercise with the functions of a session; its unusual wrong numbers."""
    numbers: dict[str, str] = {}
    result = _checked(session, exercise, untouched, seed, numbers)
    return result, numbers


def _checked(
    session: Session,
    exercise: Exercise,
    untouched: list[str],
    seed: int,
    numbers: dict[str, str],
) -> CheckResult:
    name = exercise.name
    try:
        functions = session.define(name, functions_of(exercise, untouched))
        if name not in functions:
            notes = [f"{name} is not a function when the file has run"]
            return CheckResult(name, attempted=False, notes=notes)
        # No search: a call from here costs more than the search has.
        with run_elsewhere(), searching(NO_SEARCH):
            result = exercise.run(functions, seed)
        numbers.update(unusual(exercise, functions, result, seed))
    except NotGraded:
        raise
    except NotAttempted:
        return CheckResult(name, attempted=False)
    except StudentError as error:
        return failed(name, error.tag, error.message)
    except (MemoryError, RecursionError) as error:
        kind = type(error).__name__
        return failed(name, "answer", f"what it returns is too large ({kind})")
    except Exception as error:  # of our own code, which has to take any answer
        kind = type(error).__name__
        raise NotGraded(f"{name} cannot be compared ({kind}: {error})") from error
    ended = session.ended
    return result if ended is None else failed(name, ended.tag, ended.message)


def failed(name: str, tag: str, says: str) -> CheckResult:
    """The result for what could not be checked to its end."""
    hints = get_exercise(name).hints
    return CheckResult(name, [Finding("error", (tag,), (), says)], formula_hints=hints)


def one_line(text: str) -> str:
    """Several lines as one."""
    return " at ".join(part.strip() for part in str(text).split("\n") if part.strip())
