r"""The source of recorded functions: lines, statements, and what each reads."""

from __future__ import annotations

import ast
import linecache
from dataclasses import dataclass, field
from types import CodeType


@dataclass
class Block:
    """A function's text.

    Attributes
    ----------
    name : str
    first : int
        The number of its first line in the file.
    lines : list of str
        Without the common indentation, and without the docstring.
    numbers : list of int
        Of these lines.
    statements : dict
        The first line of the statement that a line belongs to.
    reads : dict
        The names that the statement at a line reads.
    """

    name: str
    first: int
    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    statements: dict[int, int] = field(default_factory=dict)
    reads: dict[int, tuple[str, ...]] = field(default_factory=dict)


def block(code: CodeType) -> Block:
    """The text of a function; empty if its source is not at hand."""
    lines = linecache.getlines(code.co_filename)
    found = Block(code.co_name, code.co_firstlineno)
    node = _definition("".join(lines), code)
    if node is None:
        return found
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    last = node.end_lineno or first
    hidden = set()
    if ast.get_docstring(node) is not None:
        doc = node.body[0]
        hidden = set(range(doc.lineno, (doc.end_lineno or doc.lineno) + 1))
    indent = len(lines[first - 1]) - len(lines[first - 1].lstrip())
    for number in range(first, last + 1):
        if number not in hidden:
            found.lines.append(lines[number - 1].rstrip("\n")[indent:])
            found.numbers.append(number)
    _statements(node, found)
    return found


def _definition(text: str, code: CodeType) -> ast.FunctionDef | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if code.co_firstlineno in (first, node.lineno):
                return node
    return None


def _statements(function: ast.FunctionDef, found: Block) -> None:
    for node in ast.walk(function):
        if not isinstance(node, ast.stmt) or node is function:
            continue
        body = getattr(node, "body", None)
        parts: list[ast.AST] = [node]
        last = node.end_lineno or node.lineno
        if isinstance(body, list):  # the head of a loop or a condition
            last = body[0].lineno - 1
            parts = [
                part
                for name in ("test", "iter", "target", "items")
                for part in _as_list(getattr(node, name, None))
            ]
        for number in range(node.lineno, max(last, node.lineno) + 1):
            found.statements[number] = node.lineno
        names = {
            n.id
            for part in parts
            for n in ast.walk(part)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
        }
        if isinstance(node, ast.AugAssign):
            names |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        found.reads[node.lineno] = tuple(sorted(names))


def _as_list(value: object) -> list[ast.AST]:
    if isinstance(value, list):
        return [v for v in value if isinstance(v, ast.AST)]
    return [value] if isinstance(value, ast.AST) else []
