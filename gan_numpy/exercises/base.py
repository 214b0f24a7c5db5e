r"""What an exercise is. Everything else about it is made from this one definition.

The stub in the notebook, the ``.py`` stub, the pytest item, the instructor's solution,
the mutation table: all come from an `Exercise`.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import inspect
import linecache
import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from gan_numpy.exercises.differences import remarks
from gan_numpy.gradcheck.calls import defined_at
from gan_numpy.gradcheck.result import CheckResult, Finding

Function = Callable[..., Any]
Functions = dict[str, Function]


class Check(Protocol):
    """A question about the functions of an exercise, for a seed of the inputs."""

    def __call__(self, functions: Functions, seed: int) -> CheckResult:
        """What is wrong with them."""

    def agrees(self, functions: Functions, seed: int) -> bool:
        """Whether they answer as ours do, in every case: fast, no diagnosis."""


@dataclass(frozen=True)
class Mutant:
    """A mistake, made on purpose: a text of the reference replaced by another.

    Attributes
    ----------
    tags : tuple of str
        The names that the checker must give it, these and no others.
    old, new : str
        ``old`` occurs exactly once in the statements of the reference.
    """

    tags: tuple[str, ...]
    old: str
    new: str


def mutant(tag: str, old: str, new: str) -> Mutant:
    """Short for a `Mutant`; several tags are separated by blanks."""
    return Mutant(tuple(tag.split()), old, new)


@dataclass(frozen=True)
class Exercise:
    """One function to write.

    Attributes
    ----------
    reference : function
        The solution; its signature and docstring are those of the stub.
    lesson : str
        "02"
    title : str
    statement : str
        The task, with the equation.
    check : function (functions, seed) -> CheckResult
        ``functions`` holds the student's function and the given ones by name.
    mutants : tuple of Mutant
    hints : tuple of str
        Which term, then the formula; the category comes from the verdict.
    given : tuple of function
        Written out above the stub: the forward, helpers.
    points : int
    variant : str
        Which variant it is; empty for the exercise itself.
    """

    reference: Function
    lesson: str
    title: str
    statement: str
    check: Check
    mutants: tuple[Mutant, ...]
    hints: tuple[str, ...]
    given: tuple[Function, ...] = ()
    points: int = 2
    variant: str = ""

    @property
    def name(self) -> str:
        """The name of the function to write."""
        return str(self.reference.__name__)

    @property
    def signature(self) -> str:
        """``dense_backward(dy, cache)``"""
        parameters = inspect.signature(self.reference).parameters
        return f"{self.name}({', '.join(parameters)})"

    def functions(self, namespace: Mapping[str, Any] | None = None) -> Functions:
        """The student's functions where they are defined, ours for the others.

        The student's own forward supplies the cache, whatever is in it. A forward that
        is still a stub is replaced by ours.
        """
        ours = {f.__name__: f for f in (*self.given, self.reference)}
        theirs = namespace or {}
        return {k: theirs[k] if callable(theirs.get(k)) else f for k, f in ours.items()}

    def run(
        self, namespace: Mapping[str, Any] | None = None, seed: int = 0
    ) -> CheckResult:
        """Check the functions of a namespace; the reference if there is none."""
        functions = self.functions(namespace)
        result = self.check(functions, seed)
        result.title = self.name
        result.findings = [
            self._placed(f, functions[self.name]) for f in result.findings
        ]
        result.formula_hints = self.hints
        if result.passed and functions[self.name] is not self.reference:
            result.notes += remarks(self.name, functions, self.check, seed)
        return result

    def agrees(self, namespace: Mapping[str, Any] | None = None, seed: int = 0) -> bool:
        """Whether the functions of a namespace answer as ours do, in every case."""
        return self.check.agrees(self.functions(namespace), seed)

    def _placed(self, finding: Finding, student: Function) -> Finding:
        """A signature that does not take our arguments: say where it is."""
        if "TypeError" not in finding.says or ", line " in finding.says:
            return finding
        says = f"{finding.says}\nexpected: {self.signature}\n{defined_at(student)}"
        return replace(finding, says=says)


def source_of(function: Function) -> str:
    """The source of a function, not indented."""
    return textwrap.dedent(inspect.getsource(function))


def split_source(function: Function) -> tuple[str, str]:
    """Signature and docstring; the statements."""
    source = source_of(function)
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.FunctionDef)
    first = definition.body[1 if ast.get_docstring(definition) else 0].lineno - 1
    lines = source.splitlines(keepends=True)
    return "".join(lines[:first]), "".join(lines[first:])


def build_mutant(exercise: Exercise, change: Mutant) -> Function:
    """The reference with one mistake in it.

    Raises
    ------
    ValueError
        If the text to replace does not occur exactly once.
    """
    head, body = split_source(exercise.reference)
    if body.count(change.old) != 1:
        raise ValueError(f"{exercise.name}: {change.old!r} must occur exactly once")
    module = sys.modules[exercise.reference.__module__]
    namespace = copy.copy(vars(module))
    source = head + body.replace(change.old, change.new)
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    filename = f"<{exercise.name} {digest}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)  # as for a cell
    exec(compile(source, filename, "exec"), namespace)
    changed: Function = namespace[exercise.name]
    return changed


def line_of(exercise: Exercise, change: Mutant) -> int | None:
    """The line of a mistake in the mutant's source; None if it is not on one line."""
    head, body = split_source(exercise.reference)
    old, new = change.old.strip("\n"), change.new.strip("\n")
    if "\n" in old or "\n" in new or not new.strip():
        return None
    before = body[: body.index(change.old)]
    skipped = len(change.new) - len(change.new.lstrip("\n"))
    return (head + before).count("\n") + 1 + skipped


def away_from_zero(
    rng: np.random.Generator, shape: tuple[int, ...], least: float = 0.05
) -> np.ndarray:
    """Normal numbers pushed away from 0, so that no ReLU sits on its kink."""
    x = rng.standard_normal(shape)
    return np.where(x < 0, x - least, x + least)
