r"""Statements: one too many, in the wrong place, `=` for `+=`, returned or not.

An edit here replaces the list of statements of a block.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from gan_numpy.gradcheck.repair.edits.indices import of_a_target
from gan_numpy.gradcheck.repair.edits.site import code
from gan_numpy.gradcheck.repair.edits.site import statements as statements_of

MOST_NUMBERS = 8
Change = tuple[str, int, ast.stmt, Any, str, list[Any]]


@dataclass(eq=False)
class Block:
    """The statements of a function, a loop or a branch."""

    owner: Any
    field: str

    @property
    def statements(self) -> list[ast.stmt]:
        """As they are."""
        found: list[ast.stmt] = getattr(self.owner, self.field)
        return found

    def with_instead(self, k: int, *new: ast.stmt) -> list[ast.stmt]:
        """Others in place of the k-th."""
        return [*self.statements[:k], *new, *self.statements[k + 1 :]]


def blocks(function: ast.FunctionDef) -> Iterator[Block]:
    """All of them, the function's own first."""
    owners = [function, *statements_of(function)]
    for owner in owners:
        for field in ("body", "orelse"):
            if isinstance(getattr(owner, field, None), list) and getattr(owner, field):
                yield Block(owner, field)


def statement_edits(
    function: ast.FunctionDef, masks: Collection[str] = ()
) -> Iterator[Change]:
    """(kind, tier, statement, owner, field, new list) of every change to a block.

    ``masks`` are the names of arrays of truth values.
    """
    numbers, indices = _numbers_in(function), _indices_in(function)
    for block in blocks(function):
        for k, s in enumerate(block.statements):
            if getattr(s, "ours", False):
                continue
            every = (
                *_of_one(block, k, s),
                *_targets(block, k, s, numbers, masks),
                *_elsewhere(block, k, s, indices),
                *_each(block, k, s, indices),
            )
            for kind, tier, new in every:
                yield kind, tier, s, block.owner, block.field, new


def _numbers_in(function: ast.FunctionDef) -> list[str]:
    """Names that stand in a slice or count a loop: sizes of windows, strides."""
    found: dict[str, None] = {}
    for node in ast.walk(function):
        whole = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "range"
        if isinstance(node, ast.Slice) or whole:
            for n in ast.walk(node):
                if isinstance(n, ast.Name) and n.id != "range":
                    found.setdefault(n.id)
    return list(found)[:MOST_NUMBERS]


