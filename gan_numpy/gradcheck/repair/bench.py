r"""The bench: a function with one place that can be exchanged, quickly and safely.

To compile a whole function costs ten times what running it on tiny arrays does. So it
is compiled once with the expression at hand replaced by a call, and each variant of
that expression is a small function of the names in scope.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import CodeType
from typing import Any

import numpy as np

from gan_numpy.gradcheck.deadline import in_time
from gan_numpy.gradcheck.repair.ledger import ledger
from gan_numpy.gradcheck.repair.source import Written, build, replaced

TICK, EDITED, SEE, HERE = "_tick", "_edited", "_see", "_here"
LOOPS = (ast.For, ast.While)
TICKS = 20_000
ROUNDS = 64  # of a loop between two looks at the clock
VISITS = 32
MOST_KEPT = 40  # items of a dict that are copied


class Endless(BaseException):
    """A loop goes on for much longer than the student's did."""


@dataclass
class Clock:
    """Counts the rounds of all loops; too many end the call."""

    left: int = TICKS

    def tick(self) -> None:
        """One round."""
        self.left -= 1
        if self.left < 0:
            raise Endless
        if self.left % ROUNDS == 0:
            in_time()


@dataclass(eq=False)
class Root:
    """A whole expression of a statement: what is assigned, returned, tested.

    ``names`` are those in scope; None if a variant must be compiled with its function.
    """

    owner: ast.AST
    field: str
    statement: ast.stmt
    names: tuple[str, ...] | None = None


