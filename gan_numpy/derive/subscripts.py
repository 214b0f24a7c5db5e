r"""Names with their subscripts: ``dy_nj``, ``x_{n, c, h s + i}``, ``sum_{i,j: i<j}``.

Without braces every character is an index. In braces without commas or signs, too; else
each part is an expression in which neighboring letters multiply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gan_numpy.derive import nodes
from gan_numpy.derive.errors import FormulaError
from gan_numpy.derive.nodes import Node

LETTER = r"(?:\\?(?:alpha|beta|gamma|delta|mu|nu)|[^\W\d_])'*"
TOKENS = re.compile(
    r"\s*(?:(?P<array>[^\W\d_][^\W_]*_(?:[^\W_]+|\{[^{}]*\}))|(?P<number>\d+)"
    r"|(?P<word>[^\W\d_]{2,})|(?P<letter>[^\W\d_]'*)|(?P<sign>[-+−*/·()]))"
)


def split_name(token: str, known: frozenset[str], start: int) -> Node:
    """A name with its subscript, if it has one.

    Parameters
    ----------
    token : str
        ``a_real_n``: a known name may hold an underscore, the longest is taken.
    """
    end = start + len(token)
    plain, brace, inside = token.partition("_{")
    base = re.sub(r"^(?:d[LP]/d|∂[LP]/∂)", "d", plain).replace("\\", "")
    shift = len(plain) - len(base)
    pieces = base.split("_")
    cut = next(
        (k for k in range(len(pieces), 0, -1) if "_".join(pieces[:k]) in known), 1
    )
    name = "_".join(pieces[:cut])
    rest = pieces[cut:]
    of = nodes.Name(start, start + shift + len(name), name)
    if not rest and not brace:
        return of
    place = of.end
    at: list[Node] = []
    for piece in rest:
        at += read_subscript("_" + piece, known, place)
        place += len(piece) + 1
    if brace:
        at += read_subscript(brace + inside, known, place)
    return nodes.Indexed(start, end, of, tuple(at))


def read_subscript(token: str, known: frozenset[str], start: int) -> tuple[Node, ...]:
    """The indices of ``_nj`` or ``_{n, h s + i}``; ``start`` is the underscore's."""
    if not token.startswith("_{"):
        return tuple(_characters(token[1:], start + 1))
    inside = token[2:-1]
    start += 2
    if not re.search(r"[^\w\s']|_", inside) and inside not in known:
        return tuple(_characters(inside, start))
    found = []
    for part in _split(inside):
        found.append(_Reader(part.text, known, start + part.start).whole())
    return tuple(found)


def read_sum(
    token: str, known: frozenset[str], start: int
) -> tuple[tuple[str, ...], list[Node]]:
    """The letters under a sum, and the conditions after a colon."""
    inside = token[1:-1] if token.startswith("{") else token
    start += token.startswith("{")
    letters, colon, conditions = inside.partition(":")
    found = []
    for k, node in enumerate(_characters(re.sub(r"[\s,]", " ", letters), start)):
        if not isinstance(node, nodes.Name):
            says = "below a sum stand the letters that it runs over"
            raise FormulaError("syntax", says, node.start, node.end)
        found.append(node.name)
    if not found:
        says = "the letters that the sum runs over are missing"
        raise FormulaError("syntax", says, start, start + 1)
    tests: list[Node] = []
    if colon:
        first = start + len(letters) + 1
        for part in _split(conditions):
            tests.append(_condition(part.text, known, first + part.start))
    return tuple(found), tests


def _condition(text: str, known: frozenset[str], start: int) -> Node:
    parts = re.split(r"(<=|>=|!=|=|<|>)", text)
    if len(parts) < 3:
        says = "a condition compares: {i, j: i < j}"
        raise FormulaError("syntax", says, start, start + len(text))
    place, sides = start, []
    for part in parts:
        sides.append((part, place))
        place += len(part)
    first, *rest = (_Reader(t, known, p).whole() for t, p in sides[::2])
    links = tuple(zip(parts[1::2], rest, strict=True))
    return nodes.Test(start, start + len(text), first, links)


