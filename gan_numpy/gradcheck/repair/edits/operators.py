r"""Another operator, a sign, an operand too many, two operands exchanged."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gan_numpy.gradcheck.repair.edits.site import (
    Site,
    as_array,
    call,
    is_float,
    numpy_name,
)

Proposal = tuple[str, int, ast.expr]  # kind, tier, the new expression

OPERATORS: dict[type[ast.operator], tuple[tuple[type[ast.operator], str], ...]] = {
    ast.Add: ((ast.Sub, "sign"), (ast.Mult, "operator")),
    ast.Sub: ((ast.Add, "sign"), (ast.Mult, "operator")),
    ast.Mult: (
        (ast.Div, "divided-not-multiplied"),
        (ast.MatMult, "operator"),
        (ast.Add, "operator"),
        (ast.Sub, "operator"),
    ),
    ast.Div: ((ast.Mult, "divided-not-multiplied"), (ast.Sub, "operator")),
    ast.MatMult: ((ast.Mult, "operator"),),
    ast.Pow: ((ast.Mult, "operator"),),
    ast.FloorDiv: ((ast.Div, "operator"), (ast.Mult, "operator")),
    ast.Mod: ((ast.FloorDiv, "operator"),),
    ast.BitAnd: ((ast.BitOr, "mask-extra"),),
    ast.BitOr: ((ast.BitAnd, "mask-extra"),),
    ast.BitXor: ((ast.Pow, "operator"),),
}
COMPARISONS = (ast.Gt, ast.Lt, ast.GtE, ast.LtE, ast.Eq, ast.NotEq)
ADDITIVE, MULTIPLICATIVE = (ast.Add, ast.Sub), (ast.Mult, ast.Div, ast.MatMult)


def negated(node: ast.expr) -> ast.expr:
    """Minus it, or without its minus."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return node.operand
    return ast.UnaryOp(ast.USub(), node)


def operators(site: Site) -> Iterator[Proposal]:
    """All of these."""
    node = site.node
    if isinstance(node, ast.BinOp):
        yield from _binary(node)
    elif isinstance(node, ast.UnaryOp):
        kind = "mask-inverted" if isinstance(node.op, (ast.Not, ast.Invert)) else "sign"
        yield kind, 1, node.operand
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield from _comparison(node)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "mask-extra", 1, ast.BoolOp(other, node.values)
        for value in node.values:
            yield "mask-extra", 1, value
    elif isinstance(node, ast.IfExp):
        yield "mask-inverted", 1, ast.IfExp(node.test, node.orelse, node.body)
        yield "mask-extra", 2, node.body
        yield "mask-extra", 2, node.orelse
    yield from _inner(site)
    yield from _of_a_value(site)


def _binary(node: ast.BinOp) -> Iterator[Proposal]:
    for op, kind in OPERATORS.get(type(node.op), ()):
        yield kind, 1, ast.BinOp(node.left, op(), node.right)
    if isinstance(node.op, ADDITIVE):
        yield "term-extra", 1, node.left
        right = node.right if isinstance(node.op, ast.Add) else negated(node.right)
        yield "term-extra", 1, right
        if isinstance(node.op, ast.Sub):
            yield "sign", 1, ast.BinOp(node.right, ast.Sub(), node.left)
    elif isinstance(node.op, MULTIPLICATIVE):
        yield "factor-extra", 1, node.left
        yield "factor-extra", 1, node.right
        if not isinstance(node.op, ast.Mult):
            swapped = ast.BinOp(node.right, node.op, node.left)
            yield "operand-order", 1, swapped
        if isinstance(node.op, ast.Div):
            one = ast.BinOp(ast.Constant(1), ast.Div(), node.right)
            yield "factor-extra", 2, one
    elif isinstance(node.op, ast.Pow):
        yield "exponent", 1, node.left
    else:
        yield "term-extra", 2, node.left
        yield "term-extra", 2, node.right
    yield from _regrouped(node)


def _regrouped(node: ast.BinOp) -> Iterator[Proposal]:
    """Brackets: (a + b) * c for a + b * c, a / (b * c) for a / b * c, and back."""
    for inner, first in ((node.left, True), (node.right, False)):
        if not isinstance(inner, ast.BinOp):
            continue
        if first:  # (a . b) : c  ->  a . (b : c)
            part = ast.BinOp(inner.right, node.op, node.right)
            yield "operand-order", 2, ast.BinOp(inner.left, inner.op, part)
        else:  # a : (b . c)  ->  (a : b) . c
            part = ast.BinOp(node.left, node.op, inner.left)
            yield "operand-order", 2, ast.BinOp(part, inner.op, inner.right)


def _comparison(node: ast.Compare) -> Iterator[Proposal]:
    for op in COMPARISONS:
        if not isinstance(node.ops[0], op):
            kind = "comparison"
            opposite = {ast.Gt: (ast.Lt, ast.LtE), ast.Lt: (ast.Gt, ast.GtE)}
            if op in opposite.get(type(node.ops[0]), ()):
                kind = "mask-inverted"
            yield kind, 1, ast.Compare(node.left, [op()], node.comparators)


def _inner(site: Site) -> Iterator[Proposal]:
    """A part of it in place of the whole: several things are too many."""
    array = as_array(site.value)
    if array is None or isinstance(site.node, (ast.Name, ast.Constant)):
        return
    children = {id(c) for c in ast.iter_child_nodes(site.node)}
    for part in ast.walk(site.node):
        if part is site.node or id(part) in children or not isinstance(part, ast.expr):
            continue
        value = as_array(site.of(part))
        if value is not None and value.shape == array.shape:
            kind = "factor-extra" if isinstance(site.node, ast.BinOp) else None
            yield kind or "function-extra", 2, part


def _of_a_value(site: Site) -> Iterator[Proposal]:
    """A sign, or the other half of a mask, for anything that has a value."""
    node, array = site.node, as_array(site.value)
    if isinstance(node, ast.UnaryOp) or isinstance(site.owner, ast.UnaryOp):
        return
    if array is not None and array.dtype == bool:
        yield "mask-inverted", 1, ast.UnaryOp(ast.Invert(), node)
    elif is_float(site.value) and not isinstance(node, ast.Constant):
        inside = isinstance(site.owner, ast.BinOp) and isinstance(
            site.owner.op, (*ADDITIVE, *MULTIPLICATIVE)
        )
        if not inside:  # there it is the sign of the whole, or a change of operator
            yield "sign", 1, negated(node)
        if isinstance(node, ast.Name):
            np = numpy_name(site.scope)
            yield "exponent", 2, ast.BinOp(node, ast.Pow(), ast.Constant(2))
            yield "exponent", 3, ast.BinOp(node, ast.Pow(), ast.Constant(3))
            yield "exponent", 2, call(f"{np}.sqrt", node)
            one = ast.Constant(1)
            yield "complement", 2, ast.BinOp(one, ast.Sub(), node)
            yield "divided-not-multiplied", 3, ast.BinOp(one, ast.Div(), node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        if isinstance(node.left, ast.Constant) and node.left.value == 1:
            yield "complement", 1, node.right
