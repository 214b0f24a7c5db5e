r"""Reading a submission in the sandbox, and running no more of it than one exercise."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from gan_numpy.exercises.reading import define as reading
from gan_numpy.exercises.reading.beside import Beside
from gan_numpy.exercises.reading.effects import IMPORTS, bound_names
from gan_numpy.exercises.reading.needed import needed
from gan_numpy.exercises.reading.submission import Submission
from gan_numpy.grading.forbidden import ATTRIBUTES, Watchman, why_not


def define(
    submission: Submission, wanted: list[str], watchman: Watchman, beside: Beside
) -> dict[str, Any]:
    """Run the statements that these functions rest upon; imports only if allowed."""
    permitted = partial(_allowed_parts, allowed=watchman.allowed)
    builtins = watchman.builtins()
    beside.install(needed(submission.statements(), wanted), builtins, permitted)
    return reading.define(submission, wanted, builtins, permitted)


def _allowed_parts(statement: ast.stmt, allowed: tuple[str, ...]) -> list[ast.stmt]:
    """The statement; of an import only what may be imported."""
    if isinstance(statement, ast.Import):
        names = [a for a in statement.names if why_not(a.name, allowed) is None]
        return [ast.copy_location(ast.Import([n]), statement) for n in names]
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        if why_not(module, allowed) is not None:
            return []
        return [_what_is_loaded(statement, module)]
    return [statement]


def _what_is_loaded(statement: ast.ImportFrom, module: str) -> ast.ImportFrom:
    """``from numpy import *`` without what NumPy would only now load (ctypes)."""
    package = sys.modules.get(module)
    names = getattr(package, "__all__", None)
    if names is None or [a.name for a in statement.names] != ["*"]:
        return statement
    kept = [ast.alias(k) for k in names if k in vars(package) and k not in ATTRIBUTES]
    explicit = ast.copy_location(ast.ImportFrom(module, kept, 0), statement)
    return ast.fix_missing_locations(explicit)


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
    every = submission.statements()
    return [name for name in given if _is_untouched(every, name, given)]


def _is_untouched(every: list[ast.stmt], name: str, given: Mapping[str, str]) -> bool:
    rests_upon = [s for s in needed(every, [name]) if not isinstance(s, IMPORTS)]
    seen: list[str] = []
    for s in rests_upon:
        if not isinstance(s, ast.FunctionDef) or given.get(s.name) != fingerprint(s):
            return False
        seen.append(s.name)
    return name in seen and len(seen) == len(set(seen)) and _imports_numpy(every)


def _imports_numpy(every: Iterable[ast.stmt]) -> bool:
    """``np`` is NumPy and nothing else that was imported."""
    imports = [s for s in every if isinstance(s, IMPORTS)]
    binding = [s for s in imports if bound_names(s) & {"np", "*"}]
    plain = ast.dump(ast.parse("import numpy as np").body[0])
    return all(ast.dump(s) == plain for s in binding)
