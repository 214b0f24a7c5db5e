r"""First verdicts: shapes, numbers that are not finite, few digits, a constant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Comparison
from gan_numpy.gradcheck.diagnosis.explanation import (
    Explanation,
    explain_constant,
    matches,
)
from gan_numpy.gradcheck.diagnosis.fit import Fit

MOST_AXES = 6  # of which all orders and sets are tried: 720 and 63


def axes_subsets(ndim: int) -> Iterator[tuple[int, ...]]:
    """All nonempty sets of axes, the small ones first; of many axes one at a time."""
    for k in range(1, ndim + 1 if ndim <= MOST_AXES else 2):
        yield from combinations(range(ndim), k)


def same_as(
    cmp: Comparison, got: np.ndarray, compound: bool
) -> tuple[bool, str, tuple[str, ...]]:
    """Whether an array made of the student's is the true one; the constant."""
    if got.shape != cmp.want.shape:
        return False, "", ()
    changed = replace(cmp, got=got)
    fit = Fit(changed)
    if fit.within(fit.named):
        return fit.decisive(fit.n), "", ()
    matched, extra = matches(fit, fit.n, compound)
    if not matched or extra is None:
        return False, "", ()
    return True, f"; besides, {extra.says}", extra.tags


def _rearranged(cmp: Comparison) -> Iterator[tuple[str, str, np.ndarray]]:
    """The student's array brought to the true shape, with what would then be wrong."""
    got, want = cmp.got, cmp.want
    orders = got.ndim == want.ndim and got.ndim <= MOST_AXES  # of 30 there is no end
    for axes in permutations(range(got.ndim if orders else 0)):
        if axes != tuple(range(got.ndim)) and orders:
            yield "transposed", "it is the transpose of the true one", got.transpose(
                axes
            )
    if got.size == want.size:
        tag = (
            "keepdims"
            if np.squeeze(got).shape == np.squeeze(want).shape
            else "shape-only"
        )
        yield tag, "its values are right, only the shape is not", got.reshape(
            want.shape
        )
    for axes in axes_subsets(got.ndim):
        summed = got.sum(axis=axes)
        if summed.size == want.size:
            over = "axis " + ", ".join(map(str, axes))
            says = f"it is not summed over {over}: every term of the sum is returned"
            yield "not-summed", says, summed.reshape(want.shape)


def shape_stage(cmp: Comparison) -> Explanation | None:
    """The shape is wrong: which operation would make it right?"""
    got, want = cmp.got, cmp.want
    if got.shape == want.shape:
        return None
    shapes = f"shape {got.shape}, expected {want.shape}"
    for compound in (False, True):
        for tag, says, array in _rearranged(cmp):
            same, besides, tags = same_as(cmp, array, compound)
            if same:
                return Explanation("shape", (tag, *tags), f"{shapes}: {says}{besides}")
    for axes in axes_subsets(want.ndim):
        summed = want.sum(axis=axes)
        if bool(np.all(cmp.known)) and summed.size == got.size and summed.size:
            if np.allclose(summed.reshape(got.shape), got, rtol=1e-7, atol=1e-9):
                says = f"it is summed over axis {', '.join(map(str, axes))} as well"
                return Explanation("shape", ("summed-too-much",), f"{shapes}: {says}")
    spread = _spread(cmp)
    if spread is not None:
        says = f"{shapes}: every entry must be repeated over axis {spread}"
        return Explanation("shape", ("not-broadcast",), says)
    return _other_axes(cmp, shapes) or Explanation("shape", ("shape",), shapes)


def _spread(cmp: Comparison) -> int | None:
    """The axis along which the student's array would have to be repeated."""
    got, want = cmp.got, cmp.want
    for axis in range(want.ndim):
        once = tuple(1 if k == axis else s for k, s in enumerate(want.shape))
        if got.size > 1 and got.size == int(np.prod(once)):
            array = np.broadcast_to(got.reshape(once), want.shape)
            if same_as(cmp, array, compound=False)[0]:
                return axis
    return None


def _other_axes(cmp: Comparison, shapes: str) -> Explanation | None:
    """The right array summed, but over other axes than the true gradient is."""
    dy = cmp.arrays.get("dy")
    if dy is None or dy.ndim < 2:
        return None
    summands = {"dy": dy} | {
        f"dy * {k}": dy * v for k, v in cmp.arrays.items() if v.shape == dy.shape
    }
    for axes in axes_subsets(dy.ndim):
        for name, summand in summands.items():
            summed = summand.sum(axis=axes)
            if summed.size == cmp.got.size > 1 and np.allclose(
                summed, cmp.got.reshape(summed.shape), rtol=1e-7, atol=1e-9
            ):
                over = ", ".join(map(str, axes))
                says = f"{shapes}: it is {name} summed over axis {over}, the wrong axis"
                return Explanation("shape", ("wrong-axis",), says)
    return None


def finite_stage(cmp: Comparison) -> Explanation | None:
    """NaN or infinity, and where first."""
    bad = ~np.isfinite(cmp.got)
    if not bad.any():
        return None
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    kind = "nan" if np.isnan(cmp.got[index]) else "inf"
    at = f"{cmp.name}{list(index)}" if index else cmp.name
    says = f"{int(bad.sum())} of {bad.size} entries are not finite, first {at} = {kind}"
    return Explanation("non-finite", (kind,), says)


def precision_stage(fit: Fit) -> Explanation | None:
    """Right to six digits, not to nine: an approximation, not another formula."""
    if fit.cmp.got.dtype.kind == "f" and fit.cmp.got.dtype.itemsize < 4:
        limit = 1e-2
    else:
        limit = max(1e-6, fit.rtol)
    if not fit.within(limit) or fit.scale == 0:
        return None
    worst = float(np.abs(fit.a - fit.n).max()) / fit.scale
    says = (
        f"it agrees to {worst:.0e} only, not to 1e-9: float32 inside, an epsilon that"
        " the forward does not have, or a numerical derivative"
    )
    return Explanation("precision", ("precision",), says)


def scale_stage(fit: Fit, compound: bool) -> Explanation | None:
    """A constant times the true array; unrecognized constants in the second pass."""
    if fit.size == 1 and fit.n[0] != 0 and fit.decisive(fit.n):
        rtol = max(1e-8, fit.rtol, fit.noise / abs(fit.n[0]))
        found = explain_constant(float(fit.a[0] / fit.n[0]), fit.cmp, rtol)
    else:
        c = fit.multiple(fit.n)
        found = None if c is None else explain_constant(c, fit.cmp, fit.tolerance())
    if found is None or (not compound and found.tags[0] == "factor-unrecognized"):
        return None
    single = len(found.tags) == 1 and found.tags[0] != "factor-unrecognized"
    return found if compound or single else None
