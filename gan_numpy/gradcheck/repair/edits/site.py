r"""One expression of the student's, the names in scope there, and their values."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gan_numpy.gradcheck.calls import is_source
from gan_numpy.gradcheck.repair.bench import Bench, Root

UNSEEN = object()
MOST_HELPERS = 12
VIEWS = ("reshape", "transpose", "swapaxes", "ravel", "squeeze")
REDUCTIONS = ("sum", "mean", "max", "min", "prod", "var", "std", "cumsum")


@dataclass(eq=False)
class Site:
    """An expression that may be exchanged: ``owner.field`` or ``owner.field[index]``.

    Attributes
    ----------
    node : ast.expr
    value : object
        What it was when the function ran; UNSEEN if it did not get there.
    scope : dict
        The names in scope before its statement, and their values.
    values : dict
        The values of all expressions, see `bench.Bench`.
    in_index : bool
        It is part of an index, or of the bounds of a loop.
    top : ast.expr
        The whole value that it is part of: of an assignment, an item that is returned.
    made : set of str
        The names that get what the function computes, not parts of what it is given.
    """

    node: ast.expr
    owner: ast.AST
    field: str
    index: int | None
    root: Root
    value: Any
    scope: dict[str, Any]
    values: dict[int, Any]
    in_index: bool = False
    top: ast.expr | None = None
    made: frozenset[str] = frozenset()

    def of(self, node: ast.AST | None) -> Any:
        """The value of another expression, UNSEEN if it has none."""
        return self.values.get(id(node), UNSEEN)

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.node.lineno

    @property
    def array(self) -> np.ndarray | None:
        """The value, if it is an array of numbers with at least one axis."""
        return as_array(self.value)

    def put(self, new: ast.expr) -> None:
        """Write another expression in its place."""
        if self.index is None:
            setattr(self.owner, self.field, new)
        else:
            getattr(self.owner, self.field)[self.index] = new


@dataclass(frozen=True, eq=False)
class Edit:
    """Another expression at a site (or other statements in a block).

    Attributes
    ----------
    kind : str
        A key of `kinds.KINDS`.
    tier : int
        How far-fetched: 0 is the most plausible.
    """

    kind: str
    tier: int
    site: Site
    new: ast.expr


def as_array(value: Any) -> np.ndarray | None:
    """The value if it is an array of numbers with axes."""
    if isinstance(value, np.ndarray) and value.ndim and value.dtype.kind in "fiub":
        return value
    return None


def is_number(value: Any) -> bool:
    """A number, or an array without axes."""
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "fiu"
    kinds = (int, float, np.integer, np.floating)
    return isinstance(value, kinds) and not isinstance(value, bool)


def is_integer(value: Any) -> bool:
    """A whole number."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def is_float(value: Any) -> bool:
    """A number or an array that a gradient may be made of."""
    array = as_array(value)
    return is_number(value) if array is None else array.dtype.kind == "f"


def is_simple(node: ast.AST) -> bool:
    """A name, an attribute or an item: x, self.x, cache["x"], h[t], x[:, None]."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return isinstance(node, ast.Name)


def code(text: str) -> ast.expr:
    """An expression from its text."""
    return ast.parse(text, mode="eval").body


def like(new: ast.expr, old: ast.AST) -> ast.expr:
    """Give all new nodes the position of an old one."""
    for node in ast.walk(new):
        if "lineno" in node._attributes and not hasattr(node, "lineno"):
            ast.copy_location(node, old)
    return new


def numpy_name(scope: dict[str, Any]) -> str:
    """What the student calls NumPy."""
    for name in ("np", "numpy"):
        if scope.get(name) is np:
            return name
    return next((k for k, v in scope.items() if v is np), "np")


def call(function: str, *arguments: ast.expr, **keywords: ast.expr) -> ast.Call:
    """A call of ``np.sum`` or the like."""
    pairs = [ast.keyword(k, v) for k, v in keywords.items()]
    return ast.Call(code(function), list(arguments), pairs)


def same(a: ast.AST, b: ast.AST) -> bool:
    """The same source."""
    return ast.dump(a) == ast.dump(b)


def sites(bench: Bench) -> Iterator[Site]:
    """Every expression that is evaluated, with its statement, in the order of lines."""
    space = bench.function.globals
    used = bench.function.code.co_names
    outside = {k: v for k, v in space.items() if k in used}
    own = [k for k, v in space.items() if _is_own(v)]
    outside |= {k: space[k] for k in own[:MOST_HELPERS]}
    made = made_by(bench.function.node)
    for statement in statements(bench.function.node):
        key = id(statement)
        visits = bench.scopes.get(key, [{}])
        scope = {**outside, **visits[-1]}
        sure = tuple(sorted(bench.sure.get(key, set())))
        nested = statement.nested  # type: ignore[attr-defined]
        for field, value in ast.iter_fields(statement):
            for node in value if isinstance(value, list) else [value]:
                if not isinstance(node, ast.expr):
                    continue
                root = Root(statement, field, statement)
                whole = isinstance(value, list) or field in ("target", "targets")
                if not whole and not nested and sure and _separable(node):
                    root.names = sure
                for site in _within(statement, root, scope, bench, node):
                    site.made = made
                    yield site


def made_by(function: ast.FunctionDef) -> frozenset[str]:
    """Names that get what the function computes, not parts of what it is given."""
    targets: list[ast.expr] = []
    for statement in statements(function):
        if isinstance(statement, ast.Assign):
            if not isinstance(statement.value, (ast.Name, ast.Constant)):
                targets += statement.targets
        elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
            targets.append(statement.target)
    inside = [n for target in targets for n in ast.walk(target)]
    return frozenset(n.id for n in inside if isinstance(n, ast.Name))


def _is_own(value: Any) -> bool:
    """A function of the student's own or of an exercise."""
    code = getattr(value, "__code__", None)
    return code is not None and is_source(code.co_filename)


