r"""Which value of the backward is the adjoint of which value of the forward: measured.

Every expression of the forward is perturbed where it is made, along a few random
directions. An array of the backward that has the same slopes is its adjoint, whatever
it is called.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np

from gan_numpy.gradcheck.adapt import Problem
from gan_numpy.gradcheck.repair.adjoints import (
    CLOSE,
    DIRECTIONS,
    MOST_RUNS,
    STEP,
    Adjoints,
)
from gan_numpy.gradcheck.repair.bench import Bench, Endless
from gan_numpy.gradcheck.repair.explain import quietly
from gan_numpy.gradcheck.repair.source import written


@dataclass(frozen=True)
class Adjoint:
    """A place of the forward: a line, and what is written there."""

    line: int
    text: str
    named: bool


class Chain(Adjoints):
    """The adjoints of all that a forward computes, and where it computes them."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[tuple[Adjoint, tuple[int, ...], np.ndarray]] = []
        self.nodes: dict[int, Adjoint] = {}

    @classmethod
    def of(cls, forward: Any, problem: Problem, dy: np.ndarray) -> Chain:
        """Of a forward pass; empty where its source cannot be followed."""
        chain = cls()
        function = written(forward.__code__)
        if function is None:
            return chain
        bench = Bench(function)  # it counts the rounds of loops: that is in the tree
        for k, node in enumerate(ast.walk(function.node)):
            if isinstance(node, ast.expr):
                chain.nodes[k] = Adjoint(node.lineno, ast.unparse(node), False)
        for k, node in enumerate(ast.walk(function.node)):
            if isinstance(node, ast.Assign):
                target, *_ = node.targets
                for j, other in enumerate(ast.walk(function.node)):
                    if other is node.value:
                        name = ast.unparse(target)
                        chain.nodes[j] = Adjoint(node.lineno, name, True)
        with quietly():
            chain.watch(bench, problem, dy)
            chain.values()
            chain.inputs(problem, dy, function.node.lineno)
        return chain

    def inputs(self, problem: Problem, dy: np.ndarray, line: int) -> None:
        """The gradients themselves: every use of an input taken together."""
        for name in problem.wrt:
            for step in (STEP, STEP / 100):  # a forward may be noisy, or very curved
                x = np.asarray(problem.inputs[name], dtype=np.float64)
                slopes = []
                for u in self.along(x.shape):
                    by = step * u.reshape(x.shape)
                    f = [
                        float(
                            (
                                dy * problem.value(problem.fresh({name: x + c * by}))
                            ).sum()
                        )
                        for c in (1, -1, 0.5, -0.5)
                    ]
                    coarse, fine = (f[0] - f[1]) / (2 * step), (f[2] - f[3]) / step
                    slopes.append(fine + (fine - coarse) / 3)
                found = np.array(slopes)
                if np.all(np.isfinite(found)) and np.any(found):
                    self.places.append((Adjoint(line, name, True), x.shape, found))

    def values(self) -> None:
        """The adjoints of all expressions, one place after the other."""
        for nudged in self.functions:
            places = list(nudged.nudge.shapes.items())
            if 4 * DIRECTIONS * len(places) > MOST_RUNS:
                continue
            for place, shape in places:
                node = self.nodes.get(place[0])
                try:
                    slopes = nudged.slopes(place, self.along(shape))
                except (Exception, Endless):  # a forward that does not bear it
                    return
                if node is not None and np.all(np.isfinite(slopes)) and np.any(slopes):
                    self.places.append((node, shape, slopes))

    def find(self, value: Any) -> Adjoint | None:
        """The place whose adjoint an array is; a name rather than an expression."""
        array = np.asarray(value)
        if array.dtype.kind != "f" or not array.size:
            return None
        alike = [(n, s) for n, shape, s in self.places if shape == array.shape]
        if not alike:
            return None
        mine = self.along(array.shape) @ array.ravel()
        size = float(np.abs(mine).max() + np.linalg.norm(array)) + 1e-300
        hits = [n for n, s in alike if np.all(np.abs(s - mine) <= CLOSE * size)]
        return min(hits, key=lambda n: (not n.named, len(n.text)), default=None)
