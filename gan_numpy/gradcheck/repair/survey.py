r"""What is known of the functions before, and while, edits are tried: values, lines.

Each expression has been seen, on some lines no wrong result depends, and of some values
it is known what they would have to be (see `solve`).
"""

from __future__ import annotations

import ast
import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from gan_numpy.gradcheck.repair.adjoints import Adjoints
from gan_numpy.gradcheck.repair.attempts import Attempts
from gan_numpy.gradcheck.repair.bench import Bench
from gan_numpy.gradcheck.repair.cases import Case
from gan_numpy.gradcheck.repair.edits.site import Site, sites
from gan_numpy.gradcheck.repair.edits.statements import Change
from gan_numpy.gradcheck.repair.found import Stopwatch
from gan_numpy.gradcheck.repair.places import (
    first_wrong,
    possible_lines,
    right_before,
    unpacks,
)
from gan_numpy.gradcheck.repair.slices import slice_of
from gan_numpy.gradcheck.repair.solve import Response, responses
from gan_numpy.gradcheck.repair.wanted import wanted

Place = tuple[str, int, str]  # file, line, its text


def _does_more(site: Site) -> bool:
    """It calls a method of the student's, which may keep something for later."""
    assert site.top is not None
    for node in ast.walk(site.top):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if hasattr(getattr(site.of(node.func), "__func__", None), "__code__"):
                return True
    return False


def _is(value: Any, array: np.ndarray) -> bool:
    return np.shape(value) == array.shape and np.array_equal(value, array)


class Survey:
    """Functions of which something is wrong, on the first of some cases.

    Attributes
    ----------
    sites : dict
        The expressions that may be the place, by ``id`` of the bench.
    known : dict
        The responses to their values, by ``id`` of the bench and of the expression.
    first : dict
        The first whole that is wrong, by the function that it is in.
    later : set
        Statements that are wrong because of it.
    answers : dict
        The arrays that came back, by name, in order; empty if it was no answer.
    """

    def __init__(
        self,
        benches: list[Bench],
        cases: Iterable[Case],
        clock: Stopwatch,
        adjoints: Callable[[Any], Adjoints] | None,
    ) -> None:
        self.benches, self.clock = benches, clock
        self.cases = list(cases)
        self.attempts = Attempts(self.cases, clock, adjoints)
        self.sites: dict[int, list[Site]] = {}
        self.known: dict[int, dict[int, Response | None]] = {}
        self.parts: dict[int, set[int] | None] = {}
        self.first: dict[int, Site] = {}
        self.later: set[int] = set()
        self.answers: dict[str, Any] = {}

    def observe(self) -> None:
        """What every expression is, and on which lines a wrong result depends."""
        case = self.cases[0]
        started = time.thread_time()
        results: dict[str, Any] = {}
        fine: dict[str, bool] = {}
        with contextlib.suppress(Exception, SystemExit):  # then every line matters
            answer = case.ask()
            results, fine = case.results(answer), case.judge(answer)
            self.answers = case.answers(answer)
        self.clock.usual = time.thread_time() - started
        good = [a for k, a in results.items() if fine.get(k)]
        bad = [a for k, a in results.items() if not fine.get(k)]
        calm = all(fine[k] for k in fine.keys() - results.keys())
        for bench in self.benches:
            bench.observe(case.ask)
            part = slice_of(bench, good, bad) if calm and bad else None
            self.parts[id(bench)] = part
            self.sites[id(bench)] = [
                s
                for s in sites(bench)
                if self.matters(bench, s.root.statement)
                and not unpacks(s.root.statement)
            ]

    def matters(self, bench: Bench, statement: ast.stmt) -> bool:
        """A wrong result may depend on it."""
        part = self.parts.get(id(bench))
        return part is None or id(statement) in part

    def is_hopeless(self, bench: Bench, change: Change) -> bool:
        """Other values are returned, and it is known that they are wrong, too.

        As many came back as there must be: none is missing. And what is returned in
        another order has been seen.
        """
        kind, _, statement, _, _, new = change
        if kind == "result-missing":
            return bool(self.answers)
        before = getattr(statement, "value", None)
        if kind != "returned-in-another-order" or not isinstance(before, ast.Tuple):
            return False
        values = [bench.values.get(id(item)) for item in before.elts]
        names, arrays = list(self.answers), list(self.answers.values())
        if len(values) != len(arrays) or not all(map(_is, values, arrays)):
            return False
        made = next(s for s in new if getattr(s, "lineno", 0) == statement.lineno)
        items = made.value.elts
        order = [before.elts.index(item) for item in items]
        fits = self.cases[0].fits
        return not all(fits(n, arrays[k]) for n, k in zip(names, order, strict=True))

    def tops(self, bench: Bench) -> list[Site]:
        """The wholes: what is assigned, an item that is returned."""
        return [s for s in self.sites[id(bench)] if s.node is s.top]

    def measure(self, bench: Bench, places: Iterable[Site]) -> None:
        """The responses to the values at some places, once each."""
        known = self.known.setdefault(id(bench), {})
        responses(bench, self.cases[0], places, known, self.clock.reached)

    def measure_tops(self, bench: Bench) -> None:
        """Of each whole: can it be the place, and what must its value be?"""
        if id(bench) in self.known:
            return
        tops = self.tops(bench)
        self.measure(bench, tops)
        for site in tops:
            found = self.known[id(bench)].get(id(site.node))
            if found is not None and found.solvable and not self.clock.reached():
                test = wanted(bench, self.cases[0], found)
                if test is not None:
                    self.attempts.wants[id(site.node)] = test
        first, later = first_wrong(bench, tops, self.attempts)
        self.later |= later
        if first is not None:
            self.first[id(bench)] = first
            self.attempts.first.add(id(first.root.statement))

    def is_open(self, bench: Bench, site: Site) -> bool:
        """Some value of the whole that it is part of makes the results right."""
        whole = self.known.get(id(bench), {}).get(id(site.top))
        if whole is None or whole.solvable or whole.narrow:
            return True
        return site.top is not None and _does_more(site)

    @contextlib.contextmanager
    def only(self, bench: Bench, statement: ast.stmt) -> Iterator[None]:
        """In the block only the expressions of one statement are there."""
        every, part = self.sites[id(bench)], self.parts[id(bench)]
        self.sites[id(bench)] = [s for s in every if s.root.statement is statement]
        self.parts[id(bench)] = {id(statement)}
        try:
            yield
        finally:
            self.sites[id(bench)], self.parts[id(bench)] = every, part

    def only_line(self) -> Place | None:
        """The line whose value could be such that all is right; None if unclear.

        Of one function, of whose values all that can be known is known.
        """
        if len(self.benches) != 1:
            return None
        bench = self.benches[0]
        places = self.sites[id(bench)]
        self.measure(bench, places)
        known = self.known[id(bench)]
        lines = possible_lines(bench, places, known, self.attempts)
        found = [(*at, text) for at, text in lines.items()]
        return found[0] if len(found) == 1 else None

    def right_before(self, filename: str, line: int) -> tuple[str, ...]:
        """Names that have got the value of a true adjoint on an earlier line."""
        names: list[str] = []
        for bench in self.benches:
            if bench.function.filename == filename and not self.clock.reached():
                places = self.sites[id(bench)]
                names += right_before(bench, places, self.attempts, line)
        return tuple(names)
