r"""Factors and terms that are missing, found by solving.

Whether a factor :math:`f` or a term :math:`t` is missing from a value :math:`v` is one
product of a matrix, :math:`J (v \odot f) = r + J v` or :math:`J t = r`, and thousands
of candidates cost one product (see `solve`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from gan_numpy.gradcheck.repair.bench import Bench
from gan_numpy.gradcheck.repair.cases import Case
from gan_numpy.gradcheck.repair.edits.site import Site, as_array, code, is_sum
from gan_numpy.gradcheck.repair.library import Library
from gan_numpy.gradcheck.repair.solve import Response
from gan_numpy.gradcheck.repair.wanted import Wanted, wanted

CONSTANTS = (1.0, -1.0, 2.0, 0.5, -2.0, -0.5)


@dataclass
class Equation:
    """J (w - v) = missing, for the value v of an expression; J None: v lacks it."""

    v: np.ndarray
    shape: tuple[int, ...]
    J: np.ndarray | None
    missing: np.ndarray

    def moves(self, w: np.ndarray) -> np.ndarray:
        """J w for each row w."""
        return w.T if self.J is None else self.J @ w.T


def solved(
    bench: Bench,
    case: Case,
    known: dict[int, Response | None],
    written: list[str],
    stop: Callable[[], bool],
) -> Iterator[tuple[int, Site, str, ast.expr]]:
    """(weight, site, kind, new expression) of all that makes the first case right."""
    libraries: dict[int, Library] = {}
    for found in list(known.values()):
        if stop():
            return
        if found is None or not found.solvable:
            continue
        if len({v.shape for v in found.values}) > 1:
            continue
        site, key = found.site, id(found.site.root.statement)
        visits = bench.scopes.get(key, [])
        w: Wanted | None = None
        if len(found.values) > 1:
            w = wanted(bench, case, found)
            if w is None:
                continue
            visits = w.visits
        if len(visits) != len(found.values):
            continue
        if key not in libraries or w is not None and w.forced:
            outside = {k: v for k, v in site.scope.items() if k not in visits[-1]}
            libraries[key] = Library([{**outside, **v} for v in visits], written)
        equation, library = _equation(found, w), libraries[key]
        for weight, kind, new in _repairs(site, equation, library):
            yield weight, site, kind, new
        for operand in _operands(site.node):
            seen = bench.history.get(id(operand), [])
            for weight, new in _within(site, operand, seen, equation, library):
                yield weight, site, "term-missing", new
        if w is not None and w.forced:
            del libraries[key]


def _equation(r: Response, w: Wanted | None) -> Equation:
    if w is None:
        v = np.concatenate([value.ravel() for value in r.values])
        return Equation(v, r.values[0].shape, r.J, r.missing)
    return Equation(w.before, r.values[0].shape, w.J, w.missing)


def _repairs(
    site: Site, e: Equation, library: Library
) -> Iterator[tuple[int, str, ast.expr]]:
    node = site.node
    target = e.missing + e.moves(e.v)
    texts, F = library.multipliers(e.shape)
    for weight, text, kind, c in _matches(e, F * e.v, texts, target):
        factor = code(_with_constant(text, c))
        yield weight, kind, ast.BinOp(node, ast.Mult(), factor)
    with np.errstate(all="ignore"):
        over = e.v / F
    over[~np.isfinite(over)] = 0.0
    for weight, text, _, c in _matches(e, over, texts, target):
        new = ast.BinOp(node, ast.Div(), code(text))
        if c != 1:
            new = ast.BinOp(new, ast.Mult(), code(repr(c)))
        yield weight, "factor-missing", new
    texts, S = library.softmaxes(e.shape)
    for weight, text, kind, c in _matches(e, S, texts, target):
        if c == 1:
            yield weight, kind, code(text)
    owner = site.owner
    texts, T = library.summands(e.shape)
    if not (isinstance(owner, ast.BinOp) and isinstance(owner.op, (ast.Add, ast.Sub))):
        for weight, text, _, c in _matches(e, T, texts, e.missing):
            op = ast.Add() if c > 0 else ast.Sub()
            term = code(_with_constant(text, abs(c)))
            more = not is_sum(node)  # a product would become a sum
            yield weight + more, "term-missing", ast.BinOp(node, op, term)


def _operands(node: ast.expr) -> list[ast.expr]:
    """The factors of a product of entries that are no sums."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        right = [node.right] if isinstance(node.op, ast.Mult) else []
        parts = [node.left, *right]
        inner = [o for part in parts for o in _operands(part)]
        return inner + [p for p in parts if not isinstance(p, ast.Constant)]
    return []


def _within(
    site: Site,
    operand: ast.expr,
    seen: list[object],
    e: Equation,
    library: Library,
) -> Iterator[tuple[int, ast.expr]]:
    """A term that is missing from one factor of a product: (a + t) b for a b."""
    values = [as_array(v) if np.ndim(v) else None for v in seen]  # type: ignore
    count = len(e.v) // max(int(np.prod(e.shape)), 1)
    if len(values) != count or any(v is None or v.shape != e.shape for v in values):
        return
    with np.errstate(all="ignore"):
        rest = e.v / np.concatenate([v.ravel() for v in values if v is not None])
    if not np.all(np.isfinite(rest)):
        return
    texts, T = library.summands(e.shape)
    for weight, text, _, c in _matches(e, T * rest, texts, e.missing):
        op = ast.Add() if c > 0 else ast.Sub()
        more = ast.BinOp(operand, op, code(_with_constant(text, abs(c))))
        yield weight + 1, _exchanged(site.node, operand, more)


def _exchanged(node: ast.expr, old: ast.expr, new: ast.expr) -> ast.expr:
    """A product with another factor in the place of one."""
    if node is old:
        return new
    if isinstance(node, ast.BinOp):
        left = _exchanged(node.left, old, new)
        right = _exchanged(node.right, old, new)
        if left is not node.left or right is not node.right:
            return ast.BinOp(left, node.op, right)
    return node


def _with_constant(text: str, c: float) -> str:
    if c == 1:
        return text
    return f"-({text})" if c == -1 else f"{c:g} * ({text})"


def _matches(
    e: Equation,
    W: np.ndarray,
    texts: list[tuple[int, str, str]],
    target: np.ndarray,
) -> Iterator[tuple[int, str, str, float]]:
    """Rows w of W with J w c = target, for a plain constant c."""
    if not texts:
        return
    R = e.moves(W)
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
