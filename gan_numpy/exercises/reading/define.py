r"""Running the statements that functions rest upon, and no others."""

from __future__ import annotations

import __future__
import ast
import linecache
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

from gan_numpy.exercises.reading.effects import IMPORTS
from gan_numpy.exercises.reading.ipython import get_ipython
from gan_numpy.exercises.reading.needed import needed, search_path
from gan_numpy.exercises.reading.submission import Submission, definitions

MODULE = "handed_in"  # never the file's name, which may be numpy.py
Permitted = Callable[[ast.stmt], list[ast.stmt]]


def define(
    submission: Submission,
    wanted: Iterable[str],
    builtins: dict[str, Any] | None = None,
    permitted: Permitted | None = None,
    module: str = MODULE,
    about: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The namespace that the needed statements of a submission leave behind.

    An import that fails is passed over: if an exercise uses it, the missing name says
    so when it runs. So is what fails while it looks for the place of modules.

    Parameters
    ----------
    submission : Submission
    wanted : iterable of str
        Functions.
    builtins : dict, optional
        The built-in names, if not Python's own.
    permitted : function of a statement, optional
        The parts of it that may run.
    module : str
        The name that an import finds it by.
    about : dict, optional
        What else it has before it runs.
    """
    wanted = list(wanted)
    namespace = _new_module(submission, module)
    namespace.update(about or {})
    if builtins is not None:
        namespace["__builtins__"] = builtins
    every = submission.statements()
    kept = {id(s) for s in needed(every, wanted)}
    optional = {id(s) for s in search_path(every)} - kept
    functions: dict[str, Any] = {}
    for piece in submission.pieces:
        remember(piece.filename, piece.source)
        for statement in piece.body:
            if id(statement) not in kept | optional:
                continue
            parts = [statement] if permitted is None else permitted(statement)
            for part in parts:
                _run(part, piece.filename, namespace, id(statement) in optional)
            for key in {key for key, _ in definitions(statement)} & {*wanted}:
                if callable(namespace.get(key)):
                    functions[key] = namespace[key]
    return {**namespace, **functions}


def _new_module(submission: Submission, name: str) -> dict[str, Any]:
    module = types.ModuleType(name)
    sys.modules[name] = module  # a dataclass looks its module up
    namespace: dict[str, Any] = vars(module)
    if submission.is_notebook:
        namespace["get_ipython"] = get_ipython
        namespace["display"] = lambda *_, **__: None
    else:
        namespace["__file__"] = str(submission.path.absolute())
    return namespace


def _run(
    statement: ast.stmt, filename: str, namespace: dict[str, Any], optional: bool
) -> None:
    # Annotations are not evaluated: a type that is missing stops no calculation.
    flags = __future__.annotations.compiler_flag
    tree = ast.Module([statement], type_ignores=[])
    code = compile(tree, filename, "exec", flags=flags, dont_inherit=True)
    try:
        exec(code, namespace)
    except ImportError:
        if not isinstance(statement, IMPORTS):
            raise
    except Exception:
        if not optional:
            raise


def remember(filename: str, source: str) -> None:
    """Let tracebacks and `inspect` find the source of a cell."""
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
