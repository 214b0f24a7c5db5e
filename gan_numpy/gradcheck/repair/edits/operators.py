r"""Another operator, a sign, an operand too many, two operands exchanged."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from gan_numpy.gradcheck.repair.edits.site import (
    Site,
    as_array,
    call,
    is_float,
    is_simple,
    numpy_name,
    same,
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
        vectors = [np.ndim(site.of(n)) == 1 for n in (node.left, node.right)]
        yield from _binary(node, any(vectors))
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
        yield "term-missing", 2, ast.BinOp(node.body, ast.Add(), node.orelse)
    yield from _inner(site)
    yield from _of_a_value(site)


def _binary(node: ast.BinOp, of_a_vector: bool) -> Iterator[Proposal]:
    """``of_a_vector``: v @ A is A.T @ v, which is how it is usually meant."""
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
            turned = of_a_vector and isinstance(node.op, ast.MatMult)
            yield "operand-transposed" if turned else "operand-order", 1, swapped
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
        if is_simple(node):
            yield from _of_a_simple(site)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        if isinstance(node.left, ast.Constant) and node.left.value == 1:
            yield "complement", 1, node.right
    yield from _derivatives(node)


def _of_a_simple(site: Site) -> Iterator[Proposal]:
    """x for x squared, and the like: what goes wrong with a letter in a formula."""
    node, module, one = site.node, numpy_name(site.scope), ast.Constant(1)
    power = isinstance(site.owner, ast.BinOp) and isinstance(site.owner.op, ast.Pow)
    if not (power and site.field == "left"):
        yield "exponent", 1, ast.BinOp(node, ast.Pow(), ast.Constant(2))
        yield "exponent", 2, ast.BinOp(node, ast.Pow(), ast.Constant(3))
        yield "exponent", 1, call(f"{module}.sqrt", node)
    yield "complement", 1, ast.BinOp(one, ast.Sub(), node)
    yield "divided-not-multiplied", 2, ast.BinOp(one, ast.Div(), node)
    array = as_array(site.value)
    if array is not None:
        in_call = isinstance(site.owner, ast.Call)
        for name in ("exp", "log", "tanh", "sign", "abs"):
            tier = 2 if in_call else 1
            yield "function-missing", tier, call(f"{module}.{name}", node)


def _derivatives(node: ast.expr) -> Iterator[Proposal]:
    """s (1 - s), 1 - h squared: one where the other is meant; of another name."""
    found = _derivative_of(node)
    if found is None:
        return
    x, form = found
    one = ast.Constant(1)
    square = ast.BinOp(x, ast.Pow(), ast.Constant(2))
    slope = ast.BinOp(x, ast.Mult(), ast.BinOp(one, ast.Sub(), x))
    forms = {
        "tanh": ast.BinOp(one, ast.Sub(), square),
        "sigmoid": slope,
        "bell": ast.BinOp(one, ast.Add(), square),
    }
    for name, new in forms.items():
        if name != form:
            yield "wrong-derivative", 1, new


def _derivative_of(node: ast.expr) -> tuple[ast.expr, str] | None:
    """x and which of the known forms it is: 1 - x ** 2, 1 - x * x, x * (1 - x)."""
    if not isinstance(node, ast.BinOp):
        return None
    left, right = node.left, node.right
    if isinstance(node.op, (ast.Sub, ast.Add)) and _is_one(left):
        if isinstance(right, ast.BinOp):
            power = isinstance(right.op, ast.Pow) and _is_two(right.right)
            twice = isinstance(right.op, ast.Mult) and same(right.left, right.right)
            if power or twice:
                form = "tanh" if isinstance(node.op, ast.Sub) else "bell"
                return right.left, form
    if isinstance(node.op, ast.Mult):
        for x, other in ((left, right), (right, left)):
            is_rest = isinstance(other, ast.BinOp) and isinstance(other.op, ast.Sub)
            if is_rest and isinstance(other, ast.BinOp) and _is_one(other.left):
                last = x.right if isinstance(x, ast.BinOp) else x
                if same(last, other.right):
                    return (last, "sigmoid") if last is x else None
    return None


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1


def _is_two(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 2
