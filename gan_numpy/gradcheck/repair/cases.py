r"""Questions with known answers, to judge a changed function by."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from gan_numpy.gradcheck.adapt import NO_CACHE, Problem
from gan_numpy.gradcheck.numeric import entry_gradient
from gan_numpy.gradcheck.probes import close
from gan_numpy.gradcheck.repair.projections import (
    Projections,
    by_slopes,
    by_solution,
    forward_in,
    gradients_of_solution,
)
from gan_numpy.gradcheck.returned import gradients

MOST_ENTRIES = 700


class Case(Protocol):
    """One question; ``ask`` calls the student's function, ``judge`` its answer."""

    def ask(self) -> Any:
        """What the function answers; it may raise anything."""

    def keep_forward(self, keep: bool) -> None:
        """Whether what precedes the changed function may be run once for all."""

    def truth(self) -> np.ndarray | None:
        """All entries of the answer, flat, nan where unknown; None if too many."""

    def flat(self, answer: Any) -> np.ndarray | None:
        """The entries of an answer as in `truth`; None if a shape is wrong."""

    def results(self, answer: Any) -> dict[str, np.ndarray]:
        """The arrays that are judged, by the names that `judge` gives them."""

    def answers(self, answer: Any) -> dict[str, np.ndarray]:
        """All arrays of an answer in order, those that do not count included."""

    def fits(self, name: str, array: np.ndarray) -> bool:
        """The array could be the one of this name."""

    def keeps(self, answer: Any) -> bool:
        """What precedes the gradients is as it was."""

    def model(self) -> Callable[[], Any] | None:
        """A call of the solution that answers the same question; None without one."""

    def judge(self, answer: Any, quick: bool = False) -> dict[str, bool]:
        """Which of what was asked for is right; ``quick`` stops at a wrong one."""


@dataclass(eq=False)
class GradientCase:
    """A backward and its forward on certain inputs, with a certain cotangent.

    ``behaves`` asks more: a second call gets the same answer. ``exact`` are gradients
    of the solution that have been found right.
    """

    problem: Problem
    dy: np.ndarray
    y: np.ndarray
    true: dict[str, Projections] = field(default_factory=dict)
    behaves: bool = False
    kept: Any = None
    exact: dict[str, np.ndarray] = field(default_factory=dict)
    entries: np.ndarray | None = None
    whole: GradientCase | None = None  # of which this is a part

    def keep_forward(self, keep: bool) -> None:
        """Run the forward once for all, if what it returns is plain arrays.

        Not while the forward itself, or what it calls, is being changed.
        """
        self.kept = None
        if keep and not self.problem.loss and not self.behaves:
            values = self.problem.fresh()
            y, cache = self.problem.forward(values)
            with contextlib.suppress(TypeError):
                self.kept = copied((values, y, cache))

    def ask(self) -> Any:
        """The output, the gradients, and what became of the arguments."""
        dy = np.array(self.dy)
        if self.kept is None:
            values = self.problem.fresh()
            y, cache = self.problem.forward(values)
        else:
            values, y, cache = copied(self.kept)
        returned = self.problem.backward(dy, cache, values)
        if self.behaves:
            second = gradients(self.problem.backward(dy, cache, values), self.problem)
        else:
            second = {}
        return y, gradients(returned, self.problem), second, values, dy

    def truth(self) -> np.ndarray | None:
        """All entries of the true gradients, flat, nan at kinks; None if too many."""
        if sum(self.problem.inputs[k].size for k in self.true) > MOST_ENTRIES:
            return None
        if self.entries is None:
            self.entries = self._entries()
        return self.entries

    def _entries(self) -> np.ndarray:
        parts = []
        for k in self.true:
            if k in self.exact:
                parts.append(self.exact[k].astype(np.float64).ravel())
                continue
            x = self.problem.inputs[k]
            g = entry_gradient(forward_in(self.problem, k), x, self.dy)
            parts.append(np.where(g.known, g.value, np.nan).ravel())
        return np.concatenate(parts)

    def flat(self, answer: Any) -> np.ndarray | None:
        """The gradients of an answer, flat as in `truth`; None if a shape is wrong."""
        got = answer[1]
        if any(got[k].shape != p.shape for k, p in self.true.items()):
            return None
        return np.concatenate([got[k].ravel() for k in self.true]).astype(np.float64)

    def about(self, names: Iterable[str]) -> GradientCase:
        """The same question, of which only some gradients count."""
        true = {k: self.true[k] for k in names}
        every, entries = self.truth(), None
        if every is not None:
            ends = np.cumsum([math.prod(p.shape) for p in self.true.values()])[:-1]
            parts = dict(zip(self.true, np.split(every, ends), strict=True))
            entries = np.concatenate([parts[k] for k in true])
        return replace(self, true=true, kept=None, entries=entries, whole=self)

    def model(self) -> Callable[[], Any] | None:
        """The solution's gradients, by way of the true forward."""
        solution = self.problem.solution
        return None if solution is None else lambda: solution(self.problem, self.dy)

    def results(self, answer: Any) -> dict[str, np.ndarray]:
        """The gradients."""
        return {k: answer[1][k] for k in self.true}

    def answers(self, answer: Any) -> dict[str, np.ndarray]:
        """The gradients, also those that do not count."""
        found: dict[str, np.ndarray] = answer[1]
        return found

    def fits(self, name: str, array: np.ndarray) -> bool:
        """It is the gradient of this name, or that does not count."""
        return name not in self.true or self.true[name].agree(array)

    def keeps(self, answer: Any) -> bool:
        """The output is as it was."""
        y = np.asarray(answer[0])
        return y.shape == self.y.shape and close(y, self.y)

    def judge(self, answer: Any, quick: bool = False) -> dict[str, bool]:
        """Each gradient by its name; what else is asked by words that are no names."""
        _, got, second, values, dy = answer
        found = {}
        for k, true in self.true.items():
            found[k] = true.agree(got[k])
            if quick and not found[k]:
                return found
        found["the output"] = self.keeps(answer)
        # An edit that makes the function write to what it is given is no repair.
        found["the arguments"] = np.array_equal(dy, self.dy) and all(
            np.array_equal(values[k], v, equal_nan=v.dtype.kind == "f")
            for k, v in self.problem.inputs.items()
            if isinstance(v, np.ndarray)
        )
        if self.behaves:
            found["a second call"] = all(close(g, second[k]) for k, g in got.items())
        return found


