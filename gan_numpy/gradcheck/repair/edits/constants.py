r"""Another number where a number is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import permutations

from gan_numpy.gradcheck.repair.edits.operators import Proposal
from gan_numpy.gradcheck.repair.edits.site import Site, code

MOST_NUMBERS = 12
EINSUM = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,->. ")


def constants(site: Site) -> Iterator[Proposal]:
    """Neighbors, halves, doubles, the other sign; True for False; other einsums."""
    node = site.node
    if isinstance(node, ast.Tuple):
        yield from _permuted(site, node)
    elif isinstance(node, ast.List) and isinstance(site.owner, ast.Call):
        yield from _rearranged(node)
    if not isinstance(node, ast.Constant) or isinstance(site.owner, ast.JoinedStr):
        return
    value = node.value
    exponent = isinstance(site.owner, ast.BinOp) and isinstance(site.owner.op, ast.Pow)
    kind = "exponent" if exponent and site.field == "right" else "constant"
    if isinstance(site.owner, (ast.Subscript, ast.Slice)):
        kind = "wrong-index"
    if isinstance(value, bool):
        yield ("keepdims" if _is_keepdims(site) else "constant"), 1, code(
            str(not value)
        )
    elif isinstance(value, (int, float)):
        yield from _numbers(value, kind)
    elif isinstance(value, str):
        yield from _subscripts(value)
    elif value is None and isinstance(site.owner, ast.keyword):
        for k in (0, 1, 2, -1):
            yield "wrong-axis", 1, code(str(k))


def _is_keepdims(site: Site) -> bool:
    return isinstance(site.owner, ast.keyword) and site.owner.arg == "keepdims"


def _numbers(value: float, kind: str) -> Iterator[Proposal]:
    near = [value + 1, value - 1, -value, 0, 1, 2, -1]
    if kind != "wrong-index":
        near += [value / 2, 2 * value, value + 0.5, value - 0.5, 3, 4, 0.5]
        near += [1 / value] if value else []
        near += [value * value] if kind == "constant" else [-value - 1, -value + 1]
    else:
        near += [value + 2, value - 2, 3]
    seen: list[float] = [value]
    for k, other in enumerate(near):
        if any(other == s for s in seen):
            continue
        seen.append(other)
        plain = int(other) if isinstance(value, int) and other == int(other) else other
        yield kind, 1 if k < 7 else 2, code(repr(plain))


def elsewhere(site: Site, numbers: Sequence[float]) -> Iterator[Proposal]:
    """The ``numbers`` of other lines, in place of one that is written."""
    node = site.node
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return
    power = isinstance(site.owner, ast.BinOp) and isinstance(site.owner.op, ast.Pow)
    kind = "exponent" if power and site.field == "right" else "constant"
    for other in numbers:
        if other != node.value:
            yield kind, 1, ast.Constant(other)


def numbers_in(*nodes: ast.AST) -> list[float]:
    """The numbers that are written there and are not whole, each once."""
    every = [n for node in nodes for n in ast.walk(node)]
    values = [n.value for n in every if isinstance(n, ast.Constant)]
    return list(dict.fromkeys(v for v in values if type(v) is float))[:MOST_NUMBERS]


def _permuted(site: Site, node: ast.Tuple) -> Iterator[Proposal]:
    """Axes, sizes, or indices in another order."""
    if not 2 <= len(node.elts) <= 6 or isinstance(site.owner, (ast.Return, ast.Assign)):
        return
    index = isinstance(site.owner, ast.Subscript)
    every = [
        order for order in permutations(node.elts) if list(order) != list(node.elts)
    ]
    for order in every if len(node.elts) < 5 else _exchanges(node.elts):
        new = ast.Tuple(list(order), ast.Load())
        yield "wrong-index" if index else "axes-permuted", 1, new


def _rearranged(node: ast.List) -> Iterator[Proposal]:
    """What is stacked, or joined, in another order."""
    if 2 <= len(node.elts) <= 5:
        for order in permutations(node.elts):
            if list(order) != node.elts:
                yield "arguments-swapped", 1, ast.List(list(order), ast.Load())


def _exchanges(items: list[ast.expr]) -> Iterator[tuple[ast.expr, ...]]:
    for i in range(len(items)):
        for j in range(i):
            order = list(items)
            order[i], order[j] = order[j], order[i]
            yield tuple(order)


def _subscripts(text: str) -> Iterator[Proposal]:
    """Letters of an einsum exchanged: in the whole, or in one of its operands."""
    if text.count("->") > 1 or not set(text) <= EINSUM:
        return
    if "->" not in text:
        if len(text) == 1 and text in "CF":
            yield "wrong-reshape", 1, ast.Constant("F" if text == "C" else "C")
        return
    parts = text.replace("->", ",->").split(",")
    for k, part in enumerate(parts):
        letters = [c for c in part if c.isalpha()]
        options = (
            {"".join(p) for p in permutations(letters)} if len(letters) < 5 else ()
        )
        for other in options:
            if other != "".join(letters):
                arrow = "->" if part.startswith("->") else ""
                new = [*parts[:k], arrow + other, *parts[k + 1 :]]
                joined = ",".join(new).replace(",->", "->")
                yield "operand-transposed", 1, ast.Constant(joined)
    left, right = text.split("->")
    for letter in dict.fromkeys(c for c in left if c.isalpha()):
        if letter in right:
            shorter = right.replace(letter, "")
            yield "summed-too-much", 2, ast.Constant(f"{left}->{shorter}")
        else:
            for at in range(len(right) + 1):
                longer = right[:at] + letter + right[at:]
                yield "not-summed", 2, ast.Constant(f"{left}->{longer}")
