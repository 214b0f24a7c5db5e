r"""What a formula is made of: its tree. Every node knows its place in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Node:
    """A part of a formula, from character ``start`` to before ``end``."""

    start: int
    end: int

    def parts(self) -> Iterator[Node]:
        """The nodes that it is made of."""
        for f in fields(self):
            yield from _nodes(getattr(self, f.name))

    def walk(self) -> Iterator[Node]:
        """It and all that is in it."""
        yield self
        for part in self.parts():
            yield from part.walk()


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)


@dataclass(frozen=True)
class Number(Node):
    """0.5"""

    text: str


@dataclass(frozen=True)
class Name(Node):
    """dy: an array, a number, or the letter of an index."""

    name: str


@dataclass(frozen=True)
class Indexed(Node):
    """dy_nj, or (x W + b)_{n, u k + j}."""

    of: Node
    at: tuple[Node, ...]


@dataclass(frozen=True)
class Sum(Node):
    """a - b + c, as pairs of a sign and a term."""

    terms: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Product(Node):
    """a b / c * d @ e; what stands before a factor is " ", "*", "@" or "/"."""

    factors: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Power(Node):
    """std^2"""

    of: Node
    exponent: Node


@dataclass(frozen=True)
class Transposed(Node):
    """x^T"""

    of: Node


@dataclass(frozen=True)
class Bars(Node):
    """|g_n|: the norm of a vector, the absolute value of a number; ``norm``: ||g||."""

    of: Node
    norm: bool


@dataclass(frozen=True)
class Reduced(Node):
    """sum_{n,h: h < 3} x_nh: over letters, where conditions hold."""

    kind: str
    letters: tuple[str, ...]
    conditions: tuple[Node, ...]
    of: Node


@dataclass(frozen=True)
class Applied(Node):
    """exp(a), sum(dy, axis=0), einsum("ni,nj->ij", x, dy)."""

    function: str
    arguments: tuple[Node, ...]
    axes: tuple[int, ...] | None = None
    text: str = ""


@dataclass(frozen=True)
class Test(Node):
    """[x > 0]: 1 where it holds, else 0. The links are pairs (sign, right side)."""

    first: Node
    links: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class All(Node):
    """Several tests, all of which must hold."""

    tests: tuple[Node, ...]


@dataclass(frozen=True)
class Cases(Node):
    """``then`` where the condition holds, ``otherwise`` elsewhere."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class Equation(Node):
    """target_at = right, or += : added up at each place."""

    target: str
    at: tuple[Node, ...] | None
    adds: bool
    right: Node
