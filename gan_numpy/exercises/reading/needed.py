r"""The statements that functions rest upon: a backward slice of the file.

From the wanted names back: the last statement that binds a name, every one after it
that changes its value, and whatever these read, in turn. What a function reads when it
is called is taken at the end of the file (or where a needed statement calls it), what a
statement reads at once is taken where it stands. So a training loop, a plot or a print
does not run unless a function needs what it makes.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from gan_numpy.exercises.reading.effects import (
    EVERY,
    IMPORTS,
    SEARCH_PATH,
    Effects,
    bound_names,
    changes_of_functions,
    effects_of,
    root,
    used_names,
)
from gan_numpy.exercises.reading.submission import definitions

ROW = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)


def needed(statements: Iterable[ast.stmt], wanted: Iterable[str]) -> list[ast.stmt]:
    """The statements that the wanted functions rest upon, in their order."""
    part = sliced(tuple(statements))
    chosen = part.of(wanted)
    return [s for k, s in enumerate(part.statements) if k in chosen]


@lru_cache(maxsize=2)
def sliced(statements: tuple[ast.stmt, ...]) -> Slice:
    """A file is analyzed once, however many of its functions are asked for."""
    return Slice([s for s in statements if not is_main_guard(s)])


def search_path(statements: Iterable[ast.stmt]) -> list[ast.stmt]:
    """Those that say where modules are looked for, with all that they rest upon."""
    every = [s for s in statements if not is_main_guard(s)]
    part = Slice(every)
    chosen: set[int] = set()
    for k, effects in enumerate(part.effects):
        if SEARCH_PATH in effects.changes:
            chosen |= {k} | part.read_by(k)
    return [s for k, s in enumerate(every) if k in chosen]


def is_main_guard(statement: ast.stmt) -> bool:
    """``if __name__ == "__main__":`` never runs."""
    return isinstance(statement, ast.If) and "__name__" in used_names(statement)


class Slice:
    """Who needs whom among statements."""

    def __init__(self, statements: list[ast.stmt]) -> None:
        imports = [s for s in statements if isinstance(s, IMPORTS)]
        imported = {name for s in imports for name in bound_names(s)}
        own = changes_of_functions(statements, imported)
        self.statements = statements
        self.effects = [effects_of(s, own, imported) for s in statements]
        others = _other_names(statements, imported | own.keys())
        self.bound = {name for effects in self.effects for name in effects.binds}
        self.touching: dict[str, list[int]] = defaultdict(list)
        for k, effects in enumerate(self.effects):
            effects.changes |= {o for c in effects.changes for o in others.get(c, ())}
            for name in effects.binds | effects.changes:
                self.touching[name].append(k)
        self.defining: dict[str, set[int]] = defaultdict(set)
        for k, s in enumerate(statements):
            for name, _ in definitions(s):
                self.defining[name].add(k)

    def of(self, wanted: Iterable[str]) -> set[int]:
        """Which statements these functions rest upon."""
        chosen = set(self.touching[EVERY])
        for name in wanted:
            if (
                name not in self.bound
            ):  # it is only used, by whatever else the file does
                continue
            start = [(name, len(self.statements), len(self.statements))]
            self._follow(start, chosen, self.defining[name])
        return chosen

    def read_by(self, k: int) -> set[int]:
        """Which statements one that runs at once rests upon."""
        chosen: set[int] = set()
        self._follow([(name, k, k) for name in self.effects[k].reads], chosen, set())
        return chosen

    def _follow(
        self, waiting: list[tuple[str, int, int]], chosen: set[int], roots: set[int]
    ) -> None:
        """Add what is needed, for a name, before a statement, when it is used."""
        first, seen = waiting[0][0] if roots else None, set(waiting)
        while waiting:
            name, before, used = waiting.pop()
            for k in self._makers(name, before, roots if name == first else None):
                chosen.add(k)
                effects = self.effects[k]
                for read in effects.reads:
                    new = {(read, k, k), (read, k, used)} - seen
                    seen |= new
                    waiting += new
                later = {(read, used, used) for read in effects.later} - seen
                seen |= later
                waiting += later

    def _makers(self, name: str, before: int, roots: set[int] | None) -> list[int]:
        """The last statement that binds a name, and those after it that change it.

        Of a wanted function (``roots``) a result of the same name does not count.
        """
        found = []
        for k in reversed(self.touching[name]):
            effects: Effects = self.effects[k]
            binds = name in effects.binds
            if k >= before or (binds and roots is not None and k not in roots):
                continue
            found.append(k)
            if binds and effects.certain:
                break
        return found


def _other_names(statements: list[ast.stmt], fixed: set[str]) -> dict[str, set[str]]:
    """Names that stand for the same value, or for a part of it.

    After ``t = TABLE`` and ``for row in TABLE`` what changes ``t`` changes ``TABLE``.
    """
    groups: dict[str, set[str]] = {}
    for node in (n for s in statements for n in ast.walk(s)):
        match node:
            case ast.Assign(targets, value) if isinstance(value, ROW):
                sources = [root(value)]
            case ast.For(target, value):
                targets = [target]
                sources = _values(value)
            case ast.withitem(value, ast.expr() as target):
                targets = [target]
                sources = _values(value)
            case _:
                continue
        made = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        names = (made | {s for s in sources if s is not None}) - fixed
        whole = names.union(*(groups.get(n, set()) for n in names))
        groups.update(dict.fromkeys(whole, whole))
    return groups


def _values(node: ast.expr) -> list[str | None]:
    """The names in an expression that stand for values, not for what is called.

    In ``for k in range(len(TABLE))`` no `k` is a part of `range`.
    """
    names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    called = {id(n.func) for n in ast.walk(node) if isinstance(n, ast.Call)}
    return [n.id for n in names if id(n) not in called]
