r"""The value of a formula, by walking over its tree: shapes by the names of axes, then
numbers. Nothing that was typed ever reaches Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gan_numpy.derive import nodes
from gan_numpy.derive.apply import apply
from gan_numpy.derive.contraction import contracted
from gan_numpy.derive.errors import at
from gan_numpy.derive.nodes import Node
from gan_numpy.derive.combine import as_numbers, choose, flattened, gathered_axis
from gan_numpy.derive.places import gathered
from gan_numpy.derive.ranges import Ranges, indexed_dims
from gan_numpy.derive.values import (
    Misfit,
    Value,
    entrywise,
    number,
    over_letters,
    product,
    transposed,
)
from gan_numpy.derive.vocabulary import Vocabulary

COMPARE = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}
REDUCE: dict[str, Any] = {
    "sum": np.sum,
    "mean": np.mean,
    "max": np.max,
    "min": np.min,
    "argmax": np.argmax,
    "argmin": np.argmin,
}
Letters = frozenset[str]


class Evaluation:
    """One equation with the arrays that it is about.

    Parameters
    ----------
    words : Vocabulary
    known : dict
        The arrays and numbers by name, as values.
    sizes : dict
        The length of every axis by its name.
    """

    def __init__(
        self, words: Vocabulary, known: Mapping[str, Value], sizes: Mapping[str, int]
    ) -> None:
        self.words, self.known, self.sizes = words, known, sizes
        self.ranges = Ranges(words, self._dims, self._is_letter)
        self.bound: set[str] = set()

    def true_name(self, name: str) -> str:
        return self.words.aliases.get(name, name)

    def _is_letter(self, name: str) -> bool:
        if name in self.bound:
            return True
        return len(name.rstrip("'")) == 1 and self.true_name(name) not in self.known

    def _dims(self, node: Node) -> tuple[str, ...] | None:
        name = self.true_name(getattr(node, "name", ""))
        return self.known[name].dims if name in self.known else None

    def equation(self, equation: nodes.Equation) -> Value:
        """The value of the right side, with the letters of the left."""
        left = [n for part in equation.at or () for n in part.walk()]
        names = [n.name for n in left if isinstance(n, nodes.Name)]
        sums = [n for n in equation.right.walk() if isinstance(n, nodes.Reduced)]
        bare = [n.name for n in equation.at or () if isinstance(n, nodes.Name)]
        self.bound = set(bare) | {k for s in sums for k in s.letters}
        free = frozenset(n for n in names if self._is_letter(n))
        self.ranges.read(equation)
        for s in sums:
            for k in free.intersection(s.letters):
                says = f"{k} stands at the left already: sum over another letter"
                raise at(s, "letter", says)
        return self.value(equation.right, free)

    def letters(self, node: Node) -> Letters:
        """The letters that are free in a node."""
        if isinstance(node, nodes.Name):
            found = self._is_letter(node.name)
            return frozenset({node.name}) if found else frozenset()
        inner = frozenset[str]().union(*(self.letters(p) for p in node.parts()))
        if isinstance(node, nodes.Reduced):
            return inner - frozenset(node.letters)
        return inner

    def value(self, node: Node, free: Letters) -> Value:
        """The value of a node; ``free`` letters may occur in it.

        Raises
        ------
        FormulaError
            If something in it is unknown or does not fit.
        """
        try:
            for kind in type(node).__mro__:
                compute = getattr(self, "_" + kind.__name__.lower(), None)
                if compute is not None:
                    found: Value = compute(node, free)
                    return found
            raise TypeError(type(node).__name__)
        except Misfit as error:
            raise at(node, "shape", str(error)) from None

    def letter(
        self, node: nodes.Name | nodes.Reduced, name: str, free: Letters
    ) -> Value:
        """0, 1, 2, ... along a letter."""
        if name not in free:
            says = f"{name} is neither at the left nor summed over, and occurs once"
            raise at(node, "letter", says)
        size = self.sizes[self.ranges.axis(node, name)]
        return Value(np.arange(size), (name,))

    def _number(self, node: nodes.Number, free: Letters) -> Value:
        return number(float(node.text))

    def _name(self, node: nodes.Name, free: Letters) -> Value:
        if self._is_letter(node.name):
            return self.letter(node, node.name, free)
        name = self.true_name(node.name)
        if name not in self.known:
            given = ", ".join(sorted(k for k in self.known if len(k) < 12))
            says = f"{node.name} is not known here; known are {given}"
            raise at(node, "name", says)
        return self.known[name]

    def _indexed(self, node: nodes.Indexed, free: Letters) -> Value:
        of = self.value(node.of, free)
        if of.constant and not of.dims:
            for index in node.at:  # 1_n
                self.value(index, free)
            return of
        dims = indexed_dims(of.dims, len(node.at), self.words.split)
        if len(node.at) > len(dims):
            says = f"{len(node.at)} indices, but the shape is {of.shape()}"
            raise at(node, "shape", says)
        self.ranges.meet(node.at, dims)
        if dims != of.dims:
            front = of.data.shape[: len(of.letters)]
            of = Value(
                of.data.reshape(*front, *(self.sizes[d] for d in dims)),
                of.letters,
                dims,
            )
        return gathered(of, [self.value(index, free) for index in node.at])

    def _sum(self, node: nodes.Sum, free: Letters) -> Value:
        total = None
        for sign, term in node.terms:
            value = self.value(term, free)
            if total is None:
                total = value
                if sign == "-":
                    total = entrywise(np.multiply, number(-1), value)
            else:
                f = np.add if sign == "+" else np.subtract
                total = entrywise(f, as_numbers(total), as_numbers(value))
        assert total is not None
        return total

    def _product(
        self, node: nodes.Product, free: Letters, over: tuple[str, ...] = ()
    ) -> Value:
        """The factors, summed over the letters ``over`` and those that occur twice."""
        factors = flattened(node)
        inside = [self.letters(f) for _, f in factors]
        every = frozenset[str]().union(*inside) - free - set(over)
        twice = {k for k in every if sum(k in part for part in inside) > 1}
        over += tuple(sorted(twice))
        wider = free | set(over)
        values = [(op, as_numbers(self.value(f, wider))) for op, f in factors]
        if not any(v.dims for _, v in values):
            return contracted(values, over, self._lengths(node, over))
        whole = values[0][1]
        for operator, value in values[1:]:
            if operator == "/":
                whole = entrywise(np.divide, whole, value)
            else:
                whole = product(whole, value, operator, self.words.by_entry)
        return self._summed("sum", whole, over, node)

    def _lengths(self, node: Node, letters: tuple[str, ...]) -> dict[str, int]:
        return {k: self.sizes[self.ranges.axis(node, k)] for k in letters}

    def _summed(
        self, kind: str, value: Value, letters: tuple[str, ...], node: Node
    ) -> Value:
        there = tuple(k for k in letters if k in value.letters)
        for k in set(letters) - set(there):
            usual = {v: d for d, v in self.words.letters.items()}.get(k)
            if (
                usual is None
                or usual not in value.dims
                or not isinstance(node, nodes.Reduced)
            ):
                says = f"{k} does not occur in what is summed over it"
                raise at(node, "letter", says)
            value = gathered_axis(value, usual, k)
            there += (k,)
        return over_letters(REDUCE[kind], value, there) if there else value

    def _reduced(self, node: nodes.Reduced, free: Letters) -> Value:
        wider = free | set(node.letters)
        of = node.of
        if node.conditions:
            tests = tuple((" ", c) for c in node.conditions)
            of = nodes.Product(of.start, of.end, ((" ", of), *tests))
        linear = node.kind in ("sum", "mean") and isinstance(of, nodes.Product)
        inside = self.letters(of)
        if linear and inside >= set(node.letters):
            value = self._product(of, free, node.letters)  # type: ignore[arg-type]
            if node.kind == "sum":
                return value
            count = float(np.prod(list(self._lengths(node, node.letters).values())))
            return entrywise(np.divide, value, number(count))
        return self._summed(
            node.kind, as_numbers(self.value(of, wider)), node.letters, node
        )

    def _power(self, node: nodes.Power, free: Letters) -> Value:
        of = as_numbers(self.value(node.of, free))
        return entrywise(np.power, of, as_numbers(self.value(node.exponent, free)))

    def _transposed(self, node: nodes.Transposed, free: Letters) -> Value:
        if isinstance(node.of, nodes.Number):  # 1^T
            return Value(np.full(1, float(node.of.text)), (), ("?",), True)
        return transposed(self.value(node.of, free))

    def _bars(self, node: nodes.Bars, free: Letters) -> Value:
        of = as_numbers(self.value(node.of, free))
        if node.norm or (len(of.dims) == 1 and not self.words.by_entry):
            axes = tuple(range(len(of.letters), of.data.ndim))
            return Value(np.sqrt(np.sum(of.data**2, axis=axes)), of.letters)
        return Value(np.abs(of.data), of.letters, of.dims, of.turned, of.constant)

    def _test(self, node: nodes.Test, free: Letters) -> Value:
        left = self.value(node.first, free)
        whole: Value | None = None
        for sign, side in node.links:
            right = self.value(side, free)
            link = entrywise(COMPARE[sign], left, right)
            whole = link if whole is None else entrywise(np.logical_and, whole, link)
            left = right
        assert whole is not None
        return whole

    def _all(self, node: nodes.All, free: Letters) -> Value:
        first, *rest = (self.value(t, free) for t in node.tests)
        whole = Value(first.data.astype(bool), first.letters, first.dims)
        for value in rest:
            whole = entrywise(np.logical_and, whole, value)
        return whole

    def _cases(self, node: nodes.Cases, free: Letters) -> Value:
        condition = self.value(node.condition, free)
        then = as_numbers(self.value(node.then, free))
        otherwise = as_numbers(self.value(node.otherwise, free))
        return choose(condition, then, otherwise)

    def _applied(self, node: nodes.Applied, free: Letters) -> Value:
        if self.true_name(node.function) in self.known:  # sigma (dy - ...): a product
            name = nodes.Name(
                node.start, node.start + len(node.function), node.function
            )
            pair = ((" ", name), (" ", node.arguments[0]))
            return self.value(nodes.Product(node.start, node.end, pair), free)
        values = [self.value(a, free) for a in node.arguments]
        return apply(node, values, self)