def _indices_in(function: ast.FunctionDef) -> list[ast.expr]:
    """What the function takes single items by: j, y[i]."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript):
            index = node.slice
            for part in index.elts if isinstance(index, ast.Tuple) else [index]:
                if isinstance(part, (ast.Name, ast.Subscript)):
                    found.setdefault(ast.unparse(part), part)
    return list(found.values())[:MOST_NUMBERS]


def _elsewhere(
    block: Block, k: int, s: ast.stmt, indices: list[ast.expr]
) -> Iterator[tuple[str, int, list[ast.stmt]]]:
    """A second place to which the same is added, or from which it is taken away."""
    if not isinstance(s, ast.AugAssign) or not isinstance(s.target, ast.Subscript):
        return
    if not isinstance(s.op, (ast.Add, ast.Sub)):
        return
    index = s.target.slice
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    for at, part in enumerate(parts):
        for other in indices if not isinstance(part, ast.Slice) else []:
            if ast.dump(other) == ast.dump(part):
                continue
            new = [*parts[:at], other, *parts[at + 1 :]]
            where = ast.Tuple(new, ast.Load()) if len(new) > 1 else new[0]
            target = ast.Subscript(s.target.value, where, ast.Store())
            for op in (ast.Sub(), ast.Add()):
                more = placed(ast.AugAssign(target, op, s.value), s)
                yield "term-missing", 2, block.with_instead(k, s, more)


def _each(
    block: Block, k: int, s: ast.stmt, indices: list[ast.expr]
) -> Iterator[tuple[str, int, list[ast.stmt]]]:
    """d[rows, y] for d[:, y]: each row its own column, not every row all of them."""
    if not isinstance(s, ast.AugAssign) or not isinstance(s.target, ast.Subscript):
        return
    index = s.target.slice
    parts = index.elts if isinstance(index, ast.Tuple) else []
    for at, part in enumerate(parts):
        for other in indices if ast.unparse(part) == ":" else []:
            new = ast.Tuple([*parts[:at], other, *parts[at + 1 :]], ast.Load())
            target = ast.Subscript(s.target.value, new, ast.Store())
            more = placed(ast.AugAssign(target, s.op, s.value), s)
            yield "wrong-index", 2, block.with_instead(k, more)


def _of_one(
    block: Block, k: int, s: ast.stmt
) -> Iterator[tuple[str, int, list[ast.stmt]]]:
    if isinstance(s, ast.AugAssign):
        target = s.target
        plain = ast.Assign([target], s.value)
        yield "added-not-assigned", 1, block.with_instead(k, placed(plain, s))
        for op in (ast.Add, ast.Sub, ast.Mult, ast.Div):
            if not isinstance(s.op, op):
                both = {type(s.op), op}
                sign = both == {ast.Add, ast.Sub}
                kind = "sign" if sign else "operator"
                if both == {ast.Mult, ast.Div}:
                    kind = "divided-not-multiplied"
                other = placed(ast.AugAssign(target, op(), s.value), s)
                yield kind, 1, block.with_instead(k, other)
        if isinstance(target, ast.Subscript) and isinstance(s.op, ast.Add):
            new = placed(_add_at(target, s.value), s)
            yield "duplicates-lost", 1, block.with_instead(k, new)
    if isinstance(s, ast.Assign) and len(s.targets) == 1:
        to: Any = s.targets[0]
        if isinstance(to, (ast.Name, ast.Subscript, ast.Attribute)):
            nothing = isinstance(s.value, ast.Constant) and not s.value.value
            every = ((ast.Add, 1), (ast.Mult, 2), (ast.Sub, 2))
            for op, tier in () if nothing else every:  # += 0 is no statement at all
                added = ast.AugAssign(to, op(), s.value)
                yield "assigned-not-added", tier, block.with_instead(
                    k, placed(added, s)
                )
        if isinstance(to, ast.Subscript):
            new = placed(_add_at(to, s.value), s)
            yield "assigned-not-added", 2, block.with_instead(k, new)
        if isinstance(to, ast.Tuple) and len(to.elts) <= 4:
            for order in permutations(to.elts):
                if list(order) != to.elts:
                    swapped = ast.Assign([ast.Tuple(list(order), ast.Store())], s.value)
                    new = placed(swapped, s)
                    yield "wrong-array", 2, block.with_instead(k, new)
    name = _written_to(s)
    if name is not None:
        call = ast.Call(code("np.array"), [ast.Name(name, ast.Load())], [])
        fresh = placed(ast.Assign([ast.Name(name, ast.Store())], call), s)
        yield "copy-missing", 1, block.with_instead(k, fresh, s)
    if not isinstance(s, (ast.FunctionDef, ast.ClassDef, ast.Import)):
        if len(block.statements) > 1 and not isinstance(s, ast.Return):
            yield "statement-extra", 2, block.with_instead(k)
        if isinstance(s, (ast.For, ast.While, ast.If)):
            yield "statement-extra", 3, block.with_instead(k, *s.body)
        yield from _moved(block, k)
    if isinstance(s, (ast.For, ast.While)):
        yield from _out_of_loop(block, k, s)


def _written_to(s: ast.stmt) -> str | None:
    """The array into which a statement writes."""
    target: ast.AST | None = None
    if isinstance(s, ast.AugAssign):
        target = s.target
    elif isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Subscript):
        target = s.targets[0]
    while isinstance(target, ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None


def _targets(
    block: Block, k: int, s: ast.stmt, numbers: list[str], masks: Collection[str]
) -> Iterator[tuple[str, int, list[ast.stmt]]]:
    """Another index or slice on the left of the equals sign."""
    target = getattr(s, "target", None) or getattr(s, "targets", [None])[0]
    if not isinstance(s, (ast.Assign, ast.AugAssign)):
        return
    if not isinstance(target, ast.Subscript):
        return
    other: Any
    for kind, tier, other in of_a_target(target, numbers, masks):
        if isinstance(s, ast.AugAssign):
            new: ast.stmt = ast.AugAssign(other, s.op, s.value)
        else:
            new = ast.Assign([other], s.value)
        yield kind, tier, block.with_instead(k, placed(new, s))


def _moved(block: Block, k: int) -> Iterator[tuple[str, int, list[ast.stmt]]]:
    """After the next statements; one of another branch goes into a loop."""
    statements = block.statements
    if getattr(statements[k], "ours", False):
        return
    rest = statements[:k] + statements[k + 1 :]
    for to in range(k + 1, min(len(statements), k + 6)):
        if not isinstance(rest[to - 1], ast.Return):
            yield "statement-order", 2, [*rest[:to], statements[k], *rest[to:]]
    following = statements[k + 1] if k + 1 < len(statements) else None
    if isinstance(following, (ast.For, ast.While)):  # set to zero in every round
        into = _with_body(following, [statements[k], *following.body])
        yield "statement-order", 2, [*statements[:k], into, *statements[k + 2 :]]
    before = statements[k - 1] if k else None
    if isinstance(before, (ast.For, ast.While)):
        into = _with_body(before, [*before.body, statements[k]])
        yield "statement-order", 2, [*statements[: k - 1], into, *statements[k + 1 :]]


def _out_of_loop(
    block: Block, k: int, loop: ast.For | ast.While
) -> Iterator[tuple[str, int, list[ast.stmt]]]:
    """The first statement before the loop, the last one behind it."""
    real = [s for s in loop.body if not getattr(s, "ours", False)]
    if len(real) < 2:
        return
    last = real[-1]
    without = _with_body(loop, [s for s in loop.body if s is not last])
    left = isinstance(last, ast.Return)
    kind = "return-inside-loop" if left else "statement-order"
    yield kind, 0 if left else 2, block.with_instead(k, without, last)
    without = _with_body(loop, [s for s in loop.body if s is not real[0]])
    yield "statement-order", 2, block.with_instead(k, real[0], without)


def _with_body(loop: ast.For | ast.While, body: list[ast.stmt]) -> ast.stmt:
    if isinstance(loop, ast.For):
        new: ast.stmt = ast.For(loop.target, loop.iter, body, loop.orelse, None)
    else:
        new = ast.While(loop.test, body, loop.orelse)
    return ast.copy_location(new, loop)


def placed(new: ast.stmt, old: ast.stmt) -> ast.stmt:
    """The new statement, its nodes without a line at that of the old one."""
    for node in ast.walk(new):
        if "lineno" in node._attributes and not hasattr(node, "lineno"):
            ast.copy_location(node, old)
    return new


def _add_at(target: ast.Subscript, value: ast.expr) -> ast.Expr:
    """``np.add.at(a, index, value)`` for ``a[index] += value``."""
    index = target.slice
    items = index.elts if isinstance(index, ast.Tuple) else [index]
    parts = [_as_object(item) for item in items]
    where = ast.Tuple(parts, ast.Load()) if len(parts) > 1 else parts[0]
    return ast.Expr(ast.Call(code("np.add.at"), [target.value, where, value], []))


def _as_object(index: ast.expr) -> ast.expr:
    """``slice(a, b)`` for ``a:b``."""
    if not isinstance(index, ast.Slice):
        return index
    parts = [p or ast.Constant(None) for p in (index.lower, index.upper, index.step)]
    return ast.Call(ast.Name("slice", ast.Load()), list(parts), [])
