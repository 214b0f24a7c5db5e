r"""`check_gradients`: a gradient written by hand against differences."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from gan_numpy.gradcheck.adapt import Problem, from_functions, from_layer
from gan_numpy.gradcheck.calls import (
    NotAttempted,
    StudentError,
    defined_at,
    students_code,
    watching,
)
from gan_numpy.gradcheck.coincidences import cautious
from gan_numpy.gradcheck.compare import compare_arrays
from gan_numpy.gradcheck.comparisons import Supply, comparisons
from gan_numpy.gradcheck.deadline import until
from gan_numpy.gradcheck.further import more_probes
from gan_numpy.gradcheck.probes import twice_and_untouched, upstream
from gan_numpy.gradcheck.repair.explain import comparing, fixes
from gan_numpy.gradcheck.result import CheckResult, Finding, error_finding, merge
from gan_numpy.gradcheck.returned import differentiating, gradients, with_numbers
from gan_numpy.gradcheck.trial import Trial
from gan_numpy.gradcheck.verdict import combine, place_errors

STREAM = 0x6772_6164  # no default_rng(0) of the checked code draws our cotangent


def check_gradients(
    forward: Any,
    backward: Any = None,
    *inputs: Any,
    wrt: tuple[str, ...] | None = None,
    cotangent: np.ndarray | None = None,
    seed: int = 0,
    candidates: Supply | None = None,
    batch: bool = True,
    batch_axis: int = 0,
    title: str | None = None,
    formula_hints: tuple[str, ...] = (),
    truth: Callable[..., Any] | None = None,
    solution: Callable[..., Any] | None = None,
    **keywords: Any,
) -> CheckResult:
    r"""Compare a hand-written backward with central differences and name what is wrong.

    Parameters
    ----------
    forward : function or object
        ``forward(x, W, ...) -> (y, cache)``, or ``-> y``; or a loss that returns
        ``(value, gradient)``; or a layer with ``params``, ``forward`` and ``backward``.
    backward : function, optional
        ``backward(dy, cache) -> (dx, dW, ...)``, a dict, or one array. Left out for a
        loss or a layer: the inputs follow at once.
    *inputs : array or number
        The arguments of forward. Choose sizes that differ from each other (7, 5, 3), so
        that a factor names its axis.
    wrt : tuple of str, optional
        The inputs that backward differentiates; by default its arrays of floats.
    cotangent : array, optional
        dy, of the shape of y; random by default. Ones are a bad choice: the gradient of
        a batch norm or a softmax is then zero, right or wrong.
    seed : int
        Of the random cotangent and directions.
    candidates : function (inputs, y, dy) -> dict, optional
        Named parts of the formula for each variable, see `candidates.Candidates`.
    batch : bool
        Also try a batch of one (the first axis of the first input).
    batch_axis : int
        The axis of the first input along which the samples lie.
    title : str, optional
    formula_hints : tuple of str
        Later stages of the hints.
    truth : function, optional
        A forward that is known to be right. The true gradient is then its gradient, and
        ``forward`` only supplies the cache.
    solution : function, optional
        A backward that should be right. If it agrees with differences along random
        directions, your arrays are compared with its: exactly, and faster.
    **keywords
        Passed to forward; a `numpy.random.Generator` starts from the same state each
        time, so that a dropout mask is repeated.

    Returns
    -------
    CheckResult
        True if nothing is wrong; ``print`` it for the diagnosis.

    Examples
    --------
    >>> def forward(x):
    ...     return x ** 2, x
    >>> def backward(dy, x):
    ...     return dy * x
    >>> result = check_gradients(forward, backward, np.arange(1.0, 8.0))
    >>> result.verdict, result.tags
    ('scale', ('factor-half',))
    """
    if backward is not None and not callable(backward):
        inputs, backward = (backward, *inputs), None
    layer = all(hasattr(forward, k) for k in ("params", "forward", "backward"))
    if not callable(forward) and not layer:
        raise TypeError("check_gradients needs a function or a layer")
    function = backward if backward is not None else forward
    name = title or str(getattr(function, "__name__", type(forward).__name__))
    result = CheckResult(name, formula_hints=formula_hints)
    problem, started = None, time.monotonic()
    with watching() as watch, until(comparing(started)):
        try:
            with students_code():
                problem = _problem(forward, backward, inputs, keywords, wrt, truth)
                if solution is not None:
                    problem = with_solution(problem, solution)
                problem = replace(problem, batch_axis=batch_axis)
                result.notes += problem.notes
                rng = np.random.default_rng([STREAM, seed])
                _check(problem, result, rng, cotangent, candidates, batch)
        except NotAttempted:
            result.attempted = False
        except StudentError as error:
            result.findings = [error_finding(error)]
    alone, result.findings = result.findings, merge(result.findings)
    result.notes += watch.notes()
    if problem is not None and result.attempted and result.findings:
        behaves = any(f.verdict == "behavior" for f in result.findings)
        found = fixes(problem, cotangent, behaves, seed, since=started)
        trusted = any(k is not None for k in (candidates, truth, solution))
        combine(result, found, trusted, alone)
        place_errors(result, problem.source)
    return result


def _problem(
    forward: Any,
    backward: Any,
    inputs: tuple[Any, ...],
    keywords: dict[str, Any],
    wrt: tuple[str, ...] | None,
    truth: Callable[..., Any] | None,
) -> Problem:
    layer = all(hasattr(forward, k) for k in ("params", "forward", "backward"))
    if layer and backward is None:
        return from_layer(forward, inputs, keywords)
    return from_functions(forward, backward, inputs, keywords, wrt, truth)


def with_solution(problem: Problem, solution: Callable[..., Any]) -> Problem:
    """The problem with a backward of ours beside the student's."""

    def answer(asked: Problem, dy: np.ndarray) -> dict[str, np.ndarray]:
        _, kept = (asked.truth or asked.forward)(asked.fresh())
        return gradients(solution(np.array(dy), kept.cache), asked)

    return replace(problem, solution=answer)


