r"""What the checker makes of every case, and the table of it."""

from __future__ import annotations

import multiprocessing
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from .cases import Case
from .names import hedged, kinds, lines, widened
from .programs import imported, processes, quiet, run_tests, written

# What the whole bank must reach; shares of the wrong cases with one mistake.
THRESHOLDS = {
    "named": 0.85,  # at least
    "right line, of those named": 0.85,  # at least
    "wrong name": 0,  # at most
    "missed": 0,  # at most
    "refused": 0,  # at most
}

# Seconds by the clock for one search: what is found within its processor time is the
# same on a busy machine.
PATIENCE = 120.0


@dataclass(frozen=True)
class Verdict:
    """What came out for a case.

    Attributes
    ----------
    outcome : str
        Of a wrong case "named", "unnamed" (wrong, but not said why), "wrong name",
        "missed" or "unmapped" (a tag that `names` does not know); of a right one
        "passed" or "refused"; of both "crashed".
    line : bool
        The place is one of the case's lines, and nothing else is pointed at.
    tags : tuple of str
    seconds : float
    text : str
        The message, or the error.
    """

    id: str
    outcome: str
    line: bool
    tags: tuple[str, ...]
    seconds: float
    text: str


def in_process(case: Case) -> tuple[bool, list[dict[str, Any]], str]:
    """(passed, findings, text) of all calls of `gradcheck` in the program."""
    from gan_numpy.gradcheck import check_gradients
    from gan_numpy.gradcheck.repair.explain import searching
    from gan_numpy.gradcheck.repair.found import Limits

    results = []

    def gradcheck(*args: Any, **options: Any) -> Any:
        results.append(check_gradients(*args, **options))
        return results[-1]

    processor_time = searching(Limits(wall=PATIENCE))
    with quiet(), processor_time, written(case) as path, imported(path) as module:
        run_tests(module, gradcheck)
        plain = [result.as_dict() for result in results]
        text = "\n".join(result.text() for result in results)
    findings = [f for p in plain for f in p["findings"]]
    return bool(plain) and all(p["passed"] for p in plain), findings, text


def _as_file(case: Case) -> tuple[bool, list[dict[str, Any]], str]:
    """The same of a file of exercises, as ``gan-numpy check`` sees it."""
    from gan_numpy.exercises.answers import shown
    from gan_numpy.exercises.reading.submission import read_submission
    from gan_numpy.exercises.running import check_submission

    with written(case) as path:
        plain = list(check_submission(read_submission(path), timeout=60.0))
    findings = [f for p in plain for f in p["findings"]]
    passed = bool(plain) and all(p["passed"] for p in plain)
    return passed, findings, "\n".join(shown(p) for p in plain)


def _outcome(case: Case, passed: bool, findings: list[dict[str, Any]]) -> str:
    if not case.accepts:
        return "passed" if passed else "refused"
    if passed:
        return "missed"
    named, accepted = False, widened(case.id, case.accepts)
    for finding in findings:
        try:
            tags = [tag for tag in finding["tags"] if kinds(tag)]
        except KeyError:
            return "unmapped"
        fits = any(kinds(tag) & accepted for tag in tags)
        named |= fits
        if not fits and not all(hedged(tag) for tag in tags):
            return "wrong name"
    return "named" if named else "unnamed"


def judged(case: Case) -> Verdict:
    """Run one case."""
    start = time.perf_counter()
    run = _as_file if case.is_exercise else in_process
    try:
        passed, findings, text = run(case)
    except Exception as error:  # a traceback of the checker's own is a result, too
        seconds = time.perf_counter() - start
        return Verdict(case.id, "crashed", False, (), seconds, repr(error))
    seconds = time.perf_counter() - start
    at = set().union(*(lines(f) for f in findings)) if findings else set()
    tags = tuple(tag for f in findings for tag in f["tags"])
    outcome = _outcome(case, passed, findings)
    return Verdict(case.id, outcome, bool(at) and at <= case.lines, tags, seconds, text)


def judge_all(cases: Iterable[Case], workers: int | None = None) -> list[Verdict]:
    """Run all cases side by side, each in one of a few processes.

    They are started afresh: a fork of a process with threads may wait forever.
    """
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers or processes(), mp_context=fresh) as pool:
        return list(pool.map(judged, cases, chunksize=4))


def figures(cases: list[Case], verdicts: list[Verdict]) -> dict[str, float]:
    """The numbers that `THRESHOLDS` are about, and how many cases there are."""
    pairs = list(zip(cases, verdicts, strict=True))
    wrong = [(c, v) for c, v in pairs if c.accepts]
    one = [v for c, v in wrong if not c.two]
    named = [v for v in one if v.outcome == "named"]
    counted = defaultdict(int, {"wrong": len(wrong), "right": len(pairs) - len(wrong)})
    for _, v in pairs:
        counted[v.outcome] += 1
    return {
        "wrong": counted["wrong"],
        "right": counted["right"],
        "named": len(named) / len(one) if one else 1.0,
        "right line, of those named": (
            sum(v.line for v in named) / len(named) if named else 1.0
        ),
        "wrong name": counted["wrong name"],
        "missed": counted["missed"],
        "refused": counted["refused"],
        "crashed": counted["crashed"],
        "unmapped": counted["unmapped"],
    }


COLUMNS = ("named", "line", "unnamed", "wrong name", "missed", "crashed", "unmapped")


def table(cases: list[Case], verdicts: list[Verdict]) -> str:
    """One row for each function, then the sums, the figures and the times."""
    rows: dict[str, dict[str, int]] = {}
    for case, v in zip(cases, verdicts, strict=True):
        row = rows.setdefault(case.function, defaultdict(int))
        row[v.outcome] += 1
        row["line"] += v.outcome == "named" and v.line
        row["of"] += 1
    wrong = {k: r for k, r in rows.items() if not r["passed"] + r["refused"]}
    head = f"{'function':24}" + "".join(f"{c:>11}" for c in (*COLUMNS, "of"))
    text = [head]
    for name, row in wrong.items():
        text.append(f"{name:24}" + "".join(f"{row[c]:11}" for c in (*COLUMNS, "of")))
    sums = {c: sum(r[c] for r in wrong.values()) for c in (*COLUMNS, "of")}
    text.append(f"{'all':24}" + "".join(f"{sums[c]:11}" for c in (*COLUMNS, "of")))
    for name, row in rows.items():
        if name not in wrong:
            text.append(f"{name:24} {row['passed']} of {row['of']} right ones pass")
    for name, value in figures(cases, verdicts).items():
        aim = f"  (aim {THRESHOLDS[name]})" if name in THRESHOLDS else ""
        text.append(f"{name}: {round(value, 3)}{aim}")
    for kind in (True, False):
        times = [
            v.seconds
            for c, v in zip(cases, verdicts, strict=True)
            if bool(c.accepts) is kind
        ]
        if times:
            what = "wrong" if kind else "right"
            text.append(
                f"seconds, {what}: median {np.median(times):.2f}, longest"
                f" {max(times):.2f}"
            )
    return "\n".join(text)
