r"""From a wrong backward to the edits that make it right, on inputs old and new."""

from __future__ import annotations

import contextlib
import io
import math
import time
import warnings
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import cache
from types import CodeType

import numpy as np

from gan_numpy.gradcheck.adapt import Problem
from gan_numpy.gradcheck.calls import is_source, is_students
from gan_numpy.gradcheck.deadline import until
from gan_numpy.gradcheck.repair.adjoints import Adjoints
from gan_numpy.gradcheck.repair.alarm import run_until
from gan_numpy.gradcheck.repair.bench import Bench
from gan_numpy.gradcheck.repair.cases import (
    GradientCase,
    gradient_case,
    outcome,
    right,
)
from gan_numpy.gradcheck.repair.draws import moved, numbers_moved, redrawn, resized
from gan_numpy.gradcheck.repair.found import Found, Limits, Stopwatch
from gan_numpy.gradcheck.repair.landmarks import bench_of
from gan_numpy.gradcheck.repair.pairs import Pair
from gan_numpy.gradcheck.repair.search import Search
from gan_numpy.gradcheck.repair.source import Written, called, holders, written

_trying: ContextVar[bool] = ContextVar("trying", default=False)
_limits: ContextVar[Limits] = ContextVar("limits", default=Limits())
_asked: ContextVar[float] = ContextVar("asked", default=math.inf)
LONGEST_WAIT = 60.0  # seconds; a clock that says more is not the same one


@contextlib.contextmanager
def searching(limits: Limits) -> Iterator[None]:
    """How long wrong functions are searched for repairs; ``Limits(0)``: not at all."""
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


@contextlib.contextmanager
def asked(when: float) -> Iterator[None]:
    """Whoever waits for the answer has waited since then, by `time.monotonic`.

    To start a process, to import and to draw takes time, too: the limit is one for all.
    """
    waited = time.monotonic() - when
    token = _asked.set(when if 0 <= waited <= LONGEST_WAIT else math.inf)
    try:
        yield
    finally:
        _asked.reset(token)


def stopwatch(since: float | None) -> Stopwatch | None:
    """For a search that starts now; None if there shall be none.

    ``since`` is when the check began, by `time.monotonic`.
    """
    limits = _limits.get()
    if not limits.seconds:
        return None
    clock = Stopwatch(limits)
    clock.begun = min(clock.begun, since or clock.begun, _asked.get())
    return clock


def comparing(since: float) -> Callable[[], bool]:
    """Whether more than half of the time has gone, while arrays are compared.

    Then it is enough to know that an array is wrong.
    """
    clock = stopwatch(since)
    return lambda: clock is not None and time.monotonic() > clock.half


def is_trying() -> bool:
    """Changed code runs at the moment, not the student's."""
    return _trying.get()


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """What changed code prints, or warns of, is nobody's concern."""
    token = _trying.set(True)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with np.errstate(all="ignore"):
                yield
        finally:
            _trying.reset(token)


def fixes(
    problem: Problem,
    dy: np.ndarray | None,
    behaves: bool,
    seed: int,
    since: float | None = None,
) -> Found:
    """The confirmed edits of a backward that is wrong; none if it is not understood.

    Parameters
    ----------
    dy : array or None
        The cotangent that was asked with.
    behaves : bool
        It writes to its arguments, or answers differently each time: ask for that, too.
    since : float, optional
        When the check began, by `time.monotonic`: the limit of time is one for all.
    """
    clock = stopwatch(since)
    if clock is None:
        return Found()
    searches: list[Search] = []

    def look() -> None:
        # The forward may not bear it; of what we do not understand nothing is said.
        with contextlib.suppress(Exception, SystemExit):
            cases = list(gradient_cases(problem, dy, behaves, seed, clock))
            for pair in _pair(problem, cases, clock):
                searches.append(pair.search)
                pair.search.run(pair.look)

    with quietly(), until(clock.reached):
        run_until(clock.end, look)
    return searches[0].found() if searches else Found()


def _pair(
    problem: Problem, cases: list[GradientCase], clock: Stopwatch
) -> Iterator[Pair]:
    """The search with the first question that is answered wrong; none without one."""
    wrong = [c for c in cases if not right(outcome(c))]
    wrong.sort(key=lambda c: sum(p.vanish for p in c.true.values()))
    if wrong:
        cases = [wrong[0], *(c for c in cases if c is not wrong[0])]
        functions, inside = suspects(
            wrong[0].ask,
            None if problem.loss else lambda: problem.forward(problem.fresh()),
        )
        inside = functions if problem.loss else inside
        truths = cache(adjoints_of)

        def adjoints(case: GradientCase) -> Adjoints:
            return truths(case.whole or case)

        yield Pair(functions, inside, cases, clock, adjoints)


def gradient_cases(
    problem: Problem,
    dy: np.ndarray | None,
    behaves: bool,
    seed: int,
    clock: Stopwatch,
) -> Iterator[GradientCase]:
    """Other sizes first: all different, small, and so the best to search on."""
    rng = np.random.default_rng([seed, 99])
    others = list(resized(problem, rng, lambda: clock.part() > 0.2))
    made = 0
    for changed in others:
        if made and clock.part() > 0.4:  # a slow forward: two questions are enough
            break
        case = _case(changed, rng, None, behaves)
        if case is not None:
            made += 1
            yield case
    if not made or clock.part() <= 0.4:
        again = numbers_moved(redrawn(problem, rng), rng)
        case = _case(again, rng, None, behaves)
        case = case or _case(moved(problem, rng), rng, None, behaves)
        if case is not None:
            yield case
    case = _case(problem, rng, dy, behaves)
    if case is not None:
        yield case


def _case(
    problem: Problem, rng: np.random.Generator, dy: np.ndarray | None, behaves: bool
) -> GradientCase | None:
    """None, too, if it does not bear these values: a matrix may have no inverse."""
    try:
        return gradient_case(problem, rng, dy, behaves)
    except (Exception, SystemExit):
        return None


def adjoints_of(case: GradientCase) -> Adjoints:
    """Of all that the forward computes, and of its arguments.

    An exercise's forward may be ours.
    """
    problem, dy, truth = case.problem, case.dy, case.truth()

    def forward() -> None:
        problem.value(problem.fresh())

    found = Adjoints()
    start = 0
    if truth is not None:
        for k in case.true:
            shape = problem.inputs[k].shape
            part = truth[start : start + math.prod(shape)]
            found.add(shape, found.along(shape) @ part)
            start += part.size
    for code in called(forward, is_source):
        own = is_students(code.co_filename)
        bench = _bench(code) if own else bench_of(code)
        if bench is not None:
            found.watch(bench, problem, dy)
    return found


def _bench(code: CodeType) -> Bench | None:
    function = written(code)
    return None if function is None else Bench(function)


def suspects(
    ask: Callable[[], object], forward: Callable[[], object] | None
) -> tuple[list[Written], list[Written]]:
    """The student's functions, those first that only the backward calls; and those
    that the forward calls."""

    def carefully(run: Callable[[], object]) -> None:
        with contextlib.suppress(Exception, SystemExit):
            run()

    before = called(lambda: carefully(forward)) if forward is not None else []
    every = called(lambda: carefully(ask))
    first = [c for c in every if c not in before]
    ordered = first + [c for c in every if c not in first]
    functions = holders(ordered)
    every_one = (written(code, functions) for code in ordered)
    found = [w for w in every_one if w is not None]
    return found, [w for w in found if w.code in before]
