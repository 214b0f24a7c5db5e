r"""The lines on which only right results depend: there the mistake is not.

A backward slice (Weiser, 1981) from the wrong results: a statement matters if it gives
a value to a name that matters, and then the names that it reads do, too. The order of
the statements is not looked at, so too much may be kept, never too little.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gan_numpy.gradcheck.repair.bench import Bench

VIEWS = ("T", "reshape", "view", "ravel", "swapaxes", "transpose", "squeeze")
JUMPS = (ast.Break, ast.Continue, ast.Return, ast.Raise)


@dataclass
class Line:
    """A statement: what it writes, what it reads, and the headers around it."""

    statement: ast.stmt
    writes: set[str]
    reads: set[str]
    inside: list[ast.stmt] = field(default_factory=list)


def slice_of(
    bench: Bench, right: list[np.ndarray], wrong: list[np.ndarray]
) -> set[int] | None:
    """``id`` of each statement on which a wrong result depends; None if that is not
    clear, or if nothing is right.
    """
    matters: set[str] = set()
    kept, seen = 0, [False] * len(wrong)
    returns = [n for n in ast.walk(bench.function.node) if isinstance(n, ast.Return)]
    for leaf in (leaf for r in returns if r.value for leaf in _leaves(r.value)):
        value = bench.values.get(id(leaf))
        hits = [_equal(value, w) for w in wrong]
        if not any(hits) and any(_equal(value, r) for r in right):
            kept += 1
            continue
        seen = [a or b for a, b in zip(seen, hits, strict=True)]
        matters |= _keys(leaf)
    if not kept or not all(seen) or not matters:
        return None
    return _closed(list(_lines(bench.function.node, [])), matters)


def _leaves(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, (ast.Tuple, ast.List)):
        for item in node.elts:
            yield from _leaves(item)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _leaves(value)
    else:
        yield node


def _equal(a: Any, b: np.ndarray) -> bool:
    return isinstance(a, np.ndarray) and np.array_equal(a, b, equal_nan=True)


def _closed(lines: list[Line], matters: set[str]) -> set[int]:
    found: set[int] = set()
    growing = True
    while growing:
        growing = False
        for line in lines:
            new = id(line.statement) not in found
            if new and (_meets(line.writes, matters) or _jumps(line.statement)):
                growing = True
                found.add(id(line.statement))
                if not isinstance(line.statement, ast.Return):
                    matters |= line.reads
                for outer in line.inside:
                    found.add(id(outer))
                    matters |= _header(outer)
    return found


def _jumps(statement: ast.stmt) -> bool:
    return isinstance(statement, JUMPS)


def _meets(writes: set[str], matters: set[str]) -> bool:
    """One of them is the other, or a part of it: self and self.x."""
    return any(
        a == b or a.startswith(b + ".") or b.startswith(a + ".")
        for a in writes
        for b in matters
    )


def _lines(node: ast.AST, inside: list[ast.stmt]) -> Iterator[Line]:
    for name in ("body", "orelse", "finalbody", "handlers"):
        for s in getattr(node, name, []) if not isinstance(node, ast.Lambda) else []:
            if isinstance(s, ast.stmt) and not getattr(s, "ours", False):
                yield _line(s, inside)
            if hasattr(s, "body"):
                yield from _lines(
                    s, [*inside, s] if isinstance(s, ast.stmt) else inside
                )


def _line(s: ast.stmt, inside: list[ast.stmt]) -> Line:
    if hasattr(s, "body") and not isinstance(s, ast.FunctionDef):
        targets = _keys(s.target) if isinstance(s, ast.For) else set()
        return Line(s, targets, _header(s), inside)
    reads = _keys(s)
    if isinstance(s, ast.Assign):
        writes = set().union(*(_keys(t, stored=True) for t in s.targets))
        if isinstance(s.value, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
            base = _viewed(s.value)
            writes |= set() if base is None else _keys(base)  # two names, one array
    elif isinstance(s, (ast.AugAssign, ast.AnnAssign)):
        writes = _keys(s.target, stored=True)
    elif isinstance(s, ast.FunctionDef):
        writes = {s.name}
    elif isinstance(s, JUMPS):
        writes = set()
    else:  # a call for its effect: any of its names may be written to
        writes = set(reads)
    walrus = {n.target.id for n in ast.walk(s) if isinstance(n, ast.NamedExpr)}
    return Line(s, writes | walrus, reads, inside)


def _header(s: ast.stmt) -> set[str]:
    parts = [getattr(s, name, None) for name in ("test", "iter", "target", "items")]
    found: set[str] = set()
    for part in parts:
        for node in part if isinstance(part, list) else [part]:
            found |= set() if node is None else _keys(node)
    return found


def _viewed(node: ast.expr) -> ast.expr | None:
    """x of x, x[a:b], x.T, x.reshape(...): the array that may be written through it."""
    while True:
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call):
            function = node.func
            if not isinstance(function, ast.Attribute) or function.attr not in VIEWS:
                return None
            node = function.value
        elif isinstance(node, ast.Attribute) and node.attr in VIEWS:
            node = node.value
        else:
            return node if isinstance(node, (ast.Name, ast.Attribute)) else None


def _keys(node: ast.AST, stored: bool = False) -> set[str]:
    """The names in it; "self.x" for an attribute of a name.

    Of a target that is stored to only what is written: not the index.
    """
    if stored and isinstance(node, ast.Subscript):
        return _keys(node.value, stored=True)
    if stored and isinstance(node, (ast.Tuple, ast.List, ast.Starred)):
        parts = getattr(node, "elts", None) or [node.value]  # type: ignore
        return set().union(*(_keys(part, stored=True) for part in parts))
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return {f"{node.value.id}.{node.attr}"}
    if isinstance(node, ast.Name):
        return {node.id}
    children = ast.iter_child_nodes(node)
    return set().union(*(_keys(child, stored=False) for child in children))
