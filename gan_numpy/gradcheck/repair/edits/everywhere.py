r"""One change at all places of an expression: two names exchanged, one function for
another, a power that is taken throughout."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from itertools import combinations
from types import FunctionType, ModuleType
from typing import Any

from gan_numpy.gradcheck.repair.edits.calls import FAMILIES
from gan_numpy.gradcheck.repair.edits.names import arrays_in
from gan_numpy.gradcheck.repair.edits.operators import Proposal
from gan_numpy.gradcheck.repair.edits.site import (
    Site,
    as_array,
    code,
    is_integer,
    is_number,
    is_simple,
)

MOST_NAMES = 8


def _mapped(node: ast.expr, change: Callable[[ast.AST], ast.AST]) -> ast.expr | None:
    """A changed one; None if fewer than two places changed.

    Parts without a change are those of the old tree.
    """
    new, count = _changed(node, change)
    return new if count > 1 else None


def _changed(node: Any, change: Callable[[ast.AST], ast.AST]) -> tuple[Any, int]:
    if isinstance(node, list):
        pairs = [_changed(item, change) for item in node]
        return [new for new, _ in pairs], sum(count for _, count in pairs)
    if not isinstance(node, ast.AST):
        return node, 0
    parts, count = {}, 0
    for name, value in ast.iter_fields(node):
        parts[name], changes = _changed(value, change)
        count += changes
    if count:
        node = ast.copy_location(type(node)(**parts), node)
    new = change(node)
    return new, count + (new is not node)


def everywhere(site: Site) -> Iterator[Proposal]:
    """All of these, for a whole expression."""
    if not isinstance(site.owner, ast.stmt):
        yield from _exchanged(site)
        return
    node = site.node
    inside = list(ast.walk(node))
    names = {n.id for n in inside if isinstance(n, ast.Name)}
    values = [n for n in sorted(names) if _is_value(site, n)]
    objects = [n for n in sorted(names) if _has_methods(site, n)]
    pairs = [*combinations(values[:MOST_NAMES], 2), *combinations(objects, 2)]
    for a, b in pairs:
        swapped = _mapped(node, _swap({a: b, b: a}))
        if swapped is not None:
            yield "arguments-swapped", 2, swapped
    for a in values[:MOST_NAMES]:
        other_half = _mapped(node, _complement(a))
        if other_half is not None:
            yield "mask-inverted", 2, other_half
        for b in site.scope:
            if b != a and _is_value(site, b) and _alike(site, a, b):
                renamed = _mapped(node, _swap({a: b}))
                if renamed is not None:
                    yield "wrong-array", 2, renamed
    used = {n.attr for n in inside if isinstance(n, ast.Attribute)}
    for family in FAMILIES:
        for old in used & set(family):
            for new in family:
                changed = _mapped(node, _attribute(old, new)) if new != old else None
                if changed is not None:
                    yield "wrong-function", 2, changed
    yield from _by_text(site)
    without = _mapped(node, _no_power)
    if without is not None:
        yield "exponent", 2, without
    forward = _mapped(node, _not_reversed)
    if forward is not None:
        yield "reversed", 2, forward


def _exchanged(site: Site) -> Iterator[Proposal]:
    """Two names of one term of a sum, each in the place of the other."""
    owner = site.owner
    if not isinstance(owner, ast.BinOp) or not isinstance(owner.op, (ast.Add, ast.Sub)):
        return
    names = {n.id for n in ast.walk(site.node) if isinstance(n, ast.Name)}
    values = [n for n in sorted(names) if _is_value(site, n)][:MOST_NAMES]
    for a, b in combinations(values, 2):
        swapped = _mapped(site.node, _swap({a: b, b: a}))
        if swapped is not None:
            yield "arguments-swapped", 2, swapped


def _by_text(site: Site) -> Iterator[Proposal]:
    """What stands there twice, written as something else both times: self.x, p[0]."""
    node = site.node
    parts: dict[str, list[ast.expr]] = {}
    for n in ast.walk(node):
        if isinstance(n, (ast.Name, ast.Attribute, ast.Subscript)) and is_simple(n):
            parts.setdefault(ast.unparse(n), []).append(n)
    arrays = arrays_in(site.scope)
    for text, places in parts.items():
        value = as_array(site.of(places[0]))
        if len(places) < 2 or value is None:
            continue
        others: list[tuple[str, int, str]] = []
        if not isinstance(places[0], ast.Name):
            near = (k for k, a in arrays.items() if a.shape == value.shape)
            others += [("wrong-array", 2, k) for k in near if k != text]
        if value.ndim == 2:
            others.append(("operand-transposed", 2, f"{text}.T"))
        if isinstance(places[0], ast.Subscript):
            others += _other_items(site, places[0])
        for kind, tier, other in others:
            new = _mapped(node, _instead_of(text, code(other)))
            if new is not None:
                yield kind, tier, new
    yield from _without_index(node)


def _other_items(site: Site, node: ast.Subscript) -> Iterator[tuple[str, int, str]]:
    """p[n] for p[0]: each its own, not the first one's."""
    if isinstance(node.slice, ast.Constant) and type(node.slice.value) is int:
        for name, value in site.scope.items():
            if is_integer(value):
                yield "wrong-index", 2, f"{ast.unparse(node.value)}[{name}]"