def _separable(node: ast.expr) -> bool:
    """It can be a function of the names in scope."""
    bad = (ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.Await)
    for n in ast.walk(node):
        if isinstance(n, bad):
            return False
        name = getattr(n, "id", getattr(n, "attr", ""))
        if isinstance(name, str) and (
            name in ("super", "locals")
            or (name.startswith("__") and not name.endswith("__"))
        ):
            return False
    return True


def statements(node: ast.AST, nested: bool = False) -> Iterator[ast.stmt]:
    """Every statement; ours are left out."""
    for field in ("body", "orelse", "finalbody", "handlers"):
        block = getattr(node, field, None)
        if not isinstance(block, list):
            continue
        for s in block:
            text = isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)
            if isinstance(s, ast.stmt) and not getattr(s, "ours", text):
                s.nested = nested  # type: ignore[attr-defined]
                yield s
            inner = nested or isinstance(s, (ast.FunctionDef, ast.ClassDef))
            if isinstance(s, (ast.stmt, ast.excepthandler)):
                yield from statements(s, inner)


def _within(
    owner: ast.AST,
    root: Root,
    scope: dict[str, Any],
    bench: Bench,
    first: ast.expr,
) -> Iterator[Site]:
    """The expression at the top of a statement and all that are inside it."""
    field = root.field
    value = getattr(owner, field)
    index = value.index(first) if isinstance(value, list) else None
    pending: list[tuple[ast.AST, str, int | None, bool, ast.expr | None]]
    pending = [(owner, field, index, False, None)]
    while pending:
        owner, field, index, inside, top = pending.pop()
        found = getattr(owner, field)
        node = found if index is None else found[index]
        loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if isinstance(node, ast.expr) and loaded:
            seen = bench.values.get(id(node), UNSEEN)
            top = node if top is None or isinstance(top, ast.Tuple) else top
            yield Site(
                node, owner, field, index, root, seen, scope, bench.values, inside, top
            )
        ranged = isinstance(node, ast.Call) and _name(node.func) == "range"
        for name, child in ast.iter_fields(node):
            within = inside or ranged or (name == "slice")
            if isinstance(child, (ast.expr, ast.keyword, ast.comprehension)):
                pending.append((node, name, None, within, top))
            elif isinstance(child, list):
                for k, item in enumerate(child):
                    if isinstance(item, (ast.expr, ast.keyword, ast.comprehension)):
                        pending.append((node, name, k, within, top))


def _name(node: ast.AST) -> str:
    return str(getattr(node, "id", ""))


def is_value(site: Site) -> bool:
    """A value by itself: not the name of a function, a target, an index, an operand of
    a chain of products (the whole chain is a value, too)."""
    owner = site.owner
    if isinstance(site.node, ast.Constant):
        return isinstance(owner, ast.stmt)
    if isinstance(owner, ast.Attribute):
        return owner.attr in (*REDUCTIONS, *VIEWS)
    if isinstance(owner, (ast.Compare, ast.Slice)):
        return False
    if isinstance(owner, ast.Subscript):
        return False
    if isinstance(owner, ast.BinOp) and isinstance(owner.op, (ast.Mult, ast.Div)):
        return is_sum(site.node)
    return not isinstance(owner, (ast.UnaryOp, ast.comprehension))


def is_sum(node: ast.AST) -> bool:
    """a + b, or a - b."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))
