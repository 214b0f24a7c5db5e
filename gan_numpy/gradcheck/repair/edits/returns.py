r"""What is returned: in another order, one more, or at all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations, permutations

from gan_numpy.gradcheck.repair.edits.calls import twice_exchanged
from gan_numpy.gradcheck.repair.edits.site import like
from gan_numpy.gradcheck.repair.edits.statements import Block, Change, blocks, placed

MOST_PERMUTED = 4
MOST_TWICE = 10


def return_edits(function: ast.FunctionDef) -> Iterator[Change]:
    """The returned values in another order; a return that is missing."""
    for block in blocks(function):
        for k, s in enumerate(block.statements):
            if isinstance(s, ast.Return) and isinstance(s.value, (ast.Tuple, ast.List)):
                items = s.value.elts
                yield from _one_more(function, s, block, k)
                for order in _orders(items):
                    if list(order) != items:
                        value = ast.Tuple(list(order), ast.Load())
                        new = placed(ast.Return(value), s)
                        where = block.with_instead(k, new)
                        kind = "returned-in-another-order"
                        yield kind, 0, s, block.owner, block.field, where
            elif isinstance(s, ast.Return) and s.value is not None:
                yield from _one_more(function, s, block, k)
    last = function.body[-1]
    result: ast.expr | None = None
    if isinstance(last, ast.Expr):
        result = last.value
    elif isinstance(last, ast.Assign) and isinstance(last.targets[0], ast.Name):
        result = ast.Name(last.targets[0].id, ast.Load())
    if result is not None:
        new = like_return(result, last)
        kept = [] if isinstance(last, ast.Expr) else [last]
        body = [*function.body[:-1], *kept, new]
        yield "return-missing", 0, last, function, "body", body


def _one_more(
    function: ast.FunctionDef, s: ast.Return, block: Block, k: int
) -> Iterator[Change]:
    """One of the names that were not returned, at each place."""
    assert s.value is not None
    several = isinstance(s.value, (ast.Tuple, ast.List))
    items: list[ast.expr] = s.value.elts if several else [s.value]  # type: ignore
    used = {n.id for n in ast.walk(s) if isinstance(n, ast.Name)}
    stored = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    names = [n.id for n in stored if isinstance(n.ctx, ast.Store)]
    for name in dict.fromkeys(n for n in names if n not in used):
        for at in range(len(items) + 1):
            more = [*items[:at], ast.Name(name, ast.Load()), *items[at:]]
            new = placed(ast.Return(ast.Tuple(more, ast.Load())), s)
            where = block.with_instead(k, new)
            yield "result-missing", 0, s, block.owner, block.field, where


def _orders(items: list[ast.expr]) -> Iterator[tuple[ast.expr, ...]]:
    """All orders of a few, one and two exchanges of many."""
    if len(items) <= MOST_PERMUTED:
        yield from permutations(items)
        return
    for i, j in combinations(range(len(items)), 2):
        order = list(items)
        order[i], order[j] = order[j], order[i]
        yield tuple(order)
    if len(items) <= MOST_TWICE:
        yield from map(tuple, twice_exchanged(items))


def like_return(value: ast.expr, old: ast.stmt) -> ast.stmt:
    """``return value`` at the place of a statement."""
    return ast.copy_location(ast.Return(like(value, old)), old)
