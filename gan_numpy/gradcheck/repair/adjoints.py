r"""The first wrong line: which values of the backward are true adjoints of the forward.

Every intermediate of the forward has an adjoint, :math:`\partial \langle dy, y \rangle
/ \partial v`, whatever it is called. It is found by perturbing the intermediate where
it is made: along a few random directions, four calls for each. A value of the backward
that is one of them is right, and so is the line that made it.
"""

from __future__ import annotations

import ast
import copy
from types import CodeType
from typing import Any

import numpy as np

from gan_numpy.gradcheck.adapt import Problem
from gan_numpy.gradcheck.repair.bench import Bench, Endless, is_watchable
from gan_numpy.gradcheck.repair.edits.site import as_array
from gan_numpy.gradcheck.repair.source import Written, build

NUDGE = "_nudge"
DIRECTIONS = 3
STEP = 1e-3
CLOSE = 1e-6
MOST_RUNS = 2500
LARGEST = 400


class Nudge:
    """Adds to the value of one expression at one visit."""

    def __init__(self) -> None:
        self.visits: dict[int, int] = {}
        self.shapes: dict[tuple[int, int], tuple[int, ...]] = {}
        self.active: tuple[int, int] | None = None
        self.by: np.ndarray | None = None

    def __call__(self, k: int, value: Any) -> Any:
        visit = self.visits[k] = self.visits.get(k, -1) + 1
        if self.active == (k, visit):
            return value + self.by
        if self.active is None:
            array = as_array(value)
            if array is not None and array.dtype.kind == "f" and array.size <= LARGEST:
                self.shapes[k, visit] = array.shape
        return value


class Adjoints:
    """The true adjoints of everything that some functions compute on their way to y."""

    def __init__(self) -> None:
        self.directions: dict[tuple[int, ...], np.ndarray] = {}
        self.slopes: dict[tuple[int, ...], list[np.ndarray]] = {}
        self.functions: list[Nudged] = []
        self.measured: set[tuple[int, ...]] = set()
        self.uses: dict[tuple[int, ...], dict[tuple[int, str], list[np.ndarray]]] = {}

    def along(self, shape: tuple[int, ...]) -> np.ndarray:
        """The directions for arrays of a shape."""
        if shape not in self.directions:
            rng = np.random.default_rng([7, *shape])
            size = int(np.prod(shape))
            self.directions[shape] = rng.standard_normal((DIRECTIONS, size))
        return self.directions[shape]

    def add(self, shape: tuple[int, ...], slopes: np.ndarray) -> None:
        """One more, by its inner products with the directions."""
        if np.all(np.isfinite(slopes)) and np.any(slopes):
            self.slopes.setdefault(shape, []).append(slopes)

    def holds(self, value: Any, parts: bool = False) -> bool:
        """The array is one of them; ``parts``: or what one use of a name adds to it."""
        array = as_array(value)
        if array is None or array.dtype.kind != "f":
            return False
        self._measure(array.shape)
        rows = list(self.slopes.get(array.shape, []))
        if parts:
            rows += [r for p in self.uses.get(array.shape, {}).values() for r in p]
        return bool(rows) and self._among(array, np.stack(rows))

    def lacks_a_use(self, value: np.ndarray, must: np.ndarray) -> bool:
        """The value is that of one use of a name, and all uses together are another."""
        for parts in self.uses.get(value.shape, {}).values():
            table = np.stack(parts)
            total = table.sum(axis=0, keepdims=True)
            if len(parts) > 1 and self._among(value, table):
                if self._among(must, total):
                    return True
        return False

    def _among(self, array: np.ndarray, table: np.ndarray) -> bool:
        """One of the rows are its inner products."""
        mine = self.along(array.shape) @ array.ravel()
        size = np.abs(mine).max() + np.linalg.norm(array) + 1e-300
        return bool((np.abs(table - mine) <= CLOSE * size).all(axis=1).any())

    def watch(self, bench: Bench, problem: Problem, dy: np.ndarray) -> None:
        """From now on the values that a function computes during the forward count."""
        made = _nudged(bench.function)
        if made is None:
            return
        nudged = Nudged(bench, problem, dy, made)
        try:
            nudged.loss()
        except (Exception, SystemExit, Endless):
            return
        self.functions.append(nudged)

    def _measure(self, shape: tuple[int, ...]) -> None:
        """Perturb every value of a shape, once for all."""
        if shape in self.measured:
            return
        self.measured.add(shape)
        uses = self.uses.setdefault(shape, {})
        for nudged in self.functions:
            places = [p for p, s in nudged.nudge.shapes.items() if s == shape]
            if 4 * DIRECTIONS * len(places) > MOST_RUNS:
                continue
            for place in places:
                try:
                    slopes = nudged.slopes(place, self.along(shape))
                except (Exception, SystemExit, Endless):
                    return
                name = nudged.names.get(place[0])
                if name is None:
                    self.add(shape, slopes)
                elif np.all(np.isfinite(slopes)):
                    uses.setdefault((id(nudged), name), []).append(slopes)
        for parts in uses.values():
            if len(parts) == 1:  # the only use is all of it
                self.add(shape, parts[0])


class Nudged:
    """A function of the forward in which one value at a time is moved."""

    def __init__(
        self, bench: Bench, problem: Problem, dy: np.ndarray, made: CodeType
    ) -> None:
        self.bench, self.problem, self.dy, self.made = bench, problem, dy, made
        self.nudge = Nudge()
        nodes = enumerate(ast.walk(bench.function.node))
        self.names = {k: n.id for k, n in nodes if isinstance(n, ast.Name)}

    def loss(self) -> float:
        """The inner product of dy and the output."""
        self.nudge.visits = {}
        with self.bench.running(self.made, **{NUDGE: self.nudge}):
            y = self.problem.value(self.problem.fresh())
        return float((self.dy * np.asarray(y, dtype=np.float64)).sum())

    def slopes(self, place: tuple[int, int], along: np.ndarray) -> np.ndarray:
        """The derivatives along some directions of the value at a place."""
        shape = self.nudge.shapes[place]
        found = []
        self.nudge.active = place
        for u in along:
            values = []
            for h in (STEP, -STEP, STEP / 2, -STEP / 2):
                self.nudge.by = h * u.reshape(shape)
                values.append(self.loss())
            coarse = (values[0] - values[1]) / (2 * STEP)
            fine = (values[2] - values[3]) / STEP
            found.append(fine + (fine - coarse) / 3)
        return np.array(found)


def _nudged(function: Written) -> Any:
    """The function with every expression passed through NUDGE."""
    original = function.node
    for k, node in enumerate(ast.walk(original)):
        node.number = k  # type: ignore[attr-defined]
    function.node = _Nudged().visit(copy.deepcopy(original))
    try:
        return build(function)
    finally:
        function.node = original


def _through_nudge(node: Any) -> ast.AST:
    call = ast.Call(ast.Name(NUDGE, ast.Load()), [ast.Constant(node.number), node], [])
    return ast.fix_missing_locations(ast.copy_location(call, node))


class _Nudged(ast.NodeTransformer):
    """Wraps what is assigned or returned, and everything that it is made of."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        kinds = (ast.BinOp, ast.Call, ast.UnaryOp, ast.Name, ast.Subscript)
        if isinstance(node, kinds) and is_watchable(node):
            return _through_nudge(node)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """What is computed in there has no visits of its own."""
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """The name of the function is no value."""
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
        node.args = [self.visit(a) for a in node.args]
        node.keywords = [self.visit(k) for k in node.keywords]
        return _through_nudge(node)
