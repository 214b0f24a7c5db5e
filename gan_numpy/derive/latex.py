r"""A tree as LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gan_numpy.derive import nodes
from gan_numpy.derive.nodes import Equation, Node

GREEK = {"gamma": r"\gamma", "beta": r"\beta", "sigma": r"\sigma", "σ": r"\sigma"}
GREEK |= {"lam": r"\lambda", "lambda": r"\lambda", "λ": r"\lambda", "xhat": r"\hat x"}
GREEK |= {"alpha": r"\alpha", "γ": r"\gamma", "β": r"\beta"}
SIGNS = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne"}
REDUCTIONS = {"sum": r"\sum", "mean": r"\operatorname{mean}", "max": r"\max"}
REDUCTIONS |= {"min": r"\min", "argmax": r"\arg\max", "argmin": r"\arg\min"}
OPERATORS = {"*": r" \odot ", " ": r"\,", "@": r"\,"}
FUNCTIONS = {"exp": r"\exp", "log": r"\log", "ln": r"\ln", "tanh": r"\tanh"}
FUNCTIONS |= {"max": r"\max", "min": r"\min", "sigma": r"\sigma", "σ": r"\sigma"}
FUNCTIONS |= {"sigmoid": r"\sigma"}


def latex(equations: list[Equation]) -> str:
    """All equations, aligned at their signs."""
    if not equations:
        return ""
    signs = [r"\mathrel{+}=" if e.adds else "=" for e in equations]
    lines = [
        f"{_target(e)} &{sign} {_tex(e.right)}"
        for e, sign in zip(equations, signs, strict=True)
    ]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _target(e: Equation) -> str:
    return _name(e.target) + (_under(e.at) if e.at is not None else "")


def _name(name: str) -> str:
    """da_real is d a_real in roman; greek letters are spelled."""
    if name in GREEK:
        return GREEK[name]
    first, _, rest = name.partition("_")
    if len(first) > 1 and first[0] == "d" and first[1:] in {*GREEK, *"xyzWbwaDp"}:
        found = rf"\mathrm{{d}}{_name(first[1:])}"
    elif len(first) > 1:
        found = rf"\mathrm{{{_plain(first)}}}"
    else:
        found = first
    return found + (rf"^{{\mathrm{{{_plain(rest)}}}}}" if rest else "")


def _plain(text: str) -> str:
    return "".join(c if c.isalnum() or c == "'" else r"\_" for c in text)


def _under(indices: tuple[Node, ...]) -> str:
    simple = all(isinstance(i, nodes.Name | nodes.Number) for i in indices)
    return f"_{{{('' if simple else ', ').join(_tex(i) for i in indices)}}}"


def _tex(node: Node) -> str:
    """Of any node."""
    for kind in type(node).__mro__:
        if kind in _WRITERS:
            return _WRITERS[kind](node)
    raise TypeError(type(node).__name__)


def _in_brackets(node: Node) -> str:
    closed = isinstance(node, nodes.Sum | nodes.Cases | nodes.Reduced)
    text = _tex(node)
    return rf"\left({text}\right)" if closed else text


def _sum(node: nodes.Sum) -> str:
    text = ""
    for k, (sign, term) in enumerate(node.terms):
        shown = "" if k == 0 and sign == "+" else f" {sign} "
        text += shown + (_in_brackets(term) if sign == "-" else _tex(term))
    return text.strip()


def _product(node: nodes.Product) -> str:
    text = ""
    for operator, factor in node.factors:
        last = factor is node.factors[-1][1]
        shown = _tex(factor) if last and _is_sum(factor) else _in_brackets(factor)
        if operator == "/":
            text = rf"\frac{{{text}}}{{{_tex(factor)}}}"
        else:
            text += (OPERATORS[operator] if text else "") + shown
    return text


def _is_sum(node: Node) -> bool:
    return isinstance(node, nodes.Reduced)


def _power(node: nodes.Power) -> str:
    simple = isinstance(node.of, nodes.Name | nodes.Number | nodes.Bars)
    base = _tex(node.of)
    if not simple:
        base = rf"\left({base}\right)"
    return rf"{base}^{{{_tex(node.exponent)}}}"


def _transposed(node: nodes.Transposed) -> str:
    simple = isinstance(node.of, nodes.Name | nodes.Number | nodes.Indexed)
    base = _tex(node.of)
    return rf"{base}^\top" if simple else rf"\left({base}\right)^\top"


def _bars(node: nodes.Bars) -> str:
    if node.norm:
        return rf"\left\lVert {_tex(node.of)} \right\rVert"
    return rf"\left| {_tex(node.of)} \right|"


def _reduced(node: nodes.Reduced) -> str:
    below = " ".join(node.letters)
    if node.conditions:
        below += r"\,:\, " + ",\\; ".join(_links(c) for c in node.conditions)
    return rf"{REDUCTIONS[node.kind]}_{{{below}}} {_in_brackets(node.of)}"


def _links(node: Node) -> str:
    if not isinstance(node, nodes.Test):
        return _tex(node)
    text = _tex(node.first)
    for sign, side in node.links:
        text += f" {SIGNS.get(sign, sign)} {_tex(side)}"
    return text


def _all(node: nodes.All) -> str:
    return rf"\left[{', '.join(_links(t) for t in node.tests)}\right]"


def _cases(node: nodes.Cases) -> str:
    condition = node.condition
    tests = condition.tests if isinstance(condition, nodes.All) else (condition,)
    where = r" \text{ and } ".join(_links(t) for t in tests)
    return (
        rf"\begin{{cases}} {_tex(node.then)} & \text{{where }} {where} \\"
        rf" {_tex(node.otherwise)} & \text{{elsewhere}} \end{{cases}}"
    )


def _applied(node: nodes.Applied) -> str:
    inside = [_tex(a) for a in node.arguments]
    if node.function == "sqrt":
        return rf"\sqrt{{{inside[0]}}}"
    if node.function == "inner":
        return rf"\left\langle {', '.join(inside)} \right\rangle"
    if node.function == "abs":
        return rf"\left| {inside[0]} \right|"
    if node.text:
        inside.insert(0, rf"\text{{{node.text.replace('->', ' to ')}}}")
    if node.axes is not None:
        inside.append(rf"\text{{axis }} {', '.join(map(str, node.axes))}")
    name = FUNCTIONS.get(node.function, rf"\operatorname{{{_plain(node.function)}}}")
    return rf"{name}\left({', '.join(inside)}\right)"


_WRITERS: dict[type, Callable[[Any], str]] = {
    nodes.Number: lambda n: n.text,
    nodes.Name: lambda n: _name(n.name),
    nodes.Indexed: lambda n: _in_brackets(n.of) + _under(n.at),
    nodes.Sum: _sum,
    nodes.Product: _product,
    nodes.Power: _power,
    nodes.Transposed: _transposed,
    nodes.Bars: _bars,
    nodes.Reduced: _reduced,
    nodes.Applied: _applied,
    nodes.Test: lambda n: rf"\left[{_links(n)}\right]",
    nodes.All: _all,
    nodes.Cases: _cases,
}