@dataclass(eq=False)
class Bench:
    """A function whose loops are counted, and what was seen in it.

    Attributes
    ----------
    values : dict
        The last value of each expression by ``id`` of its node.
    history : dict
        Its values at the first visits; ``times`` says when these were.
    scopes : dict
        The names and values before each statement, by ``id`` of the statement, at
        each of its first visits.
    """

    function: Written
    clock: Clock = field(default_factory=Clock)
    values: dict[int, Any] = field(default_factory=dict)
    history: dict[int, list[Any]] = field(default_factory=dict)
    times: dict[int, list[int]] = field(default_factory=dict)
    scopes: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    sure: dict[int, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in list(ast.walk(self.function.node)):
            if isinstance(node, LOOPS):
                node.body.insert(0, _call(TICK, node))
        self.plain = build(self.function)

    @contextmanager
    def running(self, code: CodeType, **hooks: Callable[..., Any]) -> Iterator[None]:
        """The function runs this code, and what it calls is in its namespace."""
        in_time()
        space = self.function.globals
        hooks = {**hooks, TICK: self.clock.tick}
        self.clock.left = TICKS
        ledger().adding(space, hooks)
        space.update(hooks)
        try:
            with replaced(self.function, code):
                yield
        finally:
            for name in hooks:
                space.pop(name, None)

    def forget(self) -> None:
        """Nothing has been seen."""
        for seen in (self.values, self.history, self.times, self.scopes, self.sure):
            seen.clear()

    def masks(self) -> set[str]:
        """The names of arrays of truth values that were seen."""
        every = (
            v for visits in self.scopes.values() for s in visits for v in s.items()
        )
        kinds = ((k, getattr(value, "dtype", None)) for k, value in every)
        return {k for k, dtype in kinds if dtype == bool}

    def observe(self, run: Callable[[], object]) -> None:
        """Run once, and keep the value of every expression and every scope."""
        nodes = list(ast.walk(self.function.node))
        for k, node in enumerate(nodes):
            node.number = k  # type: ignore[attr-defined]
        original = self.function.node
        ledger().undo.append(partial(setattr, self.function, "node", original))
        self.function.node = _Watched().visit(copy.deepcopy(original))
        code = build(self.function)
        self.function.node = original
        if code is None:
            return

        count = itertools.count()

        def see(k: int, value: Any) -> Any:
            self.values[id(nodes[k])] = now = kept(value)
            visits = self.history.setdefault(id(nodes[k]), [])
            if len(visits) < VISITS:
                visits.append(now)
                self.times.setdefault(id(nodes[k]), []).append(next(count))
            return value

        def here(k: int, scope: dict[str, Any]) -> None:
            seen = {n: kept(v) for n, v in scope.items() if n.isidentifier()}
            key = id(nodes[k])
            visits = self.scopes.setdefault(key, [])
            if len(visits) < VISITS:
                visits.append(seen)
            self.sure[key] = self.sure.get(key, set(seen)) & set(seen)

        try:
            with self.running(code, **{SEE: see, HERE: here}):
                run()
        except (Exception, Endless, SystemExit):  # what was seen until then is enough
            return

    def with_root(self, root: Root) -> CodeType | None:
        """The function with the root replaced by a call of the variant."""
        assert root.names is not None
        before = getattr(root.owner, root.field)
        call = ast.Call(ast.Name(EDITED, ast.Load()), [], [])
        call.args = [ast.Name(name, ast.Load()) for name in root.names]
        ast.copy_location(call, before)
        setattr(root.owner, root.field, ast.fix_missing_locations(call))
        try:
            return build(self.function)
        finally:
            setattr(root.owner, root.field, before)

    def variant(self, root: Root) -> Callable[..., Any] | None:
        """The root as it is written now, as a function of the names in scope."""
        assert root.names is not None
        body = getattr(root.owner, root.field)
        nothing: list[Any] = []
        names = [ast.arg(name) for name in root.names]
        arguments = ast.arguments([], names, None, nothing, nothing, None, nothing)
        made = ast.Expression(ast.Lambda(arguments, body))
        ast.copy_location(made.body, body)
        for name in names:
            ast.copy_location(name, body)
        try:
            code = compile(made, self.function.filename, "eval", 0, True)
            function: Callable[..., Any] = eval(code, self.function.globals)
        except (SyntaxError, ValueError, TypeError, RecursionError):
            return None
        return function


def kept(value: Any) -> Any:
    """A copy of an array, the first item of a generator's like; else the thing."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(kept(v) for v in value)
    if type(value) is dict and len(value) <= MOST_KEPT:
        return {k: kept(v) for k, v in value.items()}
    return value


def _call(name: str, where: ast.AST, *arguments: ast.expr) -> ast.Expr:
    call = ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
    made = ast.Expr(call)
    made.ours = True  # type: ignore[attr-defined]
    return ast.fix_missing_locations(ast.copy_location(made, where))


def without_ours(function: ast.FunctionDef) -> ast.FunctionDef:
    """A copy of the tree without the statements that count its rounds."""
    made = copy.deepcopy(function)
    for node in ast.walk(made):
        if isinstance(node, LOOPS):
            node.body = [s for s in node.body if not getattr(s, "ours", False)]
    return made


def is_watchable(node: ast.expr) -> bool:
    """It has a value that can pass through a call."""
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return False
    if isinstance(node, ast.Tuple):
        return not any(isinstance(e, (ast.Slice, ast.Starred)) for e in node.elts)
    kinds = (
        ast.Slice,
        ast.Starred,
        ast.JoinedStr,
        ast.FormattedValue,
        ast.NamedExpr,
        ast.Yield,
    )
    return not isinstance(node, kinds)


class _Watched(ast.NodeTransformer):
    """Every expression passes through SEE, every statement is preceded by HERE."""

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.FunctionDef):
            node.body = [s for old in node.body for s in self._statement(old)]
            return node
        if isinstance(node, ast.expr):
            return self._expression(node)
        return self._inside(node)

    def _inside(self, node: ast.AST) -> ast.AST:
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                new: list[Any] = []
                for item in value:
                    if isinstance(item, ast.stmt):
                        new += self._statement(item)
                    elif isinstance(item, ast.AST):
                        new.append(self.visit(item))
                    else:  # None for the ** in a dict
                        new.append(item)
                setattr(node, name, new)
            elif isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
        return node

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        if getattr(node, "ours", False):
            return [node]
        number = ast.Constant(node.number)  # type: ignore[attr-defined]
        scope = ast.Call(ast.Name("locals", ast.Load()), [], [])
        return [_call(HERE, node, number, scope), self.visit(node)]

    def _expression(self, node: ast.expr) -> ast.expr:
        scoped = (ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
        if not isinstance(node, scoped):
            self._inside(node)
        if not is_watchable(node):
            return node
        k = ast.Constant(node.number)  # type: ignore[attr-defined]
        call = ast.Call(ast.Name(SEE, ast.Load()), [k, node], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))
