r"""The lines that somebody typed as equations: a left side, an equals sign, a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gan_numpy.derive import nodes
from gan_numpy.derive.errors import FormulaError
from gan_numpy.derive.parsing import parse
from gan_numpy.derive.subscripts import split_name

LEFT = re.compile(
    r"(?:d[LP]/d|∂[LP]/∂)?\\?[^\W\d_][^\W_]*(?:_[^\W_]+)*"
    r"(?:_\{(?:[^{}]|\{[^{}]*\})*\})?"
)
MOST = 40


def read_equations(text: str, known: frozenset[str]) -> list[nodes.Equation]:
    """All equations of a text, one a line or parted by semicolons; # begins a remark.

    Raises
    ------
    FormulaError
        Of the first that cannot be read.
    """
    found: list[nodes.Equation] = []
    names = set(known)
    for start, line in _lines(text):
        equation = _equation(line, start, frozenset(names))
        names.add(equation.target)
        found.append(equation)
        if len(found) > MOST:
            says = f"a derivation has at most {MOST} equations"
            raise FormulaError("syntax", says, start, start + len(line))
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for match in re.finditer(r"[^;\n]+", re.sub(r"#[^\n]*", _blank, text)):
        line = match[0].strip().strip("$")
        if line.strip():
            yield match.start() + match[0].index(line), line


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _equation(line: str, start: int, known: frozenset[str]) -> nodes.Equation:
    place = _equals(line)
    if place is None:
        says = "an equation has an equals sign: dW = ..."
        raise FormulaError("syntax", says, start, start + len(line))
    adds = line[place - 1 : place] == "+"
    left = line[: place - adds].strip()
    if not LEFT.fullmatch(left):
        says = f"left of the equals sign stands one name, not {left!r}"
        raise FormulaError("syntax", says, start, start + max(place, 1))
    target = split_name(left, known, start)
    right = parse(line[place + 1 :], known, start + place + 1)
    end = start + len(line)
    if isinstance(target, nodes.Indexed) and isinstance(target.of, nodes.Name):
        return nodes.Equation(start, end, target.of.name, target.at, adds, right)
    assert isinstance(target, nodes.Name)
    return nodes.Equation(start, end, target.name, None, adds, right)


def _equals(line: str) -> int | None:
    depth = 0
    for k, sign in enumerate(line):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "=" and depth == 0:
            return k
    return None
