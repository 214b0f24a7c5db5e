r"""Two mistakes at once: pairs of the bank's own, drawn by chance, one a function.

No pair was chosen by what the checker makes of it: the draw is seeded with the name of
the function, and the first pair is taken whose edits are on different lines of the same
text. Both must be named, each on its own line; one of them may be; and nothing else.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from .cases import HERE, Case, Mistake, mistakes, of_mistakes
from .names import hedged, kinds, lines, widened
from .programs import processes
from .score import Verdict, in_process

OUTCOMES = ("both named", "one named", "unnamed", "wrong name", "missed", "crashed")


@dataclass(frozen=True)
class Double:
    """A program with two mistakes.

    Attributes
    ----------
    case : Case
        Its lines and kinds are those of both.
    parts : pair of (names, lines)
        What may be said of each, and where.
    """

    case: Case
    parts: tuple[tuple[frozenset[str], frozenset[int]], ...]


def double_cases(folder: Path = HERE / "wrong") -> list[Double]:
    """One pair for each function that has one."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        base, every = mistakes(path)
        single = [m for m in every if not m.two]
        pairs = list(combinations(single, 2))
        rng = np.random.default_rng([1601, *path.stem.encode()])
        for k in rng.permutation(len(pairs)):
            made = _double(path.stem, base, pairs[k])
            if made is not None:
                found.append(made)
                break
    return found


def _double(file: str, base: str, pair: tuple[Mistake, Mistake]) -> Double | None:
    """None if the second is an edit of what the first has changed."""
    try:
        source, each = of_mistakes(base, pair)
    except ValueError:
        return None
    if each[0] & each[1]:
        return None
    a, b = pair
    says = f"{a.says} {b.says}"
    name = f"{file}/{a.name}+{b.name}"
    accepts = [frozenset(widened(f"{file}/{m.name}", m.accepts)) for m in pair]
    case = Case(name, source, says, accepts[0] | accepts[1], each[0] | each[1], True)
    return Double(case, tuple(zip(accepts, each, strict=True)))


def outcome_of(double: Double, findings: list[dict[str, Any]], passed: bool) -> str:
    """One of `OUTCOMES`."""
    if passed:
        return "missed"
    named = set()
    for finding in findings:
        tags = [tag for tag in finding["tags"] if kinds(tag)]
        if not tags:
            continue
        meant = set().union(*map(kinds, tags))
        fits = [k for k, (names, _) in enumerate(double.parts) if meant & names]
        if not fits and not all(map(hedged, tags)):
            return "wrong name"
        at = lines(finding)
        named |= {k for k in fits if at and at <= double.parts[k][1]}
    return ("unnamed", "one named", "both named")[len(named)]


def judged(double: Double) -> tuple[str, Verdict]:
    """What the checker makes of it: the outcome, and its verdict."""
    start = time.perf_counter()
    try:
        passed, findings, text = in_process(double.case)
    except Exception as error:  # a traceback of the checker's own is a result, too
        seconds = time.perf_counter() - start
        verdict = Verdict(double.case.id, "crashed", False, (), seconds, repr(error))
        return "crashed", verdict
    seconds = time.perf_counter() - start
    tags = tuple(tag for f in findings for tag in f["tags"])
    outcome = outcome_of(double, findings, passed)
    at = set().union(*map(lines, findings))
    right = bool(at) and at <= double.case.lines
    return outcome, Verdict(double.case.id, outcome, right, tags, seconds, text)


def judge_doubles(doubles: Iterable[Double]) -> list[tuple[str, Verdict]]:
    """All of them, side by side."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes(), mp_context=fresh) as pool:
        return list(pool.map(judged, doubles, chunksize=2))


def table(verdicts: list[tuple[str, Verdict]]) -> str:
    """The counts."""
    counts = Counter(outcome for outcome, _ in verdicts)
    seconds = [v.seconds for _, v in verdicts]
    text = [f"{o}: {counts[o]} of {len(verdicts)}" for o in OUTCOMES]
    text.append(f"seconds: median {np.median(seconds):.2f}, longest {max(seconds):.2f}")
    return "\n".join(text)
