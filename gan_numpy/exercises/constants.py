r"""Small constants in a source, and whether something is divided by one that is added.

``(f(x + h) - f(x - h)) / (2 * h)``: the constant ``h`` is a term of a sum in one place
and a factor of a divisor in another. The ``eps`` of a batch norm is added, too, but
nothing is divided by it alone.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator

SMALL = 0.05
FUNCTIONS = {"sqrt": math.sqrt, "cbrt": lambda v: v ** (1 / 3), "float": float}
EPSILON = 2.0**-52


def folded(node: ast.AST, known: dict[str, float] | None = None) -> float | None:
    """The value of an expression of constants, None if it has others in it."""
    known = known or {}
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, (int, float)) and abs(value) < 1e300:
            return float(value)
        return None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):  # np.finfo(float).eps
        return EPSILON if node.attr == "eps" else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = folded(node.operand, known)
        return None if value is None else -value
    if isinstance(node, ast.Call) and len(node.args) == 1:
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        value = folded(node.args[0], known)
        if called in FUNCTIONS and value is not None and value >= 0:
            return float(FUNCTIONS[called](value))
        return value if called in ("float64", "float32", "double") else None
    if isinstance(node, ast.BinOp):
        left, right = folded(node.left, known), folded(node.right, known)
        if left is None or right is None:
            return None
        return _computed(node.op, left, right)
    return None


def _computed(op: ast.operator, left: float, right: float) -> float | None:
    try:
        if isinstance(op, ast.Add):
            return left + right
        if isinstance(op, ast.Sub):
            return left - right
        if isinstance(op, ast.Mult):
            return left * right
        if isinstance(op, ast.Div):
            return left / right
        if isinstance(op, ast.Pow) and abs(right) < 1000:
            return float(abs(left) ** right)
    except (ArithmeticError, ValueError):
        pass
    return None


class Small:
    """The small constants of some statements.

    Attributes
    ----------
    values : dict
        Name to value, of variables and parameters that are given a small constant.
    """

    def __init__(self, statements: Iterable[ast.AST]) -> None:
        self.nodes = [n for tree in statements for n in ast.walk(tree)]
        self.values: dict[str, float] = {}
        self.known: dict[str, float] = {}
        for _ in range(2):  # a constant made of a constant
            for target, value in self._bindings():
                number = folded(value, self.known)
                if number is None:  # h = 1e-5 * max(1, |x|) is small as well
                    for factor in self._factors(value):
                        self.values.setdefault(target, factor)
                    continue
                self.known.setdefault(target, number)
                if 0 < abs(number) <= SMALL:
                    self.values.setdefault(target, abs(number))

    def _bindings(self) -> Iterator[tuple[str, ast.expr]]:
        """Names that are given a value: ``h = ..``, ``e[i] = ..``, ``def f(h=..)``."""
        for node in self.nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    pairs = [(target, node.value)]
                    if isinstance(target, ast.Tuple) and isinstance(
                        node.value, ast.Tuple
                    ):
                        pairs = [*zip(target.elts, node.value.elts, strict=False)]
                    for one, value in pairs:
                        if name := _base(one):
                            yield name, value
            elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
                if node.value is not None and (name := _base(node.target)):
                    yield name, node.value
            elif isinstance(node, ast.arguments):
                every = [*node.posonlyargs, *node.args]
                pairs2 = zip(every[::-1], node.defaults[::-1], strict=False)
                for parameter, value in pairs2:
                    yield parameter.arg, value
                for parameter, given in zip(
                    node.kwonlyargs, node.kw_defaults, strict=True
                ):
                    if given is not None:
                        yield parameter.arg, given

    def divided_by_a_step(self) -> bool:
        """Something is divided by a small constant that is also added somewhere."""
        added, divisors = set[float](), list[float]()
        for node in self.nodes:
            if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
                for side in (node.left, node.right):
                    added |= set(self._factors(side))
            elif isinstance(node, ast.AugAssign):
                if isinstance(node.op, (ast.Add, ast.Sub)):
                    added |= set(self._factors(node.value))
                elif isinstance(node.op, ast.Div):
                    divisors += self._factors(node.value)
                elif isinstance(node.op, ast.Mult):
                    divisors += self._inverses(node.value)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                divisors += self._factors(node.right)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
                for side in (node.left, node.right):
                    divisors += self._inverses(side)
        return any(_same(a, d) for a in added for d in divisors)

    def _factors(self, node: ast.AST) -> list[float]:
        """The small constants among the factors of a product (h + h is one)."""
        value = folded(node, self.known)
        if value is not None:
            return [abs(value)] if 0 < abs(value) <= 2 * SMALL else []
        if isinstance(node, ast.UnaryOp):
            return self._factors(node.operand)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            return self._factors(node.left) + self._factors(node.right)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            return self._factors(node.left)
        name = _base(node)
        return [self.values[name]] if name in self.values else []

    def _inverses(self, node: ast.AST) -> list[float]:
        """Times 5e4 is divided by 2e-5."""
        value = folded(node, self.known)
        large = value is not None and abs(value) >= 1 / (2 * SMALL)
        return [1 / abs(value)] if large and value is not None else []


def _same(step: float, divisor: float) -> bool:
    """The divisor is once or twice the step, or the other way round."""
    return any(math.isclose(step * k, divisor, rel_tol=1e-6) for k in (0.5, 1, 2))


def _base(node: ast.AST) -> str:
    """The variable of ``h``, ``h[i]``, ``h.flat[i]``; else nothing."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