def _output(problem: Problem) -> np.ndarray:
    """The forward's output; it must be an array, the same on each call."""
    where = defined_at(problem.source)
    y, again = (problem.value(problem.fresh()) for _ in range(2))
    if y is None:
        raise StudentError(
            "none", f"forward returns None: is the return missing?\n{where}"
        )
    array = np.array(y)
    if array.dtype.kind not in "fiub":
        raise StudentError("type", f"forward returns {type(y).__name__}\n{where}")
    if problem.loss and array.size != 1:
        message = "no backward is given, and the function does not return (value, grad)"
        raise StudentError("no-backward", f"{message}\n{where}")
    if not np.array_equal(array, np.array(again), equal_nan=True):
        message = "forward gives another output on each call: pass it rng=..., seeded"
        raise StudentError("random-forward", f"{message}\n{where}")
    if not np.all(np.isfinite(array)):
        message = "forward returns NaN or infinity, there is nothing to differentiate"
        raise StudentError("nan", f"{message}\n{where}")
    return array


def _asked_twice(
    problem: Problem, dy: np.ndarray
) -> tuple[Problem, dict[str, np.ndarray], list[Finding]]:
    """What came back, and what is wrong with that; with the plain numbers among the
    inputs if there are gradients of theirs. These are asked for afterward: a call may
    leave something behind.
    """
    try:
        got, findings = twice_and_untouched(problem, dy)
    except StudentError as error:
        wider = with_numbers(problem, dy) if error.tag == "count" else problem
        if wider is problem:
            raise
        return wider, *twice_and_untouched(wider, dy)
    wider = problem if findings else with_numbers(problem, dy)
    if wider is problem:
        return problem, got, findings
    return wider, *twice_and_untouched(wider, dy)


def _check(
    problem: Problem,
    result: CheckResult,
    rng: np.random.Generator,
    cotangent: np.ndarray | None,
    supply: Supply | None,
    batch: bool,
) -> None:
    """All of it: the values, then the behavior; the most telling finding first."""
    y = _output(problem)
    dy = rng.standard_normal(y.shape) if cotangent is None else np.asarray(cotangent)
    dy = np.ones(y.shape) if problem.loss else dy.astype(np.float64)
    problem = differentiating(problem, dy)
    problem, got, findings = _asked_twice(problem, dy)
    changes = any("mutated" not in f.tags for f in findings)  # keeps a state
    behavior = [] if problem.loss or changes else upstream(problem, dy, got)
    trial = Trial(problem, y, dy, got, rng, result)
    values = comparisons(trial, supply)
    if not any(cmp.known.any() for cmp, _ in values):
        message = "no entry could be compared: all are at kinks, or there are none"
        raise StudentError("nothing-compared", message)
    wrong = [cautious(trial, f) for f in compare_arrays(values, result)]
    wrong += along_a_direction(trial)
    recognized = [f for f in wrong if f.verdict not in ("not recognized", "pattern")]
    strong = [f for f in behavior if f.tags[0] != "not-linear-in-dy"]
    if findings or strong:  # state and lost upstream explain the values
        explained = {k for f in findings + strong for k in f.names}
        wrong = [f for f in wrong if not explained & set(f.names)]
        result.findings += findings + strong + wrong
    elif recognized:
        result.findings += wrong
    elif behavior:  # not linear: that is all there is to say of those arrays
        explained = {k for f in behavior for k in f.names}
        result.findings += behavior
        result.findings += [f for f in wrong if not explained & set(f.names)]
    else:
        result.findings += wrong
    if not result.findings:
        more_probes(trial, batch)


def along_a_direction(trial: Trial) -> list[Finding]:
    """Arrays that have the wrong slope although every entry looked at is right."""
    hidden = [k for k in trial.suspect if k in trial.result.right]
    for k in hidden:
        trial.result.right.remove(k)
    says = (
        "the entries that were compared are right, but the slope along a random"
        " direction is not"
    )
    tags = ("directional",)
    return [Finding("not recognized", tags, (k,), says) for k in hidden]
