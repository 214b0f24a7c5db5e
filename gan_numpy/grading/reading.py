r"""Reading a submission in the sandbox, and running no more of it than one exercise."""

from __future__ import annotations

import ast
import hashlib
import io
import linecache
import sys
import tokenize
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gan_numpy.errors import UserError
from gan_numpy.exercises.loading import (
    Piece,
    Submission,
    bound_names,
    needed,
    notebook_cells,
)
from gan_numpy.grading.forbidden import Watchman, why_not

MODULE = "submission"  # never the file's name, which may be numpy.py


def read_source(name: str, content: bytes) -> Submission:
    """The submission in these bytes, found by their encoding, not run.

    Raises
    ------
    UserError
        If they are no text or no notebook.
    """
    try:
        if b"\0" in content:
            raise UserError("not a text file (it contains null bytes)")
        if name.endswith(".ipynb"):
            return Submission(Path(name), notebook_cells(content.decode(), Path(name)))
        coding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(coding)
    except (UnicodeDecodeError, SyntaxError, LookupError):
        raise UserError("not a text file in UTF-8, nor in the coding it says") from None
    return Submission(Path(name), [Piece(name, text.removeprefix("\ufeff"))])


def define(
    submission: Submission, wanted: list[str], watchman: Watchman
) -> dict[str, Any]:
    """Run the statements that these functions rest upon; imports only if allowed."""
    module = types.ModuleType(MODULE)  # a dataclass looks its module up
    sys.modules[MODULE] = module
    namespace: dict[str, Any] = vars(module)
    namespace["__builtins__"] = watchman.builtins()
    trees = [p.tree.body for p in submission.pieces if p.tree is not None]
    kept = {id(s) for s in needed((s for body in trees for s in body), wanted)}
    for piece in submission.pieces:
        lines = piece.source.splitlines(keepends=True)
        linecache.cache[piece.filename] = (len(lines), None, lines, piece.filename)
        for statement in piece.tree.body if piece.tree is not None else []:
            if id(statement) not in kept:
                continue
            for allowed in _allowed_parts(statement, watchman.allowed):
                tree = ast.Module([allowed], type_ignores=[])
                code = compile(tree, piece.filename, "exec")
                try:
                    exec(code, namespace)
                except ImportError:
                    if not isinstance(statement, (ast.Import, ast.ImportFrom)):
                        raise
    return namespace


def _allowed_parts(statement: ast.stmt, allowed: tuple[str, ...]) -> list[ast.stmt]:
    """The statement; of an import only what may be imported."""
    if isinstance(statement, ast.Import):
        names = [a for a in statement.names if why_not(a.name, allowed) is None]
        return [ast.copy_location(ast.Import([n]), statement) for n in names]
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        return [statement] if why_not(module, allowed) is None else []
    return [statement]


def fingerprint(function: ast.FunctionDef) -> str:
    """What a function does, whatever its comments and its docstring."""
    body = function.body[1 if ast.get_docstring(function) else 0 :]
    parts = [ast.dump(s) for s in [*function.decorator_list, function.args, *body]]
    return hashlib.sha256("\n".join([function.name, *parts]).encode()).hexdigest()


def untouched(submission: Submission, given: Mapping[str, str]) -> list[str]:
    """Functions that were given and are as they were, with all that they rest upon.

    Such a function need not be asked: ours answers the same.

    Parameters
    ----------
    given : mapping
        Name to `fingerprint`.
    """
    trees = [p.tree.body for p in submission.pieces if p.tree is not None]
    every = [s for body in trees for s in body]
    return [name for name in given if _is_untouched(every, name, given)]


def _is_untouched(every: list[ast.stmt], name: str, given: Mapping[str, str]) -> bool:
    rests_upon = [
        s
        for s in needed(every, [name])
        if not isinstance(s, (ast.Import, ast.ImportFrom))
    ]
    seen: list[str] = []
    for s in rests_upon:
        if not isinstance(s, ast.FunctionDef) or given.get(s.name) != fingerprint(s):
            return False
        seen.append(s.name)
    return name in seen and len(seen) == len(set(seen)) and _imports_numpy(every)


def _imports_numpy(every: Iterable[ast.stmt]) -> bool:
    """``np`` is NumPy and nothing else that was imported."""
    imports = [s for s in every if isinstance(s, (ast.Import, ast.ImportFrom))]
    binding = [s for s in imports if bound_names(s) & {"np", "*"}]
    plain = ast.dump(ast.parse("import numpy as np").body[0])
    return all(ast.dump(s) == plain for s in binding)
