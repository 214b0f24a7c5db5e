r"""Questions about behavior: is the backward a linear function of dy, and of nothing
else?

A backward is the map :math:`v \mapsto v^\top J`: backward(0) = 0, backward(2v) is twice
backward(v), backward(-v) its negative; asked twice it answers the same; it writes to
none of its arguments. An answer of the right value may still fail these, and a wrong
one is often explained by them.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from gan_numpy.gradcheck.adapt import Problem
from gan_numpy.gradcheck.result import Finding
from gan_numpy.gradcheck.returned import gradients

Grads = dict[str, np.ndarray]
RTOL = 1e-6


def close(a: np.ndarray, b: np.ndarray) -> bool:
    """Equal up to rounding (of float32, should that be what was returned)."""
    if a.shape != b.shape:
        return False
    rtol = 1e-4 if np.float32 in (a.dtype, b.dtype) else RTOL
    size = max(float(np.abs(a).max(initial=0)), float(np.abs(b).max(initial=0)))
    if not np.isfinite(size):
        return bool(np.array_equal(a, b, equal_nan=True))
    return bool(np.allclose(a, b, rtol=0, atol=rtol * size + 1e-300, equal_nan=True))


def sweep(problem: Problem, dy: Any, changed: Grads | None = None) -> Grads:
    """Forward and backward from fresh copies."""
    values = problem.fresh(changed)
    _, cache = problem.forward(values)
    return gradients(problem.backward(np.array(dy), cache, values), problem)


def arrays_within(value: Any, depth: int = 4) -> list[np.ndarray]:
    """The arrays in a cache: itself, or inside tuples, lists and dicts."""
    if isinstance(value, np.ndarray):
        return [value]
    if depth == 0 or not isinstance(value, (tuple, list, dict)):
        return []
    parts = value.values() if isinstance(value, dict) else value
    return [a for part in parts for a in arrays_within(part, depth - 1)]


def twice_and_untouched(
    problem: Problem, dy: np.ndarray
) -> tuple[Grads, list[Finding]]:
    """The first answer, and what is wrong with the second or with the arguments."""
    values, upstream = problem.fresh(), np.array(dy)
    before = {k: np.array(v) for k, v in values.items() if isinstance(v, np.ndarray)}
    _, cache = problem.forward(values)
    findings = changed_inputs(values, before, "the forward")
    cached = [np.array(a) for a in arrays_within(cache)]
    before = {k: np.array(v) for k, v in values.items() if isinstance(v, np.ndarray)}
    first = gradients(problem.backward(upstream, cache, values), problem)
    if not findings:
        findings = changed_inputs(values, before, "the backward")
    if not np.array_equal(upstream, dy, equal_nan=True):
        findings.append(mutated("dy", "the backward"))
    return first, findings or asked_again(problem, dy, first, cache, values, cached)


def asked_again(
    problem: Problem,
    dy: np.ndarray,
    first: Grads,
    cache: Any,
    values: dict[str, Any],
    cached: list[np.ndarray],
) -> list[Finding]:
    """The answer to the same question, after a new forward and with the old cache.

    A backward may be called once for each forward (a tape that it pops): of the old
    cache only its arrays count, which must not be written to.
    """
    anew = attempt(lambda: sweep(problem, dy))
    findings = [] if anew is None else asked_twice(first, anew, False)
    if findings or problem.loss:
        return findings
    now = arrays_within(cache)
    if len(now) != len(cached):  # popped or cleared
        return []
    if all(map(same_array, now, cached)):
        return []
    again = attempt(
        lambda: gradients(problem.backward(np.array(dy), cache, values), problem)
    )
    return [] if again is None else asked_twice(first, again, True)


def same_array(a: np.ndarray, b: np.ndarray) -> bool:
    """Equal entries, nan to nan."""
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))


def attempt(ask: Callable[[], Any]) -> Any:
    """What a further question gives; None if the code does not take that question."""
    try:
        return ask()
    except (Exception, SystemExit):
        return None


def mutated(name: str, who: str) -> Finding:
    """An argument was written to."""
    says = f"{who} writes to its argument {name}: work on a copy"
    return Finding("behavior", ("mutated",), (), says)


def changed_inputs(values: dict[str, Any], before: Grads, who: str) -> list[Finding]:
    """A finding for each input that is no longer what it was."""
    return [
        mutated(k, who)
        for k, old in before.items()
        if not np.array_equal(values[k], old, equal_nan=old.dtype.kind == "f")
    ]


def asked_twice(first: Grads, second: Grads, touched: bool) -> list[Finding]:
    """The second answer must be the first."""
    findings = []
    for k, a in first.items():
        b = second[k]
        if close(a, b):
            continue
        if touched:
            says = "the backward changes the cache: a second call gives another answer"
            findings.append(Finding("behavior", ("cache-mutated",), (f"d{k}",), says))
        elif close(2 * a, b):
            says = "the second call returns twice the first: it adds to what is kept"
            findings.append(Finding("behavior", ("accumulated",), (f"d{k}",), says))
        else:
            says = "another answer each time: something random, or state that is kept"
            findings.append(
                Finding("behavior", ("changes-between-calls",), (f"d{k}",), says)
            )
    return findings


def upstream(problem: Problem, dy: np.ndarray, first: Grads) -> list[Finding]:
    """backward of 0, 2 dy and -dy is 0, 2 and -1 times backward(dy)."""
    answers = attempt(lambda: [sweep(problem, c * dy) for c in (0, 2, -1)])
    if answers is None:
        return []
    zero, double, minus = answers
    findings = []
    for k, g in first.items():
        size = float(np.abs(g).max(initial=0))
        if not np.all(np.isfinite(g)) or zero[k].shape != g.shape:
            continue
        name = (f"d{k}",)
        rest = float(np.abs(zero[k]).max(initial=0))
        if not np.all(np.isfinite(zero[k])):
            says = "it is not finite for dy = 0: a division by dy?"
            findings.append(Finding("behavior", ("divides-by-dy",), name, says))
        elif rest > 1e-6 * size and close(zero[k], g):
            says = "dy is ignored: backward(0) is not 0 (the upstream gradient is lost)"
            findings.append(Finding("behavior", ("upstream-ignored",), name, says))
        elif rest > 1e-6 * size:
            says = "a part of it does not depend on dy: backward(0) is not 0"
            findings.append(Finding("behavior", ("term-without-dy",), name, says))
        elif close(double[k], g) and size > 0:
            says = "only the direction of dy is used: backward(2 dy) = backward(dy)"
            findings.append(Finding("behavior", ("upstream-ignored",), name, says))
        elif close(double[k], 4 * g) and size > 0:
            says = "dy is used twice: backward(2 dy) = 4 backward(dy)"
            findings.append(Finding("behavior", ("dy-squared",), name, says))
        elif not close(double[k], 2 * g) or not close(minus[k], -g):
            says = (
                "it is not linear in dy: backward(2 dy) and backward(-dy) must be"
                " 2 and -1 times backward(dy)"
            )
            findings.append(Finding("behavior", ("not-linear-in-dy",), name, says))
    return findings


def strided(a: np.ndarray) -> np.ndarray:
    """The same values in a view that is not contiguous."""
    if a.ndim == 0:
        return a
    view: np.ndarray = np.repeat(a, 2, axis=-1)[..., ::2]
    return view


def layout(problem: Problem, dy: np.ndarray, first: Grads) -> list[Finding]:
    """A non-contiguous input gives the same gradients."""
    values = problem.fresh()
    for k, v in values.items():
        if isinstance(v, np.ndarray):
            values[k] = strided(v)
    _, cache = problem.forward(values)
    again = gradients(problem.backward(strided(dy), cache, values), problem)
    wrong = tuple(f"d{k}" for k, g in first.items() if not close(g, again[k]))
    if not wrong:
        return []
    says = "it is wrong if an input is not contiguous in memory (a slice, a transpose)"
    return [Finding("behavior", ("non-contiguous",), wrong, says)]


def single_precision(problem: Problem, dy: np.ndarray) -> list[str]:
    """A note if float32 does not stay float32."""
    values = problem.fresh()
    for k, v in values.items():
        if isinstance(v, np.ndarray) and v.dtype.kind == "f":
            values[k] = v.astype(np.float32)
    y, cache = problem.forward(values)
    single = np.asarray(dy).astype(np.float32)
    found = gradients(problem.backward(single, cache, values), problem)
    wide = [f"d{k}" for k, g in found.items() if g.dtype == np.float64]
    if not wide:
        return []
    return [
        f"{', '.join(wide)}: float32 inputs give float64 (slower, twice the memory)"
    ]


def batch_of_one(problem: Problem, y: np.ndarray) -> dict[str, np.ndarray] | None:
    """The inputs cut to one sample, None if it is not clear which belong to it.

    Which arrays share the batch axis is found by leaving one sample out: of all ways to
    cut arrays as long as the first input, the forward must take just one.
    """
    arrays = [(k, v) for k, v in problem.inputs.items() if isinstance(v, np.ndarray)]
    if not arrays or arrays[0][1].ndim == 0 or len(arrays[0][1]) < 3:
        return None
    first, n = arrays[0][0], len(arrays[0][1])
    if not problem.loss and (y.ndim == 0 or len(y) != n):
        return None
    others = [k for k, v in arrays[1:] if v.ndim > 0 and len(v) == n]
    for count in range(len(others) + 1):
        fitting = [
            (first, *some)
            for some in combinations(others, count)
            if _takes(problem, y, (first, *some), n - 1)
        ]
        if fitting:
            one = {k: problem.inputs[k][:1].copy() for k in fitting[0]}
            return one if len(fitting) == 1 else None
    return None


def _takes(problem: Problem, y: np.ndarray, names: tuple[str, ...], n: int) -> bool:
    """The forward works with these inputs cut to n samples, and gives n of them."""
    cut = {k: problem.inputs[k][:n] for k in names}
    z = attempt(lambda: np.asarray(problem.value(problem.fresh(cut))))
    if z is None or z.ndim != y.ndim or not np.all(np.isfinite(z)):
        return False
    return bool(problem.loss or z.shape == (n, *y.shape[1:]))
