r"""Grading a class: many submissions at once, each recorded as soon as it is done."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ThreadPoolExecutor,
    as_completed,
    wait,
)
from dataclasses import replace
from pathlib import Path
from typing import Any

from gan_numpy.capabilities import need
from gan_numpy.errors import UserError
from gan_numpy.files import make_directory, read_json, write_text
from gan_numpy.grading.grader import Task
from gan_numpy.grading.judge import close_judges, grade_apart
from gan_numpy.grading.nursery import NotGraded
from gan_numpy.grading.submissions import LARGEST, Handin, read_handin, students

RECORDS = "results"
LONGEST = 150  # bytes of a student's name in the name of a file
Paths = tuple[str, list[Path]]


def grade_class(
    submissions: Path,
    out: Path,
    task: Task,
    jobs: int = 1,
    scheduler: str | None = None,
    largest: int = LARGEST,
    again: bool = False,
) -> tuple[int, int]:
    """Grade all submissions in a folder; what has not changed keeps its record.

    Parameters
    ----------
    submissions, out : Path
        ``out/results`` gets one JSON file per student, written as they come.
    task : Task
    jobs : int
        Processes on this machine.
    scheduler : str, optional
        Address of a Dask scheduler whose workers grade instead.
    largest : int
        MiB that a student may hand in.
    again : bool
        Grade also what has not changed.

    Returns
    -------
    graded, kept : int
        How many were graded now, how many had a record that still holds.

    Raises
    ------
    UserError
        If there are no submissions, the scheduler cannot be reached, or the system has
        no name spaces and ``task`` does not say that it is to go on.
    """
    found = students(submissions, out)
    folder = out / RECORDS
    make_directory(folder)
    names = {record_name(student) for student in found}
    for path in folder.glob("*.json"):
        if path.name not in names:
            path.unlink()  # of a student who is no longer there
    hidden = (str(submissions.resolve()), str(out.resolve()))
    task = replace(task, hide=(*task.hide, *hidden))
    keys: dict[str, str] = {}

    def changed() -> Iterator[Handin]:
        """Read each submission, once, when it is its turn."""
        for student, paths in found.items():
            handin = read_handin(student, paths, largest)
            key = task.key(handin)
            if again or key != load_record(folder / record_name(student)).get("key"):
                keys[student] = key
                yield handin

    for record in _progress(_graded(changed(), task, jobs, scheduler), len(found)):
        if "refused" in record:
            raise UserError(record["failed"])
        student = record["student"]
        record["key"] = "" if "failed" in record else keys[student]
        write_text(folder / record_name(student), json.dumps(record, indent=1) + "\n")
    return len(keys), len(found) - len(keys)


def recorded_seed(out: Path) -> int:
    """The seed of the inputs: that of the records, or a new one that nobody knows."""
    seeds = (record.get("seed") for record in load_records(out))
    return next((s for s in seeds if isinstance(s, int)), secrets.randbelow(2**31))


def file_name(student: str, suffix: str) -> str:
    """The name of a student's file: the student's own, unless it is too long."""
    raw = os.fsencode(student)
    if len(raw) > LONGEST:
        short = raw[:LONGEST].decode("utf-8", "ignore")
        student = f"{short}-{hashlib.sha256(raw).hexdigest()[:8]}"
    return student + suffix


def record_name(student: str) -> str:
    """The name of a student's record."""
    return file_name(student, ".json")


def load_record(path: Path) -> dict[str, Any]:
    """A student's record; empty if there is none, or it is damaged."""
    try:
        record = read_json(path)
    except UserError:
        return {}
    return record if isinstance(record, dict) else {}


def load_records(out: Path) -> Iterator[dict[str, Any]]:
    """All records, in alphabetical order, one at a time."""
    for path in sorted((out / RECORDS).glob("*.json")):
        record = load_record(path)
        if record:
            yield record


def _progress(
    records: Iterator[dict[str, Any]], total: int
) -> Iterator[dict[str, Any]]:
    if not sys.stderr.isatty():
        return records
    from gan_numpy.progress import tqdm

    bar: Iterator[dict[str, Any]] = iter(
        tqdm(records, total=total, unit="student", leave=False)
    )
    return bar


def _graded(
    handins: Iterator[Handin], task: Task, jobs: int, scheduler: str | None
) -> Iterator[dict[str, Any]]:
    """The records as they come; no more submissions are read than are needed soon.

    What waits here are threads: it is the judges, processes of their own, that work.
    """
    try:
        if scheduler is not None:
            yield from _on_a_cluster(handins, task, scheduler)
        elif jobs == 1:
            yield from (grade_apart(handin, task) for handin in handins)
        else:
            yield from _in_threads(handins, task, jobs)
    finally:
        close_judges()


def _in_threads(
    handins: Iterator[Handin], task: Task, jobs: int
) -> Iterator[dict[str, Any]]:
    stopped = threading.Event()
    pool = ThreadPoolExecutor(jobs)
    waiting: set[Future[dict[str, Any]]] = set()
    try:
        for handin in handins:
            waiting.add(pool.submit(grade_apart, handin, task, None, stopped))
            while len(waiting) >= 2 * jobs:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        yield from (future.result() for future in as_completed(waiting))
    except RuntimeError as error:  # can't start new thread
        raise NotGraded(f"the machine allows too few processes: {error}") from None
    finally:
        stopped.set()
        pool.shutdown(wait=False, cancel_futures=True)


def _on_a_cluster(
    handins: Iterator[Handin], task: Task, scheduler: str
) -> Iterator[dict[str, Any]]:
    need("joblib", "--scheduler")
    from joblib import Parallel, delayed, parallel_config

    with _client(scheduler), parallel_config(backend="dask"):
        run = Parallel(
            n_jobs=-1,
            return_as="generator_unordered",
            batch_size=1,
            pre_dispatch="2*n_jobs",
        )
        yield from run(delayed(grade_apart)(handin, task) for handin in handins)


def _client(address: str) -> Any:
    """A client of a Dask scheduler."""
    try:
        from distributed import Client
    except ImportError:
        how = "pip install 'gan_numpy[cluster]'"
        raise UserError(f"--scheduler needs Dask: {how}") from None
    try:
        return Client(address, timeout=10)
    except (OSError, ValueError) as error:
        reason = str(error).split("\n")[0]
        raise UserError(f"no Dask scheduler at {address} ({reason})") from None
