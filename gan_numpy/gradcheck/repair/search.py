r"""The search: every edit, the plausible first, until one makes everything right."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from types import CodeType
from typing import Any

from gan_numpy.gradcheck.repair.adjoints import Adjoints
from gan_numpy.gradcheck.repair.bench import EDITED, Bench, Endless, Root, kept
from gan_numpy.gradcheck.repair.cases import Case, right
from gan_numpy.gradcheck.repair.edits.pools import written_texts
from gan_numpy.gradcheck.repair.edits.proposals import Proposals
from gan_numpy.gradcheck.repair.edits.site import Site, like, sites, statements
from gan_numpy.gradcheck.repair.edits.returns import return_edits
from gan_numpy.gradcheck.repair.edits.statements import statement_edits
from gan_numpy.gradcheck.repair.found import Fix, Found, Stopwatch, is_use, size_of
from gan_numpy.gradcheck.repair.solve import Response, responses, solved
from gan_numpy.gradcheck.repair.source import Written, build

TIERS = (0, 1, 2, 3)


def _unpacks(statement: ast.stmt) -> bool:
    """It only gives names to what is there: x, W = cache."""
    return isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name)


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

    def run(self) -> Found:
        """The confirmed repairs of the first tier that has any, else the place."""
        fixes = self._fixes()
        lines = {} if fixes or self.clock.reached() else self._only_lines()
        if len(lines) != 1:
            return Found(fixes)
        (filename, line), text = lines.popitem()
        return Found([], (filename, line, text))

    def _only_lines(self) -> dict[tuple[str, int], str]:
        """Lines whose value could be such that all is right; none if that is unclear.

        Masks and indices are no numbers that can be moved a little, so where one is
        made, nothing is known.
        """
        found: dict[tuple[str, int], str] = {}
        if len(self.benches) != 1:
            return found
        bench = self.benches[0]
        real = [s for s in statements(bench.function.node) if not _unpacks(s)]
        if len(real) == 1:
            line = real[0].lineno
            return {(bench.function.filename, line): bench.function.text(line)}
        known, function = self.known.get(id(bench), {}), bench.function
        for site in self.sites[id(bench)]:
            if site.node is not site.top or isinstance(site.node, ast.Tuple):
                continue
            array, own = site.array, known.get(id(site.node))
            if array is not None and own is None and array.size > 1:
                return {}
            if own is None or not own.solvable or is_use(site):
                continue
            if not self._was_right(bench, site.root):
                line = site.node.lineno
                found[function.filename, line] = function.text(line)
        return found

    def _fixes(self) -> list[Fix]:
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
