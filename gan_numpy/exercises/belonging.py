r"""Whose a file is that pytest is given: other people's tests stay theirs.

A file is ours if it is marked as a stub or a notebook of ours, or if a switch says so.
A solution without a mark is ours, too, where pytest itself would find nothing in it,
and a function in it can be called as the exercise of its name is. Whatever pytest would
collect by itself it does collect.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from fnmatch import fnmatch

from gan_numpy.exercises.reading.effects import EVERY, bound_names
from gan_numpy.exercises.reading.submission import Submission, definitions

MARK = re.compile(r"gan-numpy check FILE|^# gan-numpy: exercises\b", re.MULTILINE)
CHECKED = re.compile(r"^\s*from gan_numpy\.exercises import .*\bcheck\b", re.MULTILINE)
BASE = re.compile(r"(?:Test|Case|Tests)\b")  # unittest.TestCase, or one's own
MAKERS = ("globals", "exec", "vars", "locals")  # of names that nobody can read


def is_marked(submission: Submission) -> bool:
    """Whether it is made from a stub or a notebook of ours."""
    sources = [piece.source for piece in submission.pieces]
    if submission.is_notebook:
        return any(CHECKED.search(s) or MARK.search(s) for s in sources)
    return any(MARK.search("\n".join(s.split("\n")[:20])) for s in sources)


def is_called_alike(submission: Submission) -> bool:
    """Whether a function can be called with the arguments of its exercise."""
    from gan_numpy.exercises.registry import get_exercise

    last = {
        name: node
        for statement in submission.statements()
        for name, node in definitions(statement)
        if name in submission.found
    }
    if set(submission.found) - last.keys():
        return True  # where the syntax is wrong nobody knows
    return any(
        takes(node, get_exercise(name).reference.__code__.co_argcount)
        for name, node in last.items()
    )


def takes(node: ast.AST, count: int) -> bool:
    """Whether a function takes so many arguments; an object may take any."""
    arguments = getattr(node, "args", None)
    if not isinstance(arguments, ast.arguments):
        return True
    most = len(arguments.posonlyargs) + len(arguments.args)
    least = most - len(arguments.defaults)
    return least <= count and (count <= most or arguments.vararg is not None)


def holds_tests(
    submission: Submission, functions: Iterable[str], classes: Iterable[str]
) -> bool:
    """Whether pytest may find tests in it, by its patterns for names."""
    patterns = [*functions, *classes]
    for statement in submission.statements():
        module = getattr(statement, "module", None) or ""
        for name in bound_names(statement):
            if name.startswith("pytest") or (name == EVERY and "test" in module):
                return True
            if any(name.startswith(p) or fnmatch(name, p) for p in patterns):
                return True
        for node in ast.walk(statement):
            if isinstance(node, ast.ClassDef):
                if any(BASE.search(ast.unparse(base)) for base in node.bases):
                    return True
            if isinstance(node, ast.Name) and node.id in MAKERS:
                return True
    return False
