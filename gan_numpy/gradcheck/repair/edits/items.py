r"""One item, or a vector in one direction, where another or all of them are meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from gan_numpy.gradcheck.repair.edits.operators import Proposal
from gan_numpy.gradcheck.repair.edits.site import (
    Site,
    as_array,
    code,
    is_integer,
    is_simple,
)

MOST_VECTORS = 8


def items(site: Site) -> Iterator[Proposal]:
    """All of these."""
    node = site.node
    if isinstance(node, ast.Subscript):
        yield from _for_all(site, node)
        yield from _one_before(site, node)
        yield from _summed(site, node)
        yield from _its_own(site, node)
        yield from _along_another(site, node)
    yield from _neighbors(site)


def _for_all(site: Site, node: ast.Subscript) -> Iterator[Proposal]:
    """x.max(axis=1) for x[:, 0]: one index stands for all."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    chosen = [k for k, p in enumerate(parts) if isinstance(p, ast.Constant)]
    plain = all(isinstance(p, (ast.Slice, ast.Constant)) for p in parts)
    array = as_array(site.of(node.value))
    if array is None or not plain or len(chosen) != 1:
        return
    if not isinstance(parts[chosen[0]].value, int):  # type: ignore[attr-defined]
        return
    axis = [ast.keyword("axis", ast.Constant(chosen[0]))]
    for name in ("sum", "mean", "max", "min"):
        function = ast.Attribute(node.value, name, ast.Load())
        yield "one-for-all", 1, ast.Call(function, [], axis)


def _one_before(site: Site, node: ast.Subscript) -> Iterator[Proposal]:
    """``x[t - 1] if t > 0 else x0`` for x[t]: the state before a step, not after it."""
    array, t = as_array(site.value), getattr(node.slice, "id", None)
    if array is None or t is None or not is_integer(site.scope.get(t)):
        return
    for name, value in site.scope.items():
        if isinstance(value, np.ndarray) and value.shape == array.shape:
            before = f"{ast.unparse(node.value)}[{t} - 1]"
            yield "wrong-index", 2, code(f"{before} if {t} > 0 else {name}")


def _summed(site: Site, node: ast.Subscript) -> Iterator[Proposal]:
    """d.sum(axis=1) for d[rows, y]: of each row one where all are meant."""
    array, whole = as_array(site.value), as_array(site.of(node.value))
    if array is None or whole is None or whole.ndim != array.ndim + 1:
        return
    for axis in range(whole.ndim):
        if (*whole.shape[:axis], *whole.shape[axis + 1 :]) == array.shape:
            total = ast.Attribute(node.value, "sum", ast.Load())
            along = [ast.keyword("axis", ast.Constant(axis))]
            yield "one-for-all", 2, ast.Call(total, [], along)


def _its_own(site: Site, node: ast.Subscript) -> Iterator[Proposal]:
    """d[:, j:j + 1] for d[:, :1]: each its own, not the first one's."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for k, part in enumerate(parts):
        if not isinstance(part, ast.Slice) or part.step is not None:
            continue
        if part.lower is not None and ast.unparse(part.lower) != "0":
            continue
        if part.upper is None or ast.unparse(part.upper) != "1":
            continue
        for name, value in site.scope.items():
            if is_integer(value):
                own = ast.Slice(code(name), code(f"{name} + 1"), None)
                new: list[ast.expr] = [*parts[:k], own, *parts[k + 1 :]]
                index = ast.Tuple(new, ast.Load()) if len(new) > 1 else own
                yield "wrong-index", 2, ast.Subscript(node.value, index, ast.Load())


def _along_another(site: Site, node: ast.Subscript) -> Iterator[Proposal]:
    """w[:, None] for v[None, :]: another vector, along another axis."""
    array = as_array(site.value)
    if array is None or not _only_spreads(node) or not is_simple(node.value):
        return
    vectors = {k: v for k, v in site.scope.items() if np.ndim(v) == 1}
    arrays = [k for k, v in vectors.items() if as_array(v) is not None]
    for name in arrays[:MOST_VECTORS]:
        for axis in range(array.ndim):
            index = ", ".join(":" if k == axis else "None" for k in range(array.ndim))
            yield "wrong-array", 2, code(f"{name}[{index}]")


def _only_spreads(node: ast.Subscript) -> bool:
    """The index adds axes and takes nothing away."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return all(ast.unparse(p) in (":", "None", "...", "np.newaxis") for p in parts)


def _neighbors(site: Site) -> Iterator[Proposal]:
    """left + 1 for left, where these are indices of many items."""
    array = as_array(site.value)
    if array is None or array.dtype.kind not in "iu" or not is_simple(site.node):
        return
    if isinstance(site.owner, (ast.Tuple, ast.Subscript, ast.Call)):
        for op in (ast.Add(), ast.Sub()):
            yield "wrong-index", 2, ast.BinOp(site.node, op, ast.Constant(1))