def _characters(text: str, start: int) -> list[Node]:
    found: list[Node] = []
    for match in re.finditer(r"[^\W\d_]'*|\d", text):
        place = (start + match.start(), start + match.end())
        kind = nodes.Number if match[0].isdigit() else nodes.Name
        found.append(kind(*place, match[0]))
    return found


@dataclass
class _Part:
    text: str
    start: int


def _split(text: str) -> list[_Part]:
    """At the commas that are in no bracket."""
    found, depth, first = [], 0, 0
    for k, sign in enumerate(text):
        depth += (sign in "({") - (sign in ")}")
        if sign == "," and depth == 0:
            found.append(_Part(text[first:k], first))
            first = k + 1
    return [*found, _Part(text[first:], first)]


class _Reader:
    """Reads one index: letters, numbers, + - * / and brackets."""

    def __init__(self, text: str, known: frozenset[str], start: int) -> None:
        self.text, self.known, self.start = text, known, start
        self.tokens = list(self._tokens())
        self.place = 0

    def _tokens(self) -> list[tuple[str, str, int]]:
        found, place = [], 0
        while self.text[place:].strip():
            match = TOKENS.match(self.text, place)
            if match is None or match.lastgroup is None:
                raise self._error("is no index", place)
            group, first = match.lastgroup, match.start(match.lastgroup)
            text = match[group]
            if group == "word" and text not in self.known:
                for k, letter in enumerate(text):
                    found.append(("letter", letter, first + k))
            else:
                found.append((group, text, first))
            place = match.end()
        return found

    def _error(self, says: str, place: int) -> FormulaError:
        what = self.text[place:].strip()[:12] or "nothing"
        where = self.start + min(place, max(len(self.text) - 1, 0))
        return FormulaError("syntax", f"{what!r} {says}", where, where + 1)

    def whole(self) -> Node:
        found = self._sum()
        if self.place < len(self.tokens):
            raise self._error("does not belong here", self.tokens[self.place][2])
        return found

    def _peek(self) -> tuple[str, str, int]:
        if self.place < len(self.tokens):
            return self.tokens[self.place]
        return ("end", "", len(self.text))

    def _sum(self) -> Node:
        sign = self._sign("+")
        pairs = [(sign, self._product())]
        while self._peek()[1] in ("+", "-", "−"):
            pairs.append((self._sign("+"), self._product()))
        first, last = pairs[0][1], pairs[-1][1]
        if len(pairs) == 1 and sign == "+":
            return first
        return nodes.Sum(first.start, last.end, tuple(pairs))

    def _sign(self, default: str) -> str:
        if self._peek()[1] in ("+", "-", "−"):
            self.place += 1
            return "+" if self.tokens[self.place - 1][1] == "+" else "-"
        return default

    def _product(self) -> Node:
        factors = [(" ", self._atom())]
        while True:
            group, text, _ = self._peek()
            if text in ("*", "/", "·"):
                self.place += 1
                factors.append(("/" if text == "/" else "*", self._atom()))
            elif group in ("letter", "word", "number", "array") or text == "(":
                factors.append((" ", self._atom()))
            else:
                break
        if len(factors) == 1:
            return factors[0][1]
        return nodes.Product(factors[0][1].start, factors[-1][1].end, tuple(factors))

    def _atom(self) -> Node:
        group, text, first = self._peek()
        place = self.start + first
        self.place += 1
        if group == "number":
            return nodes.Number(place, place + len(text), text)
        if group in ("letter", "word"):
            return nodes.Name(place, place + len(text), text)
        if group == "array":
            return split_name(text, self.known, place)
        if text == "(":
            found = self._sum()
            if self._peek()[1] != ")":
                raise self._error("stands where a bracket must close", self._peek()[2])
            self.place += 1
            return found
        raise self._error("stands where an index must be", first)
