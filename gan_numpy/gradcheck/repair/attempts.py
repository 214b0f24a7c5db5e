r"""One edit: is everything right with it? On the first case, then on all others."""

from __future__ import annotations

import ast
import time
from collections import Counter
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any

from gan_numpy.gradcheck.repair.adjoints import Adjoints
from gan_numpy.gradcheck.repair.bench import (
    EDITED,
    Bench,
    Endless,
    Root,
    kept,
    without_ours,
)
from gan_numpy.gradcheck.repair.cases import Case, right
from gan_numpy.gradcheck.repair.edits.site import Site, like
from gan_numpy.gradcheck.repair.edits.statements import Change
from gan_numpy.gradcheck.repair.found import Fix, Stopwatch, is_use, size_of
from gan_numpy.gradcheck.repair.ways import Ways
from gan_numpy.gradcheck.repair.naming import renamed
from gan_numpy.gradcheck.repair.source import Written, build
from gan_numpy.gradcheck.repair.wanted import Wanted

SLOW = 0.01  # seconds of one attempt: an edit that blows arrays up
MOST_SLOW = 4  # of them in one statement


class Attempts:
    """Puts an edit in its place, runs the cases, and takes it back."""

    def __init__(
        self,
        cases: Sequence[Case],
        clock: Stopwatch,
        adjoints: Callable[[Case], Adjoints] | None,
    ) -> None:
        self.cases, self.clock, self.adjoints = cases, clock, adjoints
        self.ways: Ways | None = None  # beside those of the solution
        self.first: set[int] = set()  # statements in which something first is wrong
        self.made: list[Any] = []  # by the root of the last edit that was right
        self.wants: dict[int, Wanted] = {}  # by the whole that a site is part of
        self.prepared: dict[tuple[int, str], tuple[Root, CodeType | None]] = {}
        self.slow: Counter[int] = Counter()

    def expression(
        self, bench: Bench, site: Site, kind: str, new: ast.expr, tier: int
    ) -> Fix | None:
        """Another expression at a site; None if not all is right then."""
        old = site.node
        key = id(site.root.statement)
        if self.slow[key] >= MOST_SLOW:
            return None
        like(new, old)
        site.put(new)
        started = time.thread_time()
        try:
            fine = self._allowed(bench, site, new) and self._fine(bench, site.root)
        finally:
            site.put(old)
        usual = SLOW + 10 * self.clock.usual
        self.slow[key] += time.thread_time() - started > usual
        if not fine:
            return None
        function = bench.function
        return Fix(
            renamed(site, kind, new),
            function.filename,
            old.lineno,
            function.text(old.lineno),
            ast.unparse(old),
            ast.unparse(new),
            tier,
            is_use(site),
            max(0, size_of(new) - size_of(old)),
            self.was_right(bench, site.root),
            self.are_adjoints(self.made),
            id(site.root.statement),
            function,
            self._with(site, new, function),
        )

    def _with(
        self, site: Site, new: ast.expr, function: Written
    ) -> ast.FunctionDef | None:
        """The function with the edit in it."""
        old = site.node
        site.put(new)
        try:
            return without_ours(function.node)
        finally:
            site.put(old)

    def statement(self, bench: Bench, change: Change) -> Fix | None:
        """Other statements in a block; None if not all is right then."""
        kind, tier, statement, owner, name, new = change
        function = bench.function
        before = getattr(owner, name)
        setattr(owner, name, new)
        try:
            code = build(function)
            tree = without_ours(function.node)
        finally:
            setattr(owner, name, before)
        if code is None or not self._right(bench, code, {}):
            return None
        text = function.text(statement.lineno)
        grown = max(0, sum(map(size_of, new)) - sum(map(size_of, before)))
        return Fix(
            kind,
            function.filename,
            statement.lineno,
            text,
            text,
            "",
            tier,
            growth=grown,
            statement=id(statement),
            function=function,
            tree=tree,
        )

    def becomes_right(self, site: Site) -> bool:
        """The value that the whole must have is an adjoint of the forward's."""
        test = self.wants.get(id(site.top))
        return (
            test is not None
            and test.must is not None
            and self.are_adjoints(list(test.must))
        )

    def was_right(self, bench: Bench, root: Root) -> bool:
        """What the statement made, unchanged, is an adjoint (and no mere name), or a
        value of the solution's."""
        node = getattr(root.owner, root.field)
        if isinstance(node, ast.Name) or id(root.statement) in self.first:
            return False
        if self.ways and self.ways.is_right(bench, node, root.statement):
            return True
        return self.are_adjoints(bench.history.get(id(node), []))

    def are_adjoints(self, values: list[Any], parts: bool = False) -> bool:
        """All of these values, one for each visit; ``parts``: or of one use alone."""
        if self.adjoints is None or not values:
            return False
        return all(self.adjoints(self.cases[0]).holds(v, parts) for v in values)

    def _allowed(self, bench: Bench, site: Site, new: ast.expr) -> bool:
        """False if the value that the whole now has cannot be the right one."""
        test = self.wants.get(id(site.top))
        if test is None or site.top is None:
            return True
        whole = new if site.node is site.top else site.top
        return test.allows(whole, bench.function.filename) is not False

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
