r"""Products of the arrays at hand: the right arrays joined wrongly, or the wrong
arrays.

Many gradients are one product of the cotangent (or of :math:`dy \odot f'`) with an
input: :math:`dx = dy W^\top`, :math:`dW = x^\top dy`, :math:`da = dy \odot b`,
:math:`db = \sum_n dy_n`. If both the true gradient and the student's are such products,
the difference between the two expressions is the mistake.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Comparison
from gan_numpy.gradcheck.diagnosis.explanation import Explanation
from gan_numpy.gradcheck.diagnosis.fit import Fit
from gan_numpy.gradcheck.diagnosis.stage_shape import axes_subsets

Expression = tuple[str, str, str]  # the cotangent's variant, the other array, how


def _cotangents(cmp: Comparison) -> Iterator[tuple[str, np.ndarray]]:
    """dy, and dy times the derivative of a usual activation."""
    dy, y = cmp.arrays["dy"], cmp.arrays.get("y")
    yield "dy", dy
    if y is not None and y.shape == dy.shape:
        yield "relu", dy * (y > 0)
        yield "sigmoid", dy * y * (1 - y)
        yield "tanh", dy * (1 - y * y)


def _products(cmp: Comparison) -> Iterator[tuple[Expression, np.ndarray]]:
    """Every product of the two kinds, matrix and entry by entry, and every sum."""
    shape = cmp.want.shape
    for kind, d in _cotangents(cmp):
        for axes in axes_subsets(d.ndim):
            if tuple(np.delete(d.shape, axes)) == shape:
                yield (kind, "", f"summed over axis {axes}"), d.sum(axis=axes)
        for name, a in cmp.arrays.items():
            if name in ("dy", "y"):
                continue
            if a.shape == d.shape == shape:
                yield (kind, name, "entry by entry"), d * a
            if a.ndim == d.ndim == 2:
                yield from _matrix_products(kind, name, d, a, shape)


def _matrix_products(
    kind: str, name: str, d: np.ndarray, a: np.ndarray, shape: tuple[int, ...]
) -> Iterator[tuple[Expression, np.ndarray]]:
    for left, first in (("dy", d), ("dy.T", d.T)):
        for right, second in ((name, a), (f"{name}.T", a.T)):
            if first.shape[1] == second.shape[0]:
                if (first.shape[0], second.shape[1]) == shape:
                    yield (kind, name, f"{left} @ {right}"), first @ second
            if second.shape[1] == first.shape[0]:
                if (second.shape[0], first.shape[1]) == shape:
                    yield (kind, name, f"{right} @ {left}"), second @ first


def product_stage(cmp: Comparison) -> Explanation | None:
    """Both gradients as products, and in what the two expressions differ."""
    if "dy" not in cmp.arrays or cmp.want.size < 3:
        return None
    fit = Fit(cmp)
    true: Expression | None = None
    mine: Expression | None = None
    for expression, value in _products(cmp):
        s = fit.pick(value)
        if s is None:
            continue
        close = np.abs(s - fit.n).max() <= 1e-7 * fit.scale + fit.noise
        true = expression if close and true is None else true
        mine = expression if mine is None and fit.equals(s) else mine
    if true is None or mine is None or true == mine:
        return None
    return _difference(true, mine)


def _difference(true: Expression, mine: Expression) -> Explanation | None:
    if true[1:] == mine[1:]:
        says = "dy is used as it came: the derivative of the activation is missing"
        if mine[0] != "dy":
            says = f"dy is multiplied by the derivative of a {mine[0]}, which is not it"
        return Explanation("factor", ("activation-derivative",), says)
    if true[0] != mine[0]:
        return None
    if true[1] == mine[1] == "":
        says = f"it is dy {mine[2]}, the wrong axis"
        return Explanation("transpose", ("wrong-axis",), says)
    if true[1] == mine[1]:
        says = f"it is {mine[2]}: the right arrays, but one is transposed wrongly"
        return Explanation("transpose", ("operand-transposed",), says)
    other = mine[1] or "nothing else"
    says = f"dy is multiplied by {other}: another array is meant"
    return Explanation("known mistake", ("wrong-array",), says)
