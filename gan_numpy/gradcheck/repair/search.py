r"""The search: every edit, the plausible first, until one makes everything right."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from gan_numpy.gradcheck.repair.adjoints import Adjoints
from gan_numpy.gradcheck.repair.bench import EDITED, Bench, Endless, Root, kept
from gan_numpy.gradcheck.repair.cases import Case, right
from gan_numpy.gradcheck.repair.edits.pools import written_texts
from gan_numpy.gradcheck.repair.edits.proposals import Proposals
from gan_numpy.gradcheck.repair.edits.site import Site, like, sites
from gan_numpy.gradcheck.repair.edits.returns import return_edits
from gan_numpy.gradcheck.repair.edits.statements import statement_edits
from gan_numpy.gradcheck.repair.kinds import KINDS
from gan_numpy.gradcheck.repair.solve import Response, responses, solved
from gan_numpy.gradcheck.repair.source import Written, build

TIERS = (0, 1, 2, 3)


@dataclass(frozen=True)
class Fix:
    """One edit that makes everything right.

    Attributes
    ----------
    kind : str
        A key of `kinds.KINDS`.
    line : int
        In the file or the cell.
    source : str
        The line as the student wrote it.
    old, new : str
        The expression (or statement) before and after.
    tier : int
    use : bool
        It is where a name is used, and the name could hold the right thing already.
    growth : int
        How much longer the source becomes; 0 if it does not.
    was_right, is_right : bool
        What the statement makes was, or is now, an adjoint of the forward.
    """

    kind: str
    filename: str
    line: int
    source: str
    old: str
    new: str
    tier: int
    use: bool = False
    growth: int = 0
    was_right: bool = False
    is_right: bool = False

    def depends(self) -> str:
        """What the changed line depends on, by name."""
        try:
            names = sorted(_names(self.new) - {"np", "numpy", "len"})
        except SyntaxError:
            names = []
        if not names or len(names) > 6:
            return "Which names does its formula have, and which stand there?"
        return f"`{self.old}` should depend on {', '.join(names)}."

    def change(self) -> str:
        """The edit in words."""
        if not self.new:
            return f"Change `{self.old}`: {KINDS[self.kind].says}."
        return f"Write `{self.new}` for `{self.old}`."


def _names(text: str) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}


def is_use(site: Site) -> bool:
    """A bare name that the function itself has given its value."""
    node = site.node
    if not isinstance(node, ast.Name) or isinstance(site.owner, ast.Assign):
        return False
    return site.scope.get(node.id) is not None


def size_of(node: ast.AST) -> int:
    """How many operations, calls and names."""
    kinds = (ast.operator, ast.unaryop, ast.expr, ast.stmt)
    return sum(isinstance(n, kinds) for n in ast.walk(node))


@dataclass(frozen=True)
class Limits:
    """When a search ends: seconds of processor time, seconds by the clock, attempts."""

    seconds: float = 6.0
    wall: float = 8.0
    attempts: int = 40_000


@dataclass
class Stopwatch:
    """What a search has used of its limits."""

    limits: Limits
    started: float = field(default_factory=time.process_time)
    begun: float = field(default_factory=time.monotonic)
    used: int = 0

    def part(self) -> float:
        """How much of the time has gone."""
        return max(
            (time.process_time() - self.started) / self.limits.seconds,
            (time.monotonic() - self.begun) / self.limits.wall,
        )

    def reached(self) -> bool:
        """No time, or no attempts left."""
        return (
            self.used >= self.limits.attempts
            or time.process_time() - self.started > self.limits.seconds
            or time.monotonic() - self.begun > self.limits.wall
        )


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
        adjoints: Callable[[], Adjoints] | None = None,
    ) -> None:
        self.adjoints = adjoints
        self.made: list[Any] = []  # by the root of the last edit that was right
        self.cases, self.clock, self.in_forward = cases, clock, in_forward
        self.texts = written_texts(*(f.node for f in functions))
        self.benches = [b for b in map(Bench, functions) if b.plain is not None]
        self.proposals = Proposals(self.texts)
        self.sites: dict[int, list[Site]] = {}
        self.known: dict[int, dict[int, Response]] = {}
        self.prepared: dict[tuple[int, str], tuple[Root, CodeType | None]] = {}

    def run(self) -> list[Fix]:
        """The confirmed repairs of the first tier that has any."""
        for bench in self.benches:
            bench.observe(self.cases[0].ask)
            self.sites[id(bench)] = list(sites(bench))
        for tier in TIERS:
            for bench in self.benches:
                for case in self.cases:
                    case.keep_forward(bench.function not in self.in_forward)
                found = list(self._tier(bench, tier))
                if found or self.clock.reached():
                    return found
            if tier == 1:
                found = [f for bench in self.benches for f in self._solved(bench)]
                if found:
                    return found
        return []

    def _solved(self, bench: Bench) -> Iterator[Fix]:
        """Factors and terms, where the results are linear in a value."""
        best: int | None = None
        for case in self.cases:
            case.keep_forward(bench.function not in self.in_forward)
        stop = self.clock.reached
        known = responses(bench, self.cases[0], self.sites[id(bench)], stop)
        self.known[id(bench)] = known
        every = solved(bench, known, self.texts, stop)
        for weight, site, kind, new in sorted(every, key=lambda hit: hit[0])[:200]:
            if best is not None and weight > best or self.clock.reached():
                return
            found = self._try(bench, site, kind, new, 2)
            if found is not None:
                best = weight
                yield found

    def _tier(self, bench: Bench, tier: int) -> Iterator[Fix]:
        yield from self._statements(bench, tier)
        known = self.known.get(id(bench), {})
        for site in self.sites[id(bench)]:
            whole = known.get(id(site.top))
            if whole is not None and not whole.solvable:
                continue  # no value of this whole makes the results right
            own = known.get(id(site.node))  # in a loop a repair changes what follows
            far = own is None or len(own.values) > 1
            for kind, new in self.proposals.of(site, tier, far):
                if self.clock.reached():
                    return
                found = self._try(bench, site, kind, new, tier)
                if found is not None:
                    yield found

    def _try(
        self, bench: Bench, site: Site, kind: str, new: ast.expr, tier: int
    ) -> Fix | None:
        old = site.node
        like(new, old)
        site.put(new)
        try:
            fine = self._fine(bench, site.root)
        finally:
            site.put(old)
        if not fine:
            return None
        function = bench.function
        return Fix(
            kind,
            function.filename,
            old.lineno,
            function.text(old.lineno),
            ast.unparse(old),
            ast.unparse(new),
            tier,
            is_use(site),
            max(0, size_of(new) - size_of(old)),
            self._was_right(bench, site.root),
            self._are_adjoints(self.made),
        )

    def _fine(self, bench: Bench, root: Root) -> bool:
        """Whether the root, as it is written now, makes everything right."""
        self.made = []
        if root.names is None:
            code = build(bench.function)
            return code is not None and self._right(bench, code, {})
        variant = bench.variant(root)
        if variant is None:
            return False
        key = id(root.owner), root.field
        if key not in self.prepared:
            self.prepared[key] = root, bench.with_root(root)
        made = self.prepared[key][1]
        if made is None or not self._right(bench, made, {EDITED: variant}):
            return False
        values: list[Any] = []

        def seen(*arguments: Any) -> Any:
            values.append(variant(*arguments))
            return values[-1]

        with bench.running(made, **{EDITED: seen}):
            self.cases[0].ask()
        self.made = [kept(v) for v in values]
        return True

    def _was_right(self, bench: Bench, root: Root) -> bool:
        """What the statement made, unchanged, is an adjoint (and no mere name)."""
        node = getattr(root.owner, root.field)
        if isinstance(node, ast.Name):
            return False
        return self._are_adjoints(bench.history.get(id(node), []))

    def _are_adjoints(self, values: list[Any]) -> bool:
        """All of these values, one for each visit."""
        if self.adjoints is None or not values:
            return False
        return all(self.adjoints().holds(v) for v in values)

    def _statements(self, bench: Bench, tier: int) -> Iterator[Fix]:
        function = bench.function
        changes = [*return_edits(function.node), *statement_edits(function.node)]
        for kind, of_tier, statement, owner, name, new in changes:
            if of_tier != tier:
                continue
            if self.clock.reached():
                return
            before = getattr(owner, name)
            setattr(owner, name, new)
            try:
                code = build(function)
            finally:
                setattr(owner, name, before)
            if code is not None and self._right(bench, code, {}):
                line = statement.lineno
                text = function.text(line)
                grown = sum(map(size_of, new)) - sum(map(size_of, before))
                yield Fix(
                    kind,
                    function.filename,
                    line,
                    text,
                    text,
                    "",
                    tier,
                    growth=max(0, grown),
                )

    def _right(self, bench: Bench, code: CodeType, hooks: dict[str, Any]) -> bool:
        """Right on the first case; then also on all others."""
        self.clock.used += 1
        for case in self.cases:
            try:
                with bench.running(code, **hooks):
                    answer = case.ask()
                if not right(case.judge(answer, quick=True)):
                    return False
            except (Exception, SystemExit, Endless):
                return False
        return True
