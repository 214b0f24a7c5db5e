r"""What would a value have to be, for the results to be right?

A gradient depends linearly on those that it is made of: with :math:`\delta` added to
the value :math:`v` of an expression, all results move by :math:`J \delta`. So whether
a factor :math:`f` or a term :math:`t` is missing there is one product of a matrix,

.. math:: J (v \odot f) = r + J v, \qquad J t = r,

with :math:`r` what the results lack, and thousands of candidates cost one product. An
expression for which :math:`J \delta = r` has no solution is not where the mistake is
(if there is one mistake).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from gan_numpy.gradcheck.repair.bench import Bench, Endless
from gan_numpy.gradcheck.repair.cases import Case
from gan_numpy.gradcheck.repair.edits.site import Site, code, is_float, is_sum, is_value
from gan_numpy.gradcheck.repair.library import Library
from gan_numpy.gradcheck.repair.source import build

BUMP = "_bump"
MOST_UNKNOWNS = 200
FITS = 1e-6
CONSTANTS = (1.0, -1.0, 2.0, 0.5, -2.0, -0.5)


@dataclass
class Response:
    """How the results move with the value of one expression.

    Attributes
    ----------
    values : list of array
        The value at each visit.
    J : (results, entries)
    missing : (results,)
        What the results lack.
    solvable : bool
        Some change of the value makes all results right.
    """

    site: Site
    values: list[np.ndarray]
    J: np.ndarray
    missing: np.ndarray
    solvable: bool


class Bumped:
    """Adds to the value of an expression, visit by visit."""

    def __init__(self) -> None:
        self.add: np.ndarray | None = None
        self.values: list[Any] = []
        self.at = 0

    def __call__(self, value: Any) -> Any:
        self.values.append(np.array(value))
        if self.add is None:
            return value
        size = np.size(value)
        part = self.add[self.at : self.at + size]
        self.at += size
        return value + part.reshape(np.shape(value))


def response(
    bench: Bench, case: Case, site: Site, truth: np.ndarray
) -> Response | None:
    """J by unit changes; None if the results are not linear in this value."""
    node = site.node
    call = ast.Call(ast.Name(BUMP, ast.Load()), [node], [])
    site.put(ast.fix_missing_locations(ast.copy_location(call, node)))
    made = build(bench.function)
    site.put(node)
    if made is None:
        return None
    try:
        return _measured(bench, case, site, truth, made)
    except (Exception, SystemExit, Endless):
        return None


def _measured(
    bench: Bench, case: Case, site: Site, truth: np.ndarray, made: CodeType
) -> Response | None:
    def run(add: np.ndarray | None) -> tuple[np.ndarray | None, list[Any]]:
        bumped = Bumped()
        bumped.add = add
        with bench.running(made, **{BUMP: bumped}):
            return case.flat(case.ask()), bumped.values

    plain, values = run(None)
    count = sum(np.size(v) for v in values)
    if plain is None or not 0 < count <= MOST_UNKNOWNS:
        return None
    if any(np.asarray(v).dtype.kind != "f" for v in values):
        return None
    known = np.isfinite(truth)
    J = np.zeros((int(known.sum()), count))
    for k in range(count):
        add = np.zeros(count)
        add[k] = 1.0
        moved, _ = run(add)
        if moved is None:
            return None
        J[:, k] = (moved - plain)[known]
    missing = (truth - plain)[known]
    trial = np.cos(np.arange(count) * 1.7)
    moved, _ = run(trial)
    if moved is None or not _close(J @ trial, (moved - plain)[known]):
        return None
    return Response(site, values, J, missing, _reaches(J, missing))


def _reaches(J: np.ndarray, missing: np.ndarray) -> bool:
    """J d = missing has a solution."""
    square = J.T @ J
    ridge = 1e-14 * float(np.trace(square)) + 1e-300
    try:
        delta = np.linalg.solve(square + ridge * np.eye(len(square)), J.T @ missing)
    except np.linalg.LinAlgError:
        return True
    return _close(J @ delta, missing)


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.linalg.norm(a - b) <= FITS * (np.linalg.norm(b) + 1e-12))


def responses(
    bench: Bench, case: Case, places: list[Site], stop: Callable[[], bool]
) -> dict[int, Response]:
    """The response to each value, by ``id`` of its expression; not all have one."""
    truth = case.truth()
    found: dict[int, Response] = {}
    for site in places:
        if truth is None or stop():
            break
        if is_float(site.value) and is_value(site):
            made = response(bench, case, site, truth)
            if made is not None:
                found[id(site.node)] = made
    return found


def solved(
    bench: Bench,
    known: dict[int, Response],
    written: list[str],
    stop: Callable[[], bool],
) -> Iterator[tuple[int, Site, str, ast.expr]]:
    """(weight, site, kind, new expression) of all that makes the first case right."""
    libraries: dict[int, Library] = {}
    for found in known.values():
        site = found.site
        if stop():
            return
        key = id(site.root.statement)
        scopes = bench.scopes.get(key, [])
        if not found.solvable or len(scopes) != len(found.values):
            continue
        if len({v.shape for v in found.values}) > 1:
            continue
        if key not in libraries:
            outside = {k: v for k, v in site.scope.items() if k not in scopes[-1]}
            every = [{**outside, **scope} for scope in scopes]
            libraries[key] = Library(every, written)
        for weight, kind, new in _repairs(found, libraries[key]):
            yield weight, site, kind, new


def _repairs(r: Response, library: Library) -> Iterator[tuple[int, str, ast.expr]]:
    node, shape = r.site.node, r.values[0].shape
    v = np.concatenate([value.ravel() for value in r.values])
    target = r.missing + r.J @ v
    texts, F = library.multipliers(shape)
    for weight, text, kind, c in _matches(r.J, F * v, texts, target):
        factor = code(_with_constant(text, c))
        yield weight, kind, ast.BinOp(node, ast.Mult(), factor)
    with np.errstate(all="ignore"):
        over = v / F
    over[~np.isfinite(over)] = 0.0
    for weight, text, _, c in _matches(r.J, over, texts, target):
        new = ast.BinOp(node, ast.Div(), code(text))
        if c != 1:
            new = ast.BinOp(new, ast.Mult(), code(repr(c)))
        yield weight, "factor-missing", new
    owner = r.site.owner
    texts, T = library.summands(shape)
    if not (isinstance(owner, ast.BinOp) and isinstance(owner.op, (ast.Add, ast.Sub))):
        for weight, text, _, c in _matches(r.J, T, texts, r.missing):
            op = ast.Add() if c > 0 else ast.Sub()
            term = code(_with_constant(text, abs(c)))
            more = not is_sum(node)  # a product would become a sum
            yield weight + more, "term-missing", ast.BinOp(node, op, term)


def _with_constant(text: str, c: float) -> str:
    if c == 1:
        return text
    return f"-({text})" if c == -1 else f"{c:g} * ({text})"


def _matches(
    J: np.ndarray,
    W: np.ndarray,
    texts: list[tuple[int, str, str]],
    target: np.ndarray,
) -> Iterator[tuple[int, str, str, float]]:
    """Rows w of W with J w c = target, for a plain constant c."""
    if not texts:
        return
    R = J @ W.T
    power = np.einsum("ij,ij->j", R, R)
    inner = target @ R
    with np.errstate(all="ignore"):
        c = np.where(power > 0, inner / power, 0.0)
    size = float(target @ target)
    left = size - c * inner  # |target - c R|^2
    for j in np.flatnonzero(left <= 1e-10 * size):
        nearest = min(CONSTANTS, key=lambda k: abs(k - c[j]))
        if abs(c[j] - nearest) < 1e-6:
            weight, text, kind = texts[j]
            yield weight + (nearest not in (1.0, -1.0)), text, kind, nearest
