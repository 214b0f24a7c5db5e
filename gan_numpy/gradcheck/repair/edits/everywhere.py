r"""One change at all places of an expression: two names exchanged, one function for
another, a power that is taken throughout."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from itertools import combinations

from gan_numpy.gradcheck.repair.edits.calls import FAMILIES
from gan_numpy.gradcheck.repair.edits.operators import Proposal
from gan_numpy.gradcheck.repair.edits.site import Site, as_array, is_number

MOST_NAMES = 8


class _Mapped(ast.NodeTransformer):
    def __init__(self, change: Callable[[ast.AST], ast.AST]) -> None:
        self.change = change
        self.count = 0

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        new = self.change(node)
        self.count += new is not node
        return new


def _mapped(node: ast.expr, change: Callable[[ast.AST], ast.AST]) -> ast.expr | None:
    """A changed copy; None if fewer than two places changed."""
    mapped = _Mapped(change)
    new: ast.expr = mapped.visit(copy.deepcopy(node))
    return new if mapped.count > 1 else None


def everywhere(site: Site) -> Iterator[Proposal]:
    """All of these, for a whole expression."""
    if not isinstance(site.owner, ast.stmt):
        return
    node = site.node
    inside = list(ast.walk(node))
    names = {n.id for n in inside if isinstance(n, ast.Name)}
    values = [n for n in sorted(names) if _is_value(site, n)]
    for a, b in combinations(values[:MOST_NAMES], 2):
        swapped = _mapped(node, _swap({a: b, b: a}))
        if swapped is not None:
            yield "arguments-swapped", 2, swapped
    for a in values[:MOST_NAMES]:
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
    without = _mapped(node, _no_power)
    if without is not None:
        yield "exponent", 2, without


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


def _attribute(old: str, new: str) -> Callable[[ast.AST], ast.AST]:
    def change(node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Attribute) and node.attr == old:
            return ast.copy_location(ast.Attribute(node.value, new, node.ctx), node)
        return node

    return change


def _no_power(node: ast.AST) -> ast.AST:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return node.left
    return node
