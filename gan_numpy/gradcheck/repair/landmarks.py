r"""Landmarks: the values of a right program on its way to the answer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

from gan_numpy.gradcheck.calls import is_source
from gan_numpy.gradcheck.repair.bench import VISITS, Bench
from gan_numpy.gradcheck.repair.cases import Case
from gan_numpy.gradcheck.repair.edits.site import statements
from gan_numpy.gradcheck.repair.source import called, written

CLOSE = 1e-9
NUMBERS = (bool, int, float, np.number, np.bool_)

Key = tuple[str, int, int, int, int]  # file, and where the expression begins and ends


@dataclass(frozen=True, eq=False)
class Landmark:
    """The values of one expression of the solution, visit by visit.

    ``whole``: the solution assigns or returns them, to the ``name`` if that is simple.
    """

    values: list[Any]
    whole: bool
    name: str = ""


Landmarks = dict[Key, Landmark]


def landmarks_of(case: Case) -> Landmarks:
    """All values of the solution on its way; none where there is no solution."""
    answer = case.model()
    found: Landmarks = {}
    if answer is None:
        return found
    for code in called(answer, is_source):
        bench = bench_of(code)
        if bench is None:
            continue
        function = bench.function
        bench.forget()
        bench.observe(answer)
        wholes = {id(node): name for node, name in _wholes(function.node)}
        for node in ast.walk(function.node):
            values = bench.history.get(id(node), [])
            if isinstance(node, ast.expr) and 0 < len(values) < VISITS:
                if all(map(is_plain, values)):
                    at = (node.lineno, node.col_offset)
                    end = (node.end_lineno or 0, node.end_col_offset or 0)
                    key = (function.filename, *at, *end)
                    name = wholes.get(id(node))
                    found[key] = Landmark(values, name is not None, name or "")
    return found


@lru_cache(maxsize=256)
def bench_of(code: CodeType) -> Bench | None:
    """The bench of a function of ours, whose source stays what it is."""
    function = written(code)
    return None if function is None else Bench(function)


def _wholes(function: ast.FunctionDef) -> Iterator[tuple[ast.expr, str]]:
    """What is assigned or returned, and its items, with the name that it gets."""
    for statement in statements(function):
        value = getattr(statement, "value", None)
        if isinstance(value, ast.expr):
            yield value, name_of(statement)
        if isinstance(value, ast.Tuple):
            yield from ((item, "") for item in value.elts)


def name_of(statement: ast.stmt) -> str:
    """The name that a statement gives its value to: x for ``x = ...``, else none."""
    targets = getattr(statement, "targets", None) or [None]
    one = len(targets) == 1 and isinstance(targets[0], ast.Name)
    return str(targets[0].id) if one else ""


def is_plain(value: Any) -> bool:
    """A number, an array of numbers, or such in a tuple, a list or a dict."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiub"
    if type(value) in (tuple, list):
        return bool(value) and all(map(is_plain, value))
    if type(value) is dict:
        return bool(value) and all(map(is_plain, value.values()))
    return isinstance(value, NUMBERS)


def alike(a: Any, b: Any) -> bool:
    """The same shape and, but for rounding, the same numbers."""
    if type(a) in (tuple, list) or type(b) in (tuple, list):
        kinds = (tuple, list)
        both = type(a) in kinds and type(b) in kinds and len(a) == len(b)
        return both and all(map(alike, a, b))
    if isinstance(a, dict) or isinstance(b, dict):
        both = isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys()
        return both and all(alike(a[k], b[k]) for k in a)
    if not (is_plain(a) and is_plain(b)) or np.shape(a) != np.shape(b):
        return False
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(y))):
        return np.array_equal(x, y, equal_nan=True)
    return bool(np.all(np.abs(x - y) <= CLOSE * np.abs(y).max(initial=0)))


def is_within(inner: Key, outer: Key) -> bool:
    """It is a part of the other expression."""
    return (
        inner != outer
        and inner[0] == outer[0]
        and inner[1:3] >= outer[1:3]
        and inner[3:] <= outer[3:]
    )


def is_container(value: Any) -> bool:
    """It holds arrays."""
    return isinstance(value, (tuple, list, dict))
