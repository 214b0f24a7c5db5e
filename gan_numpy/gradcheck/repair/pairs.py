r"""Two mistakes: one edit makes some of the results right, another one the rest.

No edit alone makes everything right. But what is returned comes in several arrays, and
on some of them only one of the two mistakes may be seen: the edit that makes such an
array right (and none wrong that was right) is put in place, and the search starts anew
from there. What is found is confirmed on all questions, as always.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gan_numpy.gradcheck.repair.adjoints import Adjoints
from gan_numpy.gradcheck.repair.bench import Bench, without_ours
from gan_numpy.gradcheck.repair.cases import GradientCase, outcome, right
from gan_numpy.gradcheck.repair.found import Fix, Found, Step, Stopwatch
from gan_numpy.gradcheck.repair.plausible import most_plausible, repair_of
from gan_numpy.gradcheck.repair.search import Search
from gan_numpy.gradcheck.repair.slices import slice_of
from gan_numpy.gradcheck.repair.source import Written, build, replaced

FIRST = 0.4  # of the time that is left, for one array
TRIED = 2  # of the edits that make it right

Truths = Callable[[Any], Adjoints]


@dataclass
class Pair:
    """Functions of which two lines are wrong, and questions to them.

    Attributes
    ----------
    functions, inside : list of Written
        All, and those that the forward calls, too.
    cases : list of GradientCase
        The first is answered wrong.
    """

    functions: list[Written]
    inside: list[Written]
    cases: Sequence[GradientCase]
    clock: Stopwatch
    adjoints: Truths

    def __post_init__(self) -> None:
        every = (self.functions, self.cases, self.inside, self.clock, self.adjoints)
        self.search = Search(*every)  # for one mistake

    def look(self) -> None:
        """Two mistakes, for who has found no near edit that makes all right."""
        with contextlib.suppress(Exception, SystemExit):
            self.search.steps = self.steps()

    def steps(self) -> tuple[Step, ...]:
        """The edits with the arrays that each makes right; none if there are none."""
        self.cases = self._answered_first()
        judged = outcome(self.cases[0])
        names = list(self.cases[0].true)
        wrong = [k for k in names if not judged.get(k)]
        if len(wrong) < 2:
            return ()
        fine = [k for k in names if judged.get(k)]
        for k in self._easy_first(wrong):
            if self.clock.reached():
                break
            cases = [case.about([*fine, k]) for case in self.cases]
            found = self._found(self.functions, cases, self.clock.share(FIRST))
            if repair_of(found.fixes) is None:
                continue
            for fix in most_plausible(found.fixes)[:TRIED]:
                steps = self._then(fix, found.fixes, wrong)
                if steps:
                    return steps
        return ()

    def _answered_first(self) -> list[GradientCase]:
        """Where it raises an error nothing tells one array from another."""
        judged = [outcome(case) for case in self.cases]
        pairs = list(zip(self.cases, judged, strict=True))
        first = [case for case, j in pairs if j and not right(j)]
        return [*first, *(case for case in self.cases if case not in first)]

    def _then(self, fix: Fix, fixes: list[Fix], wrong: list[str]) -> tuple[Step, ...]:
        """With this edit in place: what is right now, and the edit for the rest."""
        changed = None if fix.tree is None else _changed(fix)
        code = None if changed is None else build(changed)
        if changed is None or code is None:
            return ()
        functions = [changed if _is(f, fix) else f for f in self.functions]
        with replaced(changed, code):
            judged = [outcome(case) for case in self.cases]
            mended = [k for k in wrong if all(j.get(k) for j in judged)]
            rest = [k for k in wrong if k not in mended]
            if not mended or not rest or all(map(right, judged)):
                return ()
            found = self._found(functions, self.cases, self.clock.share(1.0))
        if repair_of(found.fixes) is None:
            return ()
        return Step(_named(mended), fixes), Step(_named(rest), found.fixes)

    def _found(
        self,
        functions: list[Written],
        cases: Sequence[GradientCase],
        clock: Stopwatch,
    ) -> Found:
        fresh = {id(f): _again(f) for f in functions}
        inside = [
            fresh[id(f)] for f in functions if any(_same(f, g) for g in self.inside)
        ]
        every = list(fresh.values())
        search = Search(every, cases, inside, clock, self.adjoints)
        with contextlib.suppress(Exception, SystemExit):
            search.run(far=False)
        return search.found()

    def _easy_first(self, wrong: list[str]) -> list[str]:
        """Arrays on which few statements bear come first."""
        case = self.cases[0]
        benches = [Bench(_again(f)) for f in self.functions]
        results = case.results(case.ask())
        sizes = dict.fromkeys(wrong, 0)
        for bench in benches:
            bench.observe(case.ask)
            for k in wrong:
                others = [results[other] for other in results if other != k]
                part = slice_of(bench, others, [results[k]])
                sizes[k] += 1000 if part is None else len(part)
        return sorted(wrong, key=lambda k: sizes[k])


def _named(names: list[str]) -> tuple[str, ...]:
    return tuple(f"d{k}" for k in names)


def _again(function: Written) -> Written:
    """The same function, whose tree may be changed anew."""
    tree = without_ours(function.node)
    return Written(function.functions, tree, function.filename, function.lines)


def _changed(fix: Fix) -> Written | None:
    if fix.function is None or fix.tree is None:
        return None
    f = fix.function
    return Written(f.functions, fix.tree, f.filename, f.lines)


def _same(a: Written, b: Written) -> bool:
    return a.functions[0] is b.functions[0]


def _is(function: Written, fix: Fix) -> bool:
    return fix.function is not None and _same(function, fix.function)
