r"""The search: every edit, the plausible first, until one makes everything right."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from gan_numpy.gradcheck.deadline import OutOfTime, until
from gan_numpy.gradcheck.repair.adjoints import Adjoints
from gan_numpy.gradcheck.repair.bench import Bench
from gan_numpy.gradcheck.repair.cases import Case
from gan_numpy.gradcheck.repair.edits.constants import numbers_in
from gan_numpy.gradcheck.repair.edits.insertions import insertions
from gan_numpy.gradcheck.repair.edits.pools import written_texts
from gan_numpy.gradcheck.repair.edits.proposals import Proposals
from gan_numpy.gradcheck.repair.edits.returns import return_edits
from gan_numpy.gradcheck.repair.edits.site import Site
from gan_numpy.gradcheck.repair.edits.statements import statement_edits
from gan_numpy.gradcheck.repair.found import Fix, Found, Step, Stopwatch, is_use
from gan_numpy.gradcheck.repair.memory import little_memory
from gan_numpy.gradcheck.repair.missing import solved
from gan_numpy.gradcheck.repair.paths import path_of
from gan_numpy.gradcheck.repair.source import Written
from gan_numpy.gradcheck.repair.survey import Place, Survey
from gan_numpy.gradcheck.repair.ways import Ways

# What is tried, in this order; "solved": factors and terms that solve for a value. What
# the forward calls, too, comes later: its output is right. Two mistakes are looked for
# when no near edit has made all right, before those that are far-fetched.
NEAR = (
    ("0", "backward"),
    ("0", "forward"),
    ("1", "backward"),
    ("solved", "backward"),
    ("2", "backward"),
    ("paths", "backward"),
    ("1", "forward"),
)
# Where the forward calls everything: of its values, too, the line may be known first.
FORWARD = (
    ("0", "forward"),
    ("1", "backward"),
    *((stage, "forward") for stage in ("1", "solved", "2", "paths")),
)
STAGES = (
    *NEAR,
    ("solved", "forward"),
    ("2", "forward"),
    ("paths", "forward"),
    ("3", "backward"),
    ("3", "forward"),
)


FOCUS = ("1", "solved", "2", "paths", "3")  # of a line that is known to be the place


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
        self.survey = Survey(self.benches, cases, clock, adjoints)
        self.attempts = self.survey.attempts
        self.fixes: list[Fix] = []
        self.place: Place | None = None
        self.right: tuple[str, ...] = ()
        self.steps: tuple[Step, ...] = ()
        self.held: list[Fix] = []  # they mend what follows from a wrong line

    def run(
        self, between: Callable[[], object] = lambda: None, far: bool = True
    ) -> Found:
        """The confirmed repairs of the first tier that has any, else the place.

        If the time goes, what was found until then. ``between`` is called when no near
        edit has made all right; without ``far`` the search ends there.
        """
        over = contextlib.suppress(OutOfTime, MemoryError)
        with until(self.clock.reached), over, little_memory():
            self.survey.observe()
            alone = all(b.function in self.in_forward for b in self.benches)
            near = FORWARD if alone else NEAR
            self._stages(near)
            if not self.fixes and self.place is None:
                between()
                self._stages([s for s in STAGES if far and s not in near])
            self._place()
        return self.found()

    def found(self) -> Found:
        """What is known by now; two mistakes only if one does not do."""
        steps = () if self.fixes else self.steps
        return Found(self.fixes, self.place, self.right, steps)

    def _place(self) -> None:
        """Where it is, and what is right up to there."""
        if not self.fixes and self.place is None:
            self.place = self.survey.only_line()
        first = min(self.fixes, key=lambda f: f.line, default=None)
        if first is not None:
            self.right = self.survey.right_before(first.filename, first.line)
        elif self.place is not None:
            self.right = self.survey.right_before(*self.place[:2])

    def _stages(self, stages: Iterable[tuple[str, str]]) -> None:
        """The edits of the first stage that has any are in ``fixes`` afterward."""
        inside = [b for b in self.benches if b.function in self.in_forward]
        groups = {
            "forward": inside,
            "backward": [b for b in self.benches if b not in inside],
        }
        later = self.survey.later
        for stage, group in stages:
            if stage == "1" and group == "backward" and self._focused():
                return
            if self.held and (group == "forward" or stage == "3"):
                break
            found: list[Fix] = []
            for bench in groups[group]:
                for case in self.cases:
                    case.keep_forward(group == "backward")
                for fix in self._stage(bench, stage):
                    if fix.is_in_vain():
                        continue
                    found.append(fix)
                    here = [f for f in found if f.statement not in later]
                    self.fixes = here or self.held or found
            if any(f.statement not in later for f in found):
                return
            self.held = self.held or found

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
            found = ways.part(bench, self.survey.tops(bench))
            if found is not None:
                self._focus(bench, found)
                return True
        return False

    def _focus(self, bench: Bench, site: Site) -> None:
        """All edits of the line of which it is known that it is the place."""
        line = site.node.lineno
        self.place = (bench.function.filename, line, bench.function.text(line))
        with self.survey.only(bench, site.root.statement):
            for stage in FOCUS:
                for fix in self._stage(bench, stage):
                    self.fixes.append(fix)
                if self.fixes:
                    return

    def _is_late(self) -> bool:
        return self.clock.part() > 0.5

    def _stage(self, bench: Bench, stage: str) -> Iterable[Fix]:
        if stage == "solved":
            return self._solved(bench)
        return self._paths(bench) if stage == "paths" else self._tier(bench, int(stage))

    def _solved(self, bench: Bench) -> Iterator[Fix]:
        """Factors and terms, where the results are linear in a value."""
        best: int | None = None
        survey = self.survey
        survey.measure_tops(bench)
        every = survey.sites[id(bench)]
        survey.measure(bench, [s for s in every if survey.is_open(bench, s)])
        known, late = survey.known[id(bench)], self.clock.reached
        hits = solved(bench, self.cases[0], known, self.texts, late)
        for weight, site, kind, new in sorted(hits, key=lambda hit: hit[0])[:200]:
            if best is not None and weight > best or self.clock.reached():
                return
            found = self.attempts.expression(bench, site, kind, new, 2)
            if found is not None:
                best = weight
                yield found

    def _paths(self, bench: Bench) -> list[Fix]:
        """A path of the chain rule that is missing; the first value that lacks one."""
        self.survey.measure_tops(bench)
        known, tops = self.survey.known[id(bench)], self.survey.tops(bench)
        first = self.survey.first.get(id(bench))
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

    def _tier(self, bench: Bench, tier: int) -> Iterator[Fix]:
        yield from self._statements(bench, tier)
        if tier == 0:
            return
        self.survey.measure_tops(bench)
        known = self.survey.known[id(bench)]
        for site in self.survey.sites[id(bench)]:
            if not self.survey.is_open(bench, site):
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
        changed = statement_edits(node, bench.masks())
        edits = (*return_edits(node), *changed, *insertions(node))
        for change in edits:
            if change[1] != tier or not self.survey.matters(bench, change[2]):
                continue
            if self.survey.is_hopeless(bench, change):
                continue
            if self.clock.reached():
                return
            found = self.attempts.statement(bench, change)
            if found is not None:
                yield found