def _without_index(node: ast.expr) -> Iterator[Proposal]:
    """All for one: x, y for x[-1], y[-1]."""
    found = [
        ast.unparse(n.slice) for n in ast.walk(node) if isinstance(n, ast.Subscript)
    ]
    for index in dict.fromkeys(t for t in found if found.count(t) > 1):

        def change(n: ast.AST, index: str = index) -> ast.AST:
            taken = isinstance(n, ast.Subscript) and ast.unparse(n.slice) == index
            return n.value if taken and isinstance(n, ast.Subscript) else n

        new = _mapped(node, change)
        if new is not None:
            yield "one-for-all", 2, new


def _instead_of(text: str, other: ast.expr) -> Callable[[ast.AST], ast.AST]:
    def change(node: ast.AST) -> ast.AST:
        simple = isinstance(node, (ast.Name, ast.Attribute, ast.Subscript))
        if simple and isinstance(getattr(node, "ctx", None), ast.Load):
            if ast.unparse(node) == text:
                return ast.copy_location(copy.deepcopy(other), node)
        return node

    return change


def _has_methods(site: Site, name: str) -> bool:
    """An object of a class of the student's."""
    value = site.scope.get(name)
    return hasattr(value, "__dict__") and not isinstance(
        value, (type, ModuleType, FunctionType)
    )


def _is_value(site: Site, name: str) -> bool:
    value = site.scope.get(name)
    return as_array(value) is not None or is_number(value)


def _alike(site: Site, a: str, b: str) -> bool:
    x, y = as_array(site.scope.get(a)), as_array(site.scope.get(b))
    if x is None or y is None:
        return x is y
    return x.shape == y.shape


def _swap(names: dict[str, str]) -> Callable[[ast.AST], ast.AST]:
    def change(node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Name) and node.id in names:
            return ast.copy_location(ast.Name(names[node.id], node.ctx), node)
        return node

    return change


def _complement(name: str) -> Callable[[ast.AST], ast.AST]:
    """1 - x for x, and x for 1 - x."""

    def change(node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Name) and node.id == name:
            rest = ast.BinOp(ast.Constant(1), ast.Sub(), node)
            return ast.copy_location(rest, node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            inner = node.right  # changed already
            if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub):
                if getattr(inner.right, "id", "") == name and one(node.left):
                    return inner.right
        return node

    def one(node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) and node.value == 1

    return change


def _attribute(old: str, new: str) -> Callable[[ast.AST], ast.AST]:
    def change(node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Attribute) and node.attr == old:
            return ast.copy_location(ast.Attribute(node.value, new, node.ctx), node)
        return node

    return change


def _not_reversed(node: ast.AST) -> ast.AST:
    """x for x[::-1]."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        step = node.slice.step
        if node.slice.lower is node.slice.upper is None and step is not None:
            if ast.unparse(step) == "-1":
                return node.value
    return node


def _no_power(node: ast.AST) -> ast.AST:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return node.left
    return node
