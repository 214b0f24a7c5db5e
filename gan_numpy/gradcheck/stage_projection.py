r"""A direction that must be projected out of the gradient, and was not.

Whatever normalizes has a gradient without the directions that the normalization
removes: after subtracting a mean the gradient has mean zero, after dividing by a norm
it has no component along the vector, after a softmax none along the ones. So the
student's array is recognized by itself: taking the direction out of it gives the true
one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .candidates import Comparison
from .explanation import Explanation, matches
from .fit import Fit
from .stage_shape import axes_subsets


def _without(a: np.ndarray, direction: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """a minus its component along the direction, for each of the other axes."""
    power = (direction * direction).sum(axis=axes, keepdims=True)
    inner = (a * direction).sum(axis=axes, keepdims=True)
    return a - direction * (inner / np.where(power > 0, power, 1.0))


def _projections(cmp: Comparison) -> Iterator[tuple[str, str, np.ndarray]]:
    """The student's array with one direction (or two) taken out."""
    a = np.asarray(cmp.got, dtype=np.float64)
    dy = cmp.arrays.get("dy")
    for axes in axes_subsets(a.ndim):
        if int(np.prod([a.shape[k] for k in axes])) < 3:
            continue
        over = "axis " + ", ".join(map(str, axes))
        centered = a - a.mean(axis=axes, keepdims=True)
        mean = f"its mean over {over} is not subtracted: the path through the mean"
        yield "mean-path-missing", f"{mean} is missing", centered
        for name, x in cmp.arrays.items():
            if x.shape != a.shape or x is dy or name == "dy":
                continue
            hat = x - x.mean(axis=axes, keepdims=True)
            path = (
                f"the component along {name} - mean({name}) over {over} is not"
                f" taken out"
            )
            variance = f"{path}: the path through the variance is missing"
            yield "variance-path-missing", variance, _without(a, hat, axes)
            both = (
                f"neither the mean over {over} nor the component along {name} is"
                f" taken out"
            )
            yield "statistics-constant", (
                f"{both}: mean and variance are treated as constants"
            ), _without(centered, hat, axes)
            along = f"the component along {name} over {over} is not taken out"
            norm = f"{along}: the path through its norm is missing"
            yield "norm-path-missing", norm, _without(a, x, axes)


def projection_stage(cmp: Comparison, compound: bool) -> Explanation | None:
    """Does taking a direction out of the student's array give the true one?"""
    if not np.all(cmp.known) or cmp.want.size < 6:
        return None
    for tag, says, array in _projections(cmp):
        fit = Fit(replace(cmp, got=array))
        changed = np.abs(array - cmp.got).max() > 1e-4 * np.abs(cmp.got).max()
        if not changed:
            continue
        matched, extra = matches(fit, fit.n, compound)
        if matched:
            return Explanation("term", (tag,), says).and_also(extra)
    return None


def softmax_stage(cmp: Comparison) -> Explanation | None:
    r""":math:`n = y \odot (dy - \sum dy \odot y)`, student :math:`y \odot dy`."""
    a = np.asarray(cmp.got, dtype=np.float64)
    y = cmp.arrays.get("y")
    if y is None or y.shape != a.shape or a.ndim == 0 or not np.all(cmp.known):
        return None
    array = a - y * a.sum(axis=-1, keepdims=True)
    if Fit(replace(cmp, got=array)).equals(cmp.want[cmp.known]):
        says = (
            "the sum over the classes, y \u03a3(dy y), is not subtracted: only the"
            " diagonal"
        )
        return Explanation("term", ("jacobian-diagonal-only",), says)
    return None
