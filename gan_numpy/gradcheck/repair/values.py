r"""Cases of a function whose value is known: the same search, without derivatives."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gan_numpy.gradcheck.deadline import until
from gan_numpy.gradcheck.probes import arrays_within, close
from gan_numpy.gradcheck.repair.alarm import run_until
from gan_numpy.gradcheck.repair.cases import right
from gan_numpy.gradcheck.repair.explain import quietly, stopwatch, suspects
from gan_numpy.gradcheck.repair.found import Found
from gan_numpy.gradcheck.repair.search import Search

MOST_ENTRIES = 500


@dataclass
class ValueCase:
    """A call and what it must answer.

    Attributes
    ----------
    call : function () -> (arrays, arguments)
        Calls the student's function with copies of the arguments.
    want : list of array
    given : list of array
        The arguments, which must be left as they are.
    solution : function, optional
        The solution's answer to the same arguments.
    """

    call: Callable[[], tuple[list[np.ndarray], Any]]
    want: list[np.ndarray]
    given: list[np.ndarray] = field(default_factory=list)
    solution: Callable[[], Any] | None = None

    def ask(self) -> Any:
        """The answer, and what became of the arguments."""
        return self.call()

    def model(self) -> Callable[[], Any] | None:
        """The solution."""
        return self.solution

    def keep_forward(self, keep: bool) -> None:
        """Nothing precedes the function."""

    def truth(self) -> np.ndarray | None:
        """All entries of what it must answer."""
        if sum(w.size for w in self.want) > MOST_ENTRIES:
            return None
        return np.concatenate([w.ravel().astype(np.float64) for w in self.want])

    def flat(self, answer: Any) -> np.ndarray | None:
        """All entries of an answer."""
        got = answer[0]
        if [g.shape for g in got] != [w.shape for w in self.want]:
            return None
        return np.concatenate([g.ravel().astype(np.float64) for g in got])

    def results(self, answer: Any) -> dict[str, np.ndarray]:
        """What was answered."""
        return {str(k): g for k, g in enumerate(answer[0])}

    def answers(self, answer: Any) -> dict[str, np.ndarray]:
        """The same."""
        return self.results(answer)

    def fits(self, name: str, array: np.ndarray) -> bool:
        """It is the wanted one."""
        return _equal(array, self.want[int(name)])

    def keeps(self, answer: Any) -> bool:
        """There is nothing else in it."""
        return True

    def judge(self, answer: Any, quick: bool = False) -> dict[str, bool]:
        """Each output, and the arguments."""
        got, arguments = answer
        found = {
            str(k): _equal(g, w)
            for k, (g, w) in enumerate(zip(got, self.want, strict=True))
        }
        after = arrays_within(arguments)
        found["the arguments"] = len(after) == len(self.given) and all(
            map(np.array_equal, after, self.given)
        )
        return found


def _equal(got: np.ndarray, want: np.ndarray) -> bool:
    if got.shape != want.shape:
        return False
    if not np.all(np.isfinite(want)):
        return close(got, want)
    size = float(np.abs(want).max(initial=0))
    return bool(np.all(np.abs(got - want) <= 1e-8 * size + 1e-300))


def fixes_of_values(cases: Sequence[ValueCase], since: float | None = None) -> Found:
    """The confirmed edits of a function whose values are wrong.

    ``since`` is when the check began, as for `explain.fixes`.
    """
    clock = stopwatch(since)
    if clock is None:
        return Found()
    searches: list[Search] = []

    def look() -> None:
        wrong = [c for c in cases if not _right(c)]
        if wrong:
            ordered = [wrong[0], *(c for c in cases if c is not wrong[0])]
            functions, _ = suspects(wrong[0].ask, None)
            searches.append(Search(functions, ordered, functions, clock))
            # of what we do not understand nothing is said
            with contextlib.suppress(Exception, SystemExit):
                searches[0].run()

    with quietly(), until(clock.reached):
        run_until(clock.end, look)
    return searches[0].found() if searches else Found()


def _right(case: ValueCase) -> bool:
    try:
        return right(case.judge(case.ask()))
    except (Exception, SystemExit):
        return False
