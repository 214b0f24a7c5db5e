r"""Where the ways part: a right program answers the same question, and its values are
landmarks.

An exercise has a solution. If some value of it, put in the place of a value of the
student's, makes all right, and what the student's line reads is right, then up to
that line all is right and from there on only that is wrong. Two mistakes have no such
line, for the value of the second is made of what is already wrong.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from types import CodeType
from typing import Any

import numpy as np

from gan_numpy.gradcheck.repair.bench import VISITS, Bench, Endless, kept
from gan_numpy.gradcheck.repair.cases import Case, right
from gan_numpy.gradcheck.repair.edits.site import Site, made_by
from gan_numpy.gradcheck.repair.landmarks import (
    Key,
    Landmark,
    alike,
    is_container,
    is_plain,
    is_within,
    landmarks_of,
    name_of,
)
from gan_numpy.gradcheck.repair.source import build

PUT = "_put"
FURTHER = 2  # questions that confirm what the first one shows

Trusted = Callable[[Any], bool]
Places = list[tuple[Site, Key]]


class Put:
    """Exchanges the value of an expression, visit by visit."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values, self.at = values, 0

    def __call__(self, value: Any) -> Any:
        k, self.at = self.at, self.at + 1
        return kept(self.values[k]) if k < len(self.values) else value


class Ways:
    """A student's function beside the solution, on the first of some questions."""

    def __init__(
        self, cases: Sequence[Case], stop: Callable[[], bool], trusted: Trusted
    ) -> None:
        self.cases, self.stop, self.trusted = cases[: 1 + FURTHER], stop, trusted
        self.found = [landmarks_of(case) for case in self.cases]
        self.every = [v for mark in self.found[0].values() for v in mark.values]

    def is_right(self, bench: Bench, node: ast.AST, statement: ast.stmt) -> bool:
        """The solution assigns or returns this value, too."""
        keys = self._having(bench, node, statement)
        return any(self.found[0][key].whole for key in keys)

    def _having(self, bench: Bench, node: ast.AST, statement: ast.stmt) -> list[Key]:
        """Where the solution has the value; nowhere if it is not made by this line."""
        values = bench.history.get(id(node), [])
        scopes = bench.scopes.get(id(statement), [])
        if not any(np.any(v) for v in values if is_plain(v) and not is_container(v)):
            return []
        for value, scope in zip(values, scopes, strict=False):
            if any(alike(value, v) for v in scope.values() if is_plain(v)):
                return []
        return [
            key
            for key, mark in self.found[0].items()
            if len(mark.values) == len(values) and all(map(alike, values, mark.values))
        ]

    def part(self, bench: Bench, sites: Sequence[Site]) -> Site | None:
        """The whole at which they part; None if that is unclear."""
        made = made_by(bench.function.node)
        tops = [s for s in sites if s.node is s.top and not _only_hands_on(s, made)]
        single = [s for s in tops if not isinstance(s.node, ast.Tuple)]
        several = [s for s in tops if s not in single]
        # What the solution has a name for says more; then all that is returned.
        for tops, whole in ((single, True), (single, False), (several, True)):
            places = [(s, k) for s in tops for k in self._repairing(bench, s, whole)]
            places = self._called_alike(places) or self._not_right(bench, places)
            if places:
                site, key = min(places, key=lambda p: self._since(bench, *p))
                if self._reads_right(bench, site, key):
                    return site
        return None

    def _since(self, bench: Bench, site: Site, key: Key) -> int:
        """When the value is wrong for the first time."""
        got, want = bench.history[id(site.node)], self.found[0][key].values
        wrong = (not alike(g, w) for g, w in zip(got, want, strict=True))
        return next(t for t, w in zip(bench.times[id(site.node)], wrong) if w)

    def _called_alike(self, places: Places) -> Places:
        """Those that give the value the name that it has in the solution."""
        return [
            (site, key)
            for site, key in places
            if self.found[0][key].name
            and self.found[0][key].name == name_of(site.root.statement)
        ]

    def _not_right(self, bench: Bench, places: Places) -> Places:
        """Without those whose value the solution has; none if that is unclear.

        A value that is part of what it should be may be right (and the rest missing
        further down) or wrong (and the rest missing here).
        """
        have = {
            site: self._having(bench, site.node, site.root.statement)
            for site, _ in places
        }
        whole = [p for p in places if any(self.found[0][k].whole for k in have[p[0]])]
        left = [p for p in places if p not in whole] or places
        if len(left) < 2:
            return left
        if any(is_within(k, key) for site, key in left for k in have[site]):
            return []
        return [p for p in left if not have[p[0]]] or left

    def _repairing(self, bench: Bench, site: Site, whole: bool) -> Iterator[Key]:
        """A landmark that, in the place of this value, makes everything right."""
        values = bench.history.get(id(site.node), [])
        if not 0 < len(values) < VISITS or not all(map(is_plain, values)):
            return
        name = name_of(site.root.statement)
        marks = {
            key: mark
            for key, mark in self.found[0].items()
            if mark.whole is whole
            and len(mark.values) == len(values)
            and is_container(mark.values[0]) is is_container(values[0])
        }
        its = [m.values for m in marks.values() if name and m.name == name]
        if any(alike(same, values) for same in its):
            return  # it is what it is in the solution, however that came
        node = site.node
        call = ast.Call(ast.Name(PUT, ast.Load()), [node], [])
        site.put(ast.fix_missing_locations(ast.copy_location(call, node)))
        code = build(bench.function)
        site.put(node)
        seen = [values]
        for key, mark in sorted(marks.items(), key=lambda m: m[1].name != name):
            if code is None or self.stop():
                return
            if not any(alike(mark.values, other) for other in seen):
                seen.append(mark.values)
                if self._repairs(bench, code, key):
                    yield key
                    return

    def _repairs(self, bench: Bench, code: CodeType, key: Key) -> bool:
        marks = [found.get(key) for found in self.found]
        pairs = zip(self.cases, marks, strict=True)
        return all(m is not None and self._right(bench, code, c, m) for c, m in pairs)

    def _right(self, bench: Bench, code: CodeType, case: Case, mark: Landmark) -> bool:
        try:
            with bench.running(code, **{PUT: Put(mark.values)}):
                answer = case.ask()
            return right(case.judge(answer, quick=True))
        except (Exception, SystemExit, Endless):
            return False

    def _reads_right(self, bench: Bench, site: Site, key: Key) -> bool:
        """All that the value is made of is given, or a value of the solution.

        Until the first visit at which it is wrong: later ones may follow from that.
        """
        assert site.top is not None
        made = made_by(bench.function.node)
        names = {n.id for n in ast.walk(site.top) if isinstance(n, ast.Name)} & made
        visits = zip(
            bench.scopes.get(id(site.root.statement), []),
            bench.history[id(site.node)],
            self.found[0][key].values,
            strict=False,
        )
        for scope, got, want in visits:
            read = [scope[name] for name in names & scope.keys()]
            if not all(map(self._is_sure, read)):
                return False
            if not alike(got, want):
                break
        return True

    def _is_sure(self, value: Any) -> bool:
        """Not something that is computed, and that the solution does not have."""
        if not is_plain(value) or isinstance(value, (bool, int)):
            return True
        return self.trusted(value) or any(alike(value, v) for v in self.every)


def _only_hands_on(site: Site, made: frozenset[str]) -> bool:
    """The use of a name that the function has given its value; a tuple of such."""
    if isinstance(site.owner, ast.Assign):
        return False
    items = site.node.elts if isinstance(site.node, ast.Tuple) else [site.node]
    return all(isinstance(n, ast.Name) and n.id in made for n in items)
