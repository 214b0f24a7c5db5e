r"""The search: every edit, the plausible first, until one makes everything right."""

from __future__ import annotations

import ast
import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from gan_numpy.gradcheck.repair.adjoints import Adjoints
from gan_numpy.gradcheck.repair.attempts import Attempts
from gan_numpy.gradcheck.repair.bench import Bench, OutOfTime, until
from gan_numpy.gradcheck.repair.cases import Case
from gan_numpy.gradcheck.repair.edits.constants import numbers_in
from gan_numpy.gradcheck.repair.edits.pools import written_texts
from gan_numpy.gradcheck.repair.edits.proposals import Proposals
from gan_numpy.gradcheck.repair.edits.site import Site, sites
from gan_numpy.gradcheck.repair.edits.returns import return_edits
from gan_numpy.gradcheck.repair.edits.statements import statement_edits
from gan_numpy.gradcheck.repair.found import Fix, Found, Stopwatch, is_use
from gan_numpy.gradcheck.repair.memory import little_memory
from gan_numpy.gradcheck.repair.missing import solved
from gan_numpy.gradcheck.repair.solve import Response, responses
from gan_numpy.gradcheck.repair.paths import path_of
from gan_numpy.gradcheck.repair.places import (
    first_wrong,
    possible_lines,
    right_before,
    unpacks,
)
from gan_numpy.gradcheck.repair.slices import slice_of
from gan_numpy.gradcheck.repair.source import Written
from gan_numpy.gradcheck.repair.wanted import wanted
from gan_numpy.gradcheck.repair.ways import Ways

# What is tried, in this order; "solved": factors and terms that solve for a value. What
# the forward calls, too, comes later: its output is right.
STAGES = (
    ("0", "backward"),
    ("0", "forward"),
    ("1", "backward"),
    ("solved", "backward"),
    ("2", "backward"),
    ("paths", "backward"),
    ("1", "forward"),
    ("solved", "forward"),
    ("2", "forward"),
    ("paths", "forward"),
    ("3", "backward"),
    ("3", "forward"),
)


FOCUS = ("1", "solved", "2", "paths", "3")  # of a line that is known to be the place

Place = tuple[str, int, str]  # file, line, its text


