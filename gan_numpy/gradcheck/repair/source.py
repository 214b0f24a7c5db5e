r"""A student's function as a syntax tree, and a changed tree as code that runs.

A changed function takes the place of the first by its ``__code__``: whoever refers to
it (a closure, a class, another function) then calls the changed one, and no file, no
namespace and no object of the student's is touched but for the time of a call.
"""

from __future__ import annotations

import __future__ as futures
import ast
import gc
import linecache
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FrameType, FunctionType
from typing import Any

from gan_numpy.gradcheck.calls import is_students
from gan_numpy.gradcheck.repair.ledger import ledger

FLAGS = sum(getattr(futures, name).compiler_flag for name in futures.all_feature_names)


@dataclass(eq=False)
class Written:
    """A function of the student's and the tree of its definition.

    Attributes
    ----------
    functions : list of function
        The function objects that run this code (usually one).
    node : ast.FunctionDef
        A lambda is written as a function that returns.
    lines : list of str
        The file, or the cell.
    """

    functions: list[FunctionType]
    node: ast.FunctionDef
    filename: str
    lines: list[str]

    @property
    def code(self) -> CodeType:
        """What runs at present."""
        return self.functions[0].__code__

    @property
    def globals(self) -> dict[str, Any]:
        """The student's namespace."""
        return self.functions[0].__globals__

    def text(self, line: int) -> str:
        """A line of the file, without its indentation."""
        return self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""


def called(
    run: Callable[[], object], which: Callable[[str], bool] = is_students
) -> list[CodeType]:
    """The code of every function of the student's that runs, in order of first call.

    ``which`` files count as the student's may be said.

    Nothing while somebody else profiles: theirs would end with ours.
    """
    found: dict[CodeType, None] = {}

    def profile(frame: FrameType, event: str, arg: object) -> None:
        if event == "call" and which(frame.f_code.co_filename):
            found.setdefault(frame.f_code)

    if sys.getprofile() is not None:
        return []
    sys.setprofile(profile)
    try:
        run()
    finally:
        sys.setprofile(None)
    return list(found)


def holders(codes: Iterable[CodeType]) -> list[FunctionType]:
    """The functions that run any of these: all objects are looked at, once."""
    every = gc.get_referrers(*codes)
    return [f for f in every if isinstance(f, FunctionType)]


def written(
    code: CodeType, among: Iterable[FunctionType] | None = None
) -> Written | None:
    """The function whose code this is, None if its source is not at hand.

    ``among`` are the `holders`, if these are known.
    """
    every = holders([code]) if among is None else among
    functions = [f for f in every if f.__code__ is code]
    lines = linecache.getlines(code.co_filename)
    if not functions or not lines:
        return None
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        return None
    nodes = [n for n in _definitions(tree) if _is_definition(n, code)]
    if len(nodes) != 1:
        return None
    found = Written(functions, _as_def(nodes[0]), code.co_filename, lines)
    return found if _same(build(found), code) else None


def returning(function: Callable[..., Any]) -> list[tuple[str, int, str]]:
    """(file, line, text) of the only line on which a function ends; none if there are
    several, or its source is not at hand."""
    function = getattr(function, "__student__", function)  # what a wrapper wraps
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    found = written(code) if isinstance(code, CodeType) else None
    if found is None:
        return []
    inside = [n for s in found.node.body for n in _own(s)]
    ends: list[ast.stmt] = [n for n in inside if isinstance(n, ast.Return)]
    ends = ends or [found.node.body[-1]]
    if len(ends) > 1:
        return []
    return [(found.filename, ends[0].lineno, found.text(ends[0].lineno))]


def _own(node: ast.stmt) -> Iterator[ast.AST]:
    """A statement and all within it, but not what functions in it hold."""
    yield node
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.stmt, ast.excepthandler)):
                yield from _own(child)  # type: ignore[arg-type]


def _definitions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.Lambda]:
    """Functions; each knows the class in which it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for child in node.body:
                child.within = node.name  # type: ignore[attr-defined]
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            yield node


def _is_definition(node: ast.FunctionDef | ast.Lambda, code: CodeType) -> bool:
    if isinstance(node, ast.Lambda):
        return code.co_name == "<lambda>" and node.lineno == code.co_firstlineno
    lines = {node.lineno, *(d.lineno for d in node.decorator_list)}
    return node.name == code.co_name and code.co_firstlineno in lines


def _as_def(node: ast.FunctionDef | ast.Lambda) -> ast.FunctionDef:
    if isinstance(node, ast.FunctionDef):
        node.decorator_list = []
        return node
    made: ast.FunctionDef = ast.parse("def _lambda(): return 0").body[0]  # type: ignore
    body = ast.copy_location(ast.Return(node.body), node.body)
    made.args, made.body = node.args, [body]
    return ast.copy_location(made, node)


def build(function: Written) -> CodeType | None:
    """The code of the tree as it is now; None if it does not compile, or not alike."""
    free = function.code.co_freevars
    body: list[ast.stmt] = [function.node]
    within = getattr(function.node, "within", None)
    if within is not None:  # names such as __x are spelled by their class
        body = _around(f"class {within}: pass", body)
    if free:
        body = _around(f"def _outer({', '.join(free)}): pass", body)
    module = ast.Module(body, type_ignores=[])
    flags = function.code.co_flags & FLAGS
    try:
        code = compile(module, function.filename, "exec", flags, True)
    except (SyntaxError, ValueError, TypeError, RecursionError):
        return None
    return _inner(code, function.node.name, free)


def _around(frame: str, body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements as the body of a class or of a function."""
    outer: Any = ast.parse(frame).body[0]
    outer.body = body
    return [outer]


def _inner(code: CodeType, name: str, free: tuple[str, ...]) -> CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_name == name:
                return constant if constant.co_freevars == free else None
            found = _inner(constant, name, free)
            if found is not None:
                return found
    return None


def _same(code: CodeType | None, other: CodeType) -> bool:
    """The tree is that of the code: not of another lambda, or of a file that changed.

    Pytest rewrites assertions, so a function may know more names than its source.
    """
    if code is None or other.co_name == "<lambda>":
        return code is not None and code.co_code == other.co_code
    return set(code.co_varnames) <= set(other.co_varnames)


@contextmanager
def replaced(function: Written, code: CodeType) -> Iterator[None]:
    """The function runs this code, for a while."""
    before = function.code
    ledger().exchanging(function.functions)
    try:
        for f in function.functions:
            f.__code__ = code
        yield
    finally:
        for f in function.functions:
            f.__code__ = before