def gradient_case(
    problem: Problem,
    rng: np.random.Generator,
    dy: np.ndarray | None = None,
    behaves: bool = False,
) -> GradientCase | None:
    """A case with its true slopes; None where the forward is not differentiable."""
    y = np.asarray(problem.value(problem.fresh()))
    if y.dtype.kind not in "fiub" or not np.all(np.isfinite(y)):
        return None
    if dy is None or dy.shape != y.shape:
        dy = np.ones(y.shape) if problem.loss else rng.standard_normal(y.shape)
    case = GradientCase(problem, dy, y.copy(), behaves=behaves)
    solved = {} if behaves else gradients_of_solution(problem, dy)
    for k in problem.wrt:
        g = solved.get(k)
        true = None if g is None else by_solution(problem, k, dy, g, rng)
        if true is not None and g is not None:
            case.exact[k] = g
        else:
            true = by_slopes(problem, k, dy, rng)
        if true is None:
            return None
        case.true[k] = true
    return case


PLAIN = (int, float, complex, str, bool, bytes, slice, type(None), np.generic)


def copied(value: Any) -> Any:
    """A copy of arrays in tuples, lists and dicts.

    Raises
    ------
    TypeError
        If there is anything else in it.
    """
    if isinstance(value, np.ndarray):
        return value.copy(order="K")
    if type(value) in (tuple, list):
        return type(value)([copied(v) for v in value])
    if type(value) is dict:
        return {k: copied(v) for k, v in value.items()}
    if isinstance(value, PLAIN) or value is NO_CACHE:
        return value
    raise TypeError(type(value).__name__)


def outcome(case: Case, run: Callable[[], Any] | None = None) -> dict[str, bool]:
    """The judgement; nothing is right if the call raises."""
    try:
        answer = case.ask() if run is None else run()
        return case.judge(answer)
    except (Exception, SystemExit):
        return {}


def right(judged: dict[str, bool]) -> bool:
    """Everything that was asked for is right."""
    return bool(judged) and all(judged.values())


__all__ = ["Case", "GradientCase", "gradient_case", "outcome", "right"]
