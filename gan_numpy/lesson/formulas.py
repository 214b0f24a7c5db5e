r"""Two formulas, typed as Python, are compared by what they give for random numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sigma": lambda a: 1 / (1 + np.exp(-a)),
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "softplus": lambda a: np.log1p(np.exp(a)),
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "abs": np.abs,
    "sum": np.sum,
    "mean": np.mean,
    "max": np.max,
}
ALLOWED = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.Call,
    ast.Compare,
    ast.operator,
    ast.unaryop,
    ast.cmpop,
)
DRAWS = 5


class Floats(ast.NodeTransformer):
    """Whole numbers become floats: ``9**9**9`` overflows at once, in floats.

    An axis, the second argument of a function, stays as it is.
    """

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """Its first argument alone."""
        node.args[:1] = [self.visit(one) for one in node.args[:1]]
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Raises ValueError for a number that no float can hold."""
        assert isinstance(node.value, int | float)  # `read` lets nothing else pass
        try:
            return ast.copy_location(ast.Constant(float(node.value)), node)
        except OverflowError:
            raise ValueError("the formula has a number that is too large") from None


def read(text: str, names: Mapping[str, Any]) -> Any:
    """A formula as code, if it is nothing else.

    Raises
    ------
    ValueError
        If it is no formula, or has a name that is not known.
    """
    try:
        tree = ast.parse(text.strip().replace("^", "**"), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"this is no formula in Python: {text[:80]}") from None
    for node in ast.walk(tree):
        transposed = isinstance(node, ast.Attribute) and node.attr == "T"
        if not (isinstance(node, ALLOWED) or transposed):
            raise ValueError(f"only numbers, names and functions may stand in {text!r}")
        if isinstance(node, ast.Constant) and not isinstance(node.value, int | float):
            raise ValueError(f"expected a number in the place of {node.value!r}")
        if isinstance(node, ast.Call) and any(map(_computed, node.args[1:])):
            raise ValueError(
                f"expected an axis, 0 or 1, as second argument in {text!r}"
            )
        if isinstance(node, ast.Name) and node.id not in {*names, *FUNCTIONS}:
            raise ValueError(
                f"{node.id!r} is not known here; the names are {', '.join(names)}"
                f" and the functions {', '.join(FUNCTIONS)}"
            )
    try:
        return compile(Floats().visit(tree), "<formula>", "eval")
    except (RecursionError, MemoryError):
        raise ValueError("the formula is nested too deeply") from None


def _computed(node: ast.expr) -> bool:
    """Whether it is more than a number with a sign."""
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return not isinstance(node, ast.Constant)


def agree(mine: str, other: str, variables: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether two formulas give the same, shape included, for random numbers.

    Parameters
    ----------
    mine, other : str
    variables : dict of str to shape
        Arrays of these shapes are drawn, with entries between .2 and .9.

    Raises
    ------
    ValueError
        If one of them is no formula, or cannot be computed.
    """
    first, second = read(mine, variables), read(other, variables)
    rng = np.random.default_rng(17)
    for _ in range(DRAWS):
        drawn = {
            name: rng.uniform(0.2, 0.9, shape) for name, shape in variables.items()
        }
        scope: dict[str, Any] = {"__builtins__": {}, **FUNCTIONS, **drawn}
        with np.errstate(all="ignore"):
            try:
                a, b = eval(first, scope), eval(second, scope)
            except (TypeError, ValueError, ArithmeticError) as error:
                raise ValueError(f"it cannot be computed: {error}") from None
        if np.shape(a) != np.shape(b) or not np.allclose(a, b, rtol=1e-8, atol=1e-10):
            return False
    return True


def compute(text: str) -> float:
    """The number that a formula without variables gives.

    >>> compute("2 * sqrt(4)")
    4.0

    Raises
    ------
    ValueError
        If it is no formula, or gives no number.
    """
    code = read(text, {})
    with np.errstate(all="ignore"):
        try:
            return float(eval(code, {"__builtins__": {}, **FUNCTIONS}))
        except (TypeError, ValueError, ArithmeticError) as error:
            raise ValueError(f"it cannot be computed: {error}") from None
