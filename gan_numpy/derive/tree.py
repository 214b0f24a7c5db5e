r"""From lark's tree to ours: one method for each rule of the grammar."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lark import Token, Transformer

from gan_numpy.derive import nodes
from gan_numpy.derive.nodes import Node
from gan_numpy.derive.subscripts import read_subscript, read_sum, split_name

SYMBOLS = {"·": "*", "×": "*", "⊙": "*", "∘": "*", "\\cdot": "*", "\\odot": "*"}
COMPARISONS = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
REDUCTIONS = {"Σ": "sum", "∑": "sum"}


class Nodes(Transformer):
    """From lark's tree to ours.

    Parameters
    ----------
    known : set of str
        The names that hold an underscore of their own.
    offset : int
        Where the text starts.
    parse : function (text, known, offset) -> Node
        For an expression within a subscript.
    """

    def __init__(
        self, known: frozenset[str], offset: int, parse: Callable[..., Node]
    ) -> None:
        super().__init__()
        self.known, self.offset, self.parse = known, offset, parse

    def _span(self, *parts: Any) -> tuple[int, int]:
        found = [p for p in parts if p is not None]
        return min(map(self._start, found)), max(map(self._end, found))

    def _start(self, part: Any) -> int:
        token = isinstance(part, Token)
        return int(part.start_pos or 0) + self.offset if token else int(part.start)

    def _end(self, part: Any) -> int:
        token = isinstance(part, Token)
        return int(part.end_pos or 0) + self.offset if token else int(part.end)

    def number(self, parts: list[Any]) -> Node:
        return nodes.Number(*self._span(*parts), str(parts[0]))

    def name(self, parts: list[Any]) -> Node:
        start, _ = self._span(*parts)
        return split_name(str(parts[0]), self.known, start)

    def subscript(self, parts: list[Any]) -> Node:
        of, token = parts
        if isinstance(of, nodes.Number) and set(token) & set("<>=≤≥≠"):  # 1_{x > 0}
            inside = f"[{str(token)[2:-1]}]"
            return self.parse(inside, self.known, token.start_pos + self.offset + 1)
        at = read_subscript(str(token), self.known, token.start_pos + self.offset)
        return nodes.Indexed(*self._span(*parts), of, at)

    def transpose(self, parts: list[Any]) -> Node:
        return nodes.Transposed(*self._span(*parts), parts[0])

    def power(self, parts: list[Any]) -> Node:
        return nodes.Power(*self._span(*parts), parts[0], parts[2])

    def negative(self, parts: list[Any]) -> Node:
        return self._signed(parts[0], parts[1])

    def _signed(self, sign: Any, of: Node) -> Node:
        if sign is None:
            return of
        minus = "+" if sign == "+" else "-"
        return nodes.Sum(*self._span(sign, of), ((minus, of),))

    def term(self, parts: list[Any]) -> Node:
        found: Node = parts[0]
        return found

    def times(self, parts: list[Any]) -> Node:
        first, rest = parts[0], parts[-1]
        operator = parts[1] if len(parts) == 4 else " "
        operator = SYMBOLS.get(str(operator), str(operator))
        sign = parts[2] if len(parts) == 4 else None
        later = [(operator, rest)]
        if isinstance(rest, nodes.Product) and not getattr(rest, "closed", False):
            (_, second), *others = rest.factors
            later = [(operator, second), *others]
        if sign is not None:
            later[0] = (operator, self._signed(sign, later[0][1]))
        factors = ((" ", first), *later)
        return nodes.Product(*self._span(first, rest), factors)

    def reduce(self, parts: list[Any]) -> Node:
        token, sign, of = parts
        kind, _, rest = str(token).lstrip("\\").partition("_")
        start = token.start_pos + self.offset + len(token) - len(rest)
        letters, conditions = read_sum(rest, self.known, start)
        kind = REDUCTIONS.get(kind, kind)
        body = self._signed(sign, of)
        return nodes.Reduced(
            *self._span(token, of), kind, letters, tuple(conditions), body
        )

    def sum(self, parts: list[Any]) -> Node:
        sign, first, *rest = parts
        if sign is None and not rest:
            single: Node = first
            return _Closed.of(single)
        pairs = [("-" if sign not in (None, "+") else "+", first)]
        for k in range(0, len(rest), 2):
            pairs.append(("+" if rest[k] == "+" else "-", rest[k + 1]))
        return nodes.Sum(*self._span(*parts), tuple(pairs))

    def test(self, parts: list[Any]) -> Node:
        if len(parts) == 1:
            alone: Node = parts[0]
            return alone
        return self.comparison(parts)

    def comparison(self, parts: list[Any]) -> Node:
        signs = [COMPARISONS.get(str(s), str(s)) for s in parts[1::2]]
        links = tuple(zip(signs, parts[2::2], strict=True))
        return nodes.Test(*self._span(*parts), parts[0], links)

    def tests(self, parts: list[Any]) -> Node:
        found = tuple(p for p in parts if isinstance(p, Node))
        return nodes.All(*self._span(*found), found)

    conditions = tests

    def cases(self, parts: list[Any]) -> Node:
        then, condition, otherwise = (p for p in parts if isinstance(p, Node))
        return nodes.Cases(*self._span(*parts), condition, then, otherwise)

    def bars(self, parts: list[Any]) -> Node:
        return nodes.Bars(*self._span(*parts), parts[1], False)

    def norm(self, parts: list[Any]) -> Node:
        return nodes.Bars(*self._span(*parts), parts[1], True)

    def inner(self, parts: list[Any]) -> Node:
        return nodes.Applied(*self._span(*parts), "inner", (parts[1], parts[2]))

    def axis(self, parts: list[Any]) -> tuple[int, ...]:
        return tuple(int(d) for d in re.findall(r"-?\d+", str(parts[0])))

    def text(self, parts: list[Any]) -> str:
        return str(parts[0])[1:-1]

    def arguments(self, parts: list[Any]) -> list[Any]:
        return parts

    def call(self, parts: list[Any]) -> Node:
        return self._applied(parts[0], str(parts[0]).lstrip("\\"), parts[1])

    def method(self, parts: list[Any]) -> Node:
        of, token, arguments = parts
        rest = list(arguments or [])
        if rest and isinstance(rest[0], nodes.Number):
            rest[0] = (int(float(rest[0].text)),)
        return self._applied(token, str(token)[1:], [of, *rest])

    def _applied(self, token: Token, function: str, arguments: list[Any]) -> Node:
        given = tuple(a for a in arguments if isinstance(a, Node))
        axes = next((a for a in arguments if isinstance(a, tuple)), None)
        text = next((a for a in arguments if isinstance(a, str)), "")
        span = self._span(token, *given)
        return nodes.Applied(span[0], span[1] + 1, function, given, axes, text)


class _Closed(nodes.Product):
    """A product in brackets: its factors are not those of the product around it."""

    closed = True

    @classmethod
    def of(cls, node: Node) -> Node:
        if not isinstance(node, nodes.Product):
            return node
        return cls(node.start, node.end, node.factors)
