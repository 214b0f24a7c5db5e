r"""Statements that are missing: what is done to one array is not done to another."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from gan_numpy.gradcheck.repair.edits.site import code
from gan_numpy.gradcheck.repair.edits.statements import Change, blocks, placed

MOST_NAMES = 8
KINDS = {
    ast.Mult: "factor-missing",
    ast.Div: "factor-missing",
    ast.Add: "term-missing",
    ast.Sub: "term-missing",
}
PARTS = ("1:", ":-1")


def insertions(function: ast.FunctionDef) -> Iterator[Change]:
    """A statement more, beside its like; one that acts on a part only."""
    names = _updated(function)
    for block in blocks(function):
        for k, s in enumerate(block.statements):
            if not isinstance(s, ast.AugAssign) or not isinstance(s.target, ast.Name):
                continue
            kind = KINDS.get(type(s.op), "")
            for name in names if kind else ():
                if name != s.target.id:
                    to = ast.Name(name, ast.Store())
                    more = placed(ast.AugAssign(to, s.op, s.value), s)
                    where = block.with_instead(k, s, more)
                    yield kind, 2, s, block.owner, block.field, where
            for part in PARTS:
                new = _of_a_part(s, part)
                if new is not None:
                    where = block.with_instead(k, placed(new, s))
                    yield "index-missing", 2, s, block.owner, block.field, where


def _updated(function: ast.FunctionDef) -> list[str]:
    """The names that are changed after they have got a value."""
    found: dict[str, None] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.AugAssign):
            target: ast.expr = node.target
            while isinstance(target, ast.Subscript):
                target = target.value
            if isinstance(target, ast.Name):
                found.setdefault(target.id)
    return list(found)[:MOST_NAMES]


def _of_a_part(s: ast.AugAssign, part: str) -> ast.AugAssign | None:
    """``g[1:] += a * w[1:]`` for ``g += a * w``."""
    assert isinstance(s.target, ast.Name)
    value = copy.deepcopy(s.value)
    last = value
    while isinstance(last, ast.BinOp):
        holder, last = last, last.right
    if not isinstance(last, ast.Name):
        return None
    cut = code(f"{last.id}[{part}]")
    if last is value:
        value = cut
    else:
        holder.right = cut
    to = code(f"{s.target.id}[{part}]")
    to.ctx = ast.Store()  # type: ignore[attr-defined]
    return ast.AugAssign(to, s.op, value)  # type: ignore[arg-type]
