r"""What the value of a statement must be: an edit of it is tried there, not by a run.

Where the results are linear in a value :math:`v`, and :math:`J \delta = r` says what
they lack, an edit that makes it :math:`w` is right if :math:`J (w - v) = r`. So the
edited expression is evaluated in the names that were in scope, and no function is run.

In a recurrence the names at a later visit depend on the value at an earlier one. If
:math:`\delta` is unique, the function is run once with the true values put there: the
names are then those of the right program, and the edit must give the true value in
each visit.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np

from gan_numpy.gradcheck.repair.bench import Bench, Endless
from gan_numpy.gradcheck.repair.cases import Case
from gan_numpy.gradcheck.repair.solve import FITS, Response, forced

Scope = dict[str, Any]


@dataclass
class Wanted:
    """The values that an expression had, and those that it must have.

    Attributes
    ----------
    visits : list of dict
        The names in scope at each visit; ``scopes`` with those of the module.
    before : array
        The values in these scopes, of all visits, flat.
    missing : array
        What the results lack.
    J : array or None
        How the results move; None if the values must move by ``missing``.
    forced : bool
        The scopes are those of the right program.
    shapes : list of tuple
    changing : set of str
        Names that depend on the value at an earlier visit.
    must : list of array or None
        The true values at each visit, if they follow from the results.
    at : int
        The first visit at which the value is not the true one.
    """

    visits: list[Scope]
    scopes: list[Scope]
    before: np.ndarray
    missing: np.ndarray
    J: np.ndarray | None
    shapes: list[tuple[int, ...]]
    changing: set[str]
    must: list[np.ndarray] | None
    at: int
    forced: bool = False

    def allows(self, new: ast.expr, filename: str) -> bool | None:
        """Whether the edited expression makes the results right; None: run it."""
        if self.changing & {n.id for n in ast.walk(new) if isinstance(n, ast.Name)}:
            return None
        try:
            values = [np.asarray(v) for v in evaluated(new, self.scopes, filename)]
        except (Exception, SystemExit, Endless):
            return False
        flat = []
        for array, shape in zip(values, self.shapes, strict=True):
            if array.dtype.kind not in "fiub":
                return None
            if array.shape != shape:
                try:
                    array = np.broadcast_to(array, shape)
                except ValueError:
                    return None if array.size == np.prod(shape) else False
            flat.append(array.ravel())
        moved = np.concatenate(flat) - self.before
        return self.reached(moved)

    def reached(self, moved: np.ndarray) -> bool:
        """The results lack nothing any more."""
        got = moved if self.J is None else self.J @ moved
        gap = float(np.linalg.norm(got - self.missing))
        return gap <= 10 * FITS * float(np.linalg.norm(self.missing))


def evaluated(new: ast.expr, scopes: list[Scope], filename: str) -> list[Any]:
    """The value of an expression in each of some scopes."""
    tree = ast.Expression(new)
    ast.fix_missing_locations(tree)
    code = compile(tree, filename, "eval", 0, True)
    return [eval(code, scope) for scope in scopes]


def wanted(bench: Bench, case: Case, response: Response) -> Wanted | None:
    """The test of a whole; None if its value does not follow from its names."""
    site = response.site
    statement = site.root.statement
    visits = bench.scopes.get(id(statement), [])
    if site.root.names is None or len(visits) != len(response.values):
        return None
    space = bench.function.globals
    scopes = [{**space, **visit} for visit in visits]
    shapes = [v.shape for v in response.values]
    values, changing = response.values, set[str]()
    missing = response.missing
    J: np.ndarray | None = response.J
    is_forced = False
    if len(visits) > 1:
        truth = forced(bench, case, site, response)
        if truth is None:
            return None
        changing = _changed(visits, truth.scopes)
        if response.unique and changing:
            visits = truth.scopes
            scopes = [{**space, **visit} for visit in visits]
            values, J = truth.values, _entries(response.matters)
            missing = response.delta[response.matters]
            changing, is_forced = set(), True
    before = np.concatenate([v.ravel() for v in values])
    must, at = _true_values(values, response)
    made = Wanted(
        visits, scopes, before, missing, J, shapes, changing, must, at, is_forced
    )
    for _ in range(2):  # a value that is drawn, or popped, is another one
        if not _same(site.node, made, bench.function.filename):
            return None
    return made


def _entries(matters: np.ndarray) -> np.ndarray | None:
    """The matrix that takes those entries; None if these are all."""
    return None if matters.all() else np.eye(len(matters))[matters]


def _true_values(
    values: list[np.ndarray], response: Response
) -> tuple[list[np.ndarray] | None, int]:
    """What they must be, and the first that is not; None if that is not unique."""
    ends = np.cumsum([v.size for v in values])[:-1]
    parts = np.split(response.delta, ends)
    size = float(np.abs(response.delta).max())
    at = next(k for k, p in enumerate(parts) if np.abs(p).max(initial=0) >= 1e-6 * size)
    if not response.unique:
        return None, at
    every = zip(values, parts, np.split(response.matters, ends), strict=True)
    return [v + p.reshape(v.shape) for v, p, m in every if m.any() or not p.size], at


def _same(node: ast.expr, made: Wanted, filename: str) -> bool:
    try:
        values = evaluated(node, made.scopes, filename)
        flat = np.concatenate([np.asarray(v, dtype=np.float64).ravel() for v in values])
    except (Exception, SystemExit, Endless):
        return False
    return flat.shape == made.before.shape and np.allclose(
        flat, made.before, rtol=1e-9, atol=1e-12
    )


def _changed(before: list[Scope], after: list[Scope]) -> set[str]:
    """Names that are not what they were."""
    found: set[str] = set()
    for old, new in zip(before, after, strict=False):
        found |= old.keys() ^ new.keys()
        for name in old.keys() & new.keys():
            if not _equal(old[name], new[name]):
                found.add(name)
    return found


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and np.array_equal(a, b, equal_nan=True)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(_equal, a, b))
    if isinstance(a, (int, float, np.number)):
        return isinstance(b, (int, float, np.number)) and (a == b or a != a)
    return True  # objects: their attributes are not looked into