class Search:
    """All edits of some functions, judged by the first case, confirmed by the others.

    Parameters
    ----------
    functions : list of Written
        The most likely place of the mistake first.
    cases : list of Case
    in_forward : list of Written
        Those that the forward calls, too: with them it must be run again.
    """

    def __init__(
        self,
        functions: list[Written],
        cases: Sequence[Case],
        in_forward: list[Written],
        clock: Stopwatch,
        adjoints: Callable[[Any], Adjoints] | None = None,
    ) -> None:
        self.adjoints = adjoints
        self.cases, self.clock, self.in_forward = cases, clock, in_forward
        self.texts = written_texts(*(f.node for f in functions))
        self.benches = [b for b in map(Bench, functions) if b.plain is not None]
        numbers = numbers_in(*(f.node for f in functions))
        self.proposals = Proposals(self.texts, numbers)
        self.sites: dict[int, list[Site]] = {}
        self.known: dict[int, dict[int, Response | None]] = {}
        self.attempts = Attempts(cases, clock, adjoints)
        self.parts: dict[int, set[int] | None] = {}
        self.first: dict[int, Site] = {}  # by the function that it is in
        self.later: set[int] = set()  # statements that follow from it
        self.fixes: list[Fix] = []
        self.place: Place | None = None
        self.right: tuple[str, ...] = ()

    def run(self) -> Found:
        """The confirmed repairs of the first tier that has any, else the place.

        If the time goes, what was found until then.
        """
        over = contextlib.suppress(OutOfTime, MemoryError)
        with until(self.clock.reached), over, little_memory():
            self._search()
        return Found(self.fixes, self.place, self.right)

    def _search(self) -> None:
        self._fixes()
        if not self.fixes and self.place is None:
            lines = self._only_lines()
            self.place = next(iter(lines), None) if len(lines) == 1 else None
        first = min(self.fixes, key=lambda f: f.line, default=None)
        if first is not None:
            self.right = self._right_before(first.filename, first.line)
        elif self.place is not None:
            self.right = self._right_before(*self.place[:2])

    def _right_before(self, filename: str, line: int) -> tuple[str, ...]:
        """Names that have got the value of a true adjoint on an earlier line."""
        names: list[str] = []
        for bench in self.benches:
            if bench.function.filename == filename and not self.clock.reached():
                sites = self.sites[id(bench)]
                names += right_before(bench, sites, self.attempts, line)
        return tuple(names)

    def _only_lines(self) -> list[Place]:
        """Lines whose value could be such that all is right; none if that is unclear.

        Of one function, of whose values all that can be known is known.
        """
        if len(self.benches) != 1:
            return []
        bench = self.benches[0]
        sites = self.sites[id(bench)]
        self._measure(bench, sites)
        known = self.known[id(bench)]
        found = possible_lines(bench, sites, known, self.attempts)
        return [(*at, text) for at, text in found.items()]

    def _fixes(self) -> None:
        """Those of the first stage that has any are in ``fixes`` afterward."""
        self._observe()
        inside = [b for b in self.benches if b.function in self.in_forward]
        groups = {
            "forward": inside,
            "backward": [b for b in self.benches if b not in inside],
        }
        held: list[Fix] = []  # they mend what follows from a wrong line
        for stage, group in STAGES:
            if stage == "1" and group == "backward" and self._focused():
                return
            if held and (group == "forward" or stage == "3"):
                break
            found: list[Fix] = []
            for bench in groups[group]:
                for case in self.cases:
                    case.keep_forward(group == "backward")
                for fix in self._stage(bench, stage):
                    found.append(fix)
                    here = [f for f in found if f.statement not in self.later]
                    self.fixes = here or held or found
            if any(f.statement not in self.later for f in found):
                return
            held = held or found

    def _focused(self) -> bool:
        """Look for the line at which the values part from the solution's, and there."""
        if self.cases[0].model() is None:
            return False
        ways = Ways(
            self.cases, self._is_late, lambda v: self.attempts.are_adjoints([v])
        )
        self.attempts.ways = ways
        outside = [b for b in self.benches if b.function not in self.in_forward]
        for bench in reversed(outside or self.benches):  # what others call first
            tops = [s for s in self.sites[id(bench)] if s.node is s.top]
            found = ways.part(bench, tops)
            if found is not None:
                return self._focus(bench, found)
        return False

    def _focus(self, bench: Bench, site: Site) -> bool:
        """All edits of the line of which it is known that it is the place."""
        statement, line = site.root.statement, site.node.lineno
        self.place = (bench.function.filename, line, bench.function.text(line))
        every, part = self.sites[id(bench)], self.parts[id(bench)]
        self.sites[id(bench)] = [s for s in every if s.root.statement is statement]
        self.parts[id(bench)] = {id(statement)}
        for stage in FOCUS:
            for fix in self._stage(bench, stage):
                self.fixes.append(fix)
            if self.fixes:
                break
        self.sites[id(bench)], self.parts[id(bench)] = every, part
        return True

    def _is_late(self) -> bool:
        return self.clock.part() > 0.5

    def _stage(self, bench: Bench, stage: str) -> Iterable[Fix]:
        if stage == "solved":
            return self._solved(bench)
        return self._paths(bench) if stage == "paths" else self._tier(bench, int(stage))

    def _observe(self) -> None:
        """What every expression is, and on which lines a wrong result depends."""
        case = self.cases[0]
        started = time.process_time()
        results: dict[str, Any] = {}
        fine: dict[str, bool] = {}
        with contextlib.suppress(Exception, SystemExit):  # then every line matters
            answer = case.ask()
            results, fine = case.results(answer), case.judge(answer)
        self.clock.usual = time.process_time() - started
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
                if self._matters(bench, s.root.statement)
                and not unpacks(s.root.statement)
            ]

    def _measure(self, bench: Bench, places: Iterable[Site]) -> None:
        """The responses to the values at some places, once each."""
        known = self.known.setdefault(id(bench), {})
        responses(bench, self.cases[0], places, known, self.clock.reached)

    def _tops(self, bench: Bench) -> None:
        """Of each whole: can it be the place, and what must its value be?"""
        if id(bench) in self.known:
            return
        tops = [s for s in self.sites[id(bench)] if s.node is s.top]
        self._measure(bench, tops)
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

    def _solved(self, bench: Bench) -> Iterator[Fix]:
        """Factors and terms, where the results are linear in a value."""
        best: int | None = None
        self._tops(bench)
        known = self.known[id(bench)]
        self._measure(bench, [s for s in self.sites[id(bench)] if self._open(s, known)])
        every = solved(bench, self.cases[0], known, self.texts, self.clock.reached)
        for weight, site, kind, new in sorted(every, key=lambda hit: hit[0])[:200]:
            if best is not None and weight > best or self.clock.reached():
                return
            found = self.attempts.expression(bench, site, kind, new, 2)
            if found is not None:
                best = weight
                yield found

    def _paths(self, bench: Bench) -> list[Fix]:
        """A path of the chain rule that is missing; the first value that lacks one."""
        self._tops(bench)
        known = self.known[id(bench)]
        tops = [s for s in self.sites[id(bench)] if s.node is s.top]
        first = self.first.get(id(bench))
        for site in sorted(tops, key=lambda s: (s is not first, is_use(s))):
            found = known.get(id(site.node))
            if found is None or not found.solvable or self.clock.reached():
                continue
            fix = self.adjoints and path_of(
                bench, site, found, self.cases, self.adjoints
            )
            if fix:
                return [fix]
        return []

    def _open(self, site: Site, known: dict[int, Response | None]) -> bool:
        """Some value of the whole that it is part of makes the results right."""
        whole = known.get(id(site.top))
        return whole is None or whole.solvable or whole.narrow

    def _tier(self, bench: Bench, tier: int) -> Iterator[Fix]:
        yield from self._statements(bench, tier)
        if tier == 0:
            return
        self._tops(bench)
        known = self.known[id(bench)]
        for site in self.sites[id(bench)]:
            if not self._open(site, known):
                continue
            own, test = known.get(id(site.node)), self.attempts.wants.get(id(site.top))
            far = own is None or test is not None and bool(test.changing)
            for kind, new in self.proposals.of(site, tier, far):
                if self.clock.reached():
                    return
                found = self.attempts.expression(bench, site, kind, new, tier)
                if found is not None:
                    yield found

    def _statements(self, bench: Bench, tier: int) -> Iterator[Fix]:
        node = bench.function.node
        for change in (*return_edits(node), *statement_edits(node)):
            if change[1] != tier or not self._matters(bench, change[2]):
                continue
            if self.clock.reached():
                return
            found = self.attempts.statement(bench, change)
            if found is not None:
                yield found

    def _matters(self, bench: Bench, statement: ast.stmt) -> bool:
        """A wrong result may depend on it."""
        part = self.parts.get(id(bench))
        return part is None or id(statement) in part
