r"""Errors in the student's words: which line of which cell, which array of which shape.

NumPy says "core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?)"; the reader
wrote ``x.T @ dy`` and wants to know the shapes of ``x.T`` and ``dy``.
"""

from __future__ import annotations

import ast
import linecache
import re
import sys
import textwrap
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import numpy as np

MISFIT = (
    "mismatch in its core dimension",
    "could not be broadcast",
    "not aligned",
    "did not match shape",
    "does not match",
    "do not match",
    "inconsistent with",
    "einstein sum",
    "must match",
    "cannot reshape",
)
COMPUTES = (ast.Call, ast.Lambda, ast.NamedExpr, ast.Await, ast.Yield, ast.ListComp)


def cell_name(filename: str) -> str | None:
    """ "cell [3]" for the file that a notebook makes of its third input."""
    old = re.match(r"<ipython-input-(\d+)-", filename)
    if old is not None:
        return f"cell [{old.group(1)}]"
    if not re.search(r"ipykernel_\d+[/\\]\d+\.py$", filename):
        return None
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    known = getattr(getattr(shell, "compile", None), "_filename_map", {})
    number = known.get(filename)
    return "a cell of the notebook" if number is None else f"cell [{number}]"


def misfit(error: BaseException, trace: TracebackType | None) -> str | None:
    """Which operands have which shapes, if that is what the error is about.

    Parameters
    ----------
    error : exception
    trace : traceback
        The part of its traceback that ends in the student's line.
    """
    says = str(error)
    if trace is None or not isinstance(error, (ValueError, IndexError)):
        return None
    if not any(part in says for part in MISFIT):
        return None
    scope = {**trace.tb_frame.f_globals, **trace.tb_frame.f_locals}
    for node in operations(trace):
        shapes = {
            ast.unparse(operand): shape
            for operand in operands(node)
            if (shape := shape_of(operand, scope)) is not None
        }
        if len(shapes) == len(operands(node)) and shapes and fails(node, scope):
            told = ", ".join(f"{k} has shape {v}" for k, v in shapes.items())
            return f"{told}: they do not fit together in {ast.unparse(node)[:60]}"
    return None


def operations(trace: TracebackType) -> Iterator[ast.expr]:
    """The operation that failed, or those of its line, the innermost first."""
    code, line = trace.tb_frame.f_code, trace.tb_lineno or 0
    tree = _parsed(linecache.getline(code.co_filename, line))
    if hasattr(code, "co_positions"):
        place = list(code.co_positions())[trace.tb_lasti // 2]
        first, last, start, end = place
        if first is not None and None not in place and first == last:
            text = linecache.getline(code.co_filename, first).encode()[start:end]
            tree = _parsed(text.decode(errors="replace")) or tree
    kinds = (ast.BinOp, ast.Call, ast.AugAssign)
    found = [n for n in ast.walk(tree) if isinstance(n, kinds)] if tree else []
    yield from reversed(found)  # type: ignore[misc]


def fails(node: ast.AST, scope: dict[str, Any]) -> bool:
    """This operation is the one that raises; of a call it is assumed."""
    if not isinstance(node, ast.BinOp):
        return True
    try:
        eval(compile(ast.unparse(node), "<operation>", "eval"), scope)
    except Exception:
        return True
    return False


def _parsed(text: str) -> ast.AST | None:
    stripped = textwrap.dedent(text).strip()
    for attempt in (stripped, f"{stripped}\n    pass", stripped.rstrip("([{,\\ ")):
        try:
            return ast.parse(attempt)
        except SyntaxError:
            continue
    return None


def operands(node: ast.AST) -> list[ast.expr]:
    """What an operation is applied to: two sides, or the arrays of a call."""
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.AugAssign):
        return [node.target, node.value]
    if isinstance(node, ast.Call):
        kinds = (ast.Constant, ast.Starred, ast.Tuple, ast.List)
        return [a for a in node.args if not isinstance(a, kinds)]
    return []


def shape_of(node: ast.expr, scope: dict[str, Any]) -> tuple[int, ...] | None:
    """The shape of an expression of names and arithmetic; nothing is called."""
    if any(isinstance(n, COMPUTES) for n in ast.walk(node)):
        return None
    text = ast.unparse(node)
    try:
        value = eval(compile(text, "<operand>", "eval"), scope)
    except Exception:
        return None
    return value.shape if isinstance(value, (np.ndarray, np.generic)) else None
