r"""A direction that must be projected out of the gradient, and was not.

Whatever normalizes has a gradient without the directions that the normalization
removes: after subtracting a mean the gradient has mean zero, after dividing by a norm
it has no component along the vector, after a softmax none along the ones. So the
student's array is recognized by itself: taking the direction out of it gives the true
one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Comparison
from gan_numpy.gradcheck.diagnosis.explanation import UNRECOGNIZED, Explanation, matches
from gan_numpy.gradcheck.diagnosis.fit import Fit
from gan_numpy.gradcheck.diagnosis.stage_shape import axes_subsets


def _without(a: np.ndarray, direction: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """a minus its component along the direction, for each of the other axes."""
    power = (direction * direction).sum(axis=axes, keepdims=True)
    inner = (a * direction).sum(axis=axes, keepdims=True)
    return a - direction * (inner / np.where(power > 0, power, 1.0))


@dataclass(frozen=True)
class Projection:
    """Directions (orthogonal to each other) to take out along some axes."""

    tag: str
    says: str
    directions: tuple[np.ndarray, ...]
    axes: tuple[int, ...]

    def of(self, a: np.ndarray) -> np.ndarray:
        """a without the directions."""
        for direction in self.directions:
            a = _without(a, direction, self.axes)
        return a


def _projections(cmp: Comparison) -> Iterator[Projection]:
    """What the normalizations that we know take out of a gradient."""
    shape = cmp.got.shape
    ones = np.ones(shape)
    for axes in axes_subsets(len(shape)):
        if int(np.prod([shape[k] for k in axes])) < 4:
            continue
        over = "axis " + ", ".join(map(str, axes))
        says = f"its mean over {over} must be 0 and is not: a path through a mean"
        yield Projection("mean-path", f"{says} is missing or wrong", (ones,), axes)
        for name, x in cmp.arrays.items():
            if x.shape != shape or name == "dy":
                continue
            hat = x - x.mean(axis=axes, keepdims=True)
            along = f"along {name} - mean({name}) over {over}"
            says = f"its component {along} must be 0 and is not: the path through the"
            variance = f"{says} variance is missing or wrong"
            yield Projection("variance-path", variance, (hat,), axes)
            both = (
                f"its mean and its component {along} must be 0 and are not: the paths"
            )
            statistics = f"{both} through mean and variance are missing or wrong"
            yield Projection("statistics-paths", statistics, (ones, hat), axes)
            says = f"its component along {name} over {over} must be 0 and is not: the"
            norm = f"{says} path through a norm is missing or wrong"
            yield Projection("norm-path", norm, (x,), axes)


def projection_stage(cmp: Comparison, compound: bool) -> Explanation | None:
    """Does taking a direction out of the student's array give the true one?"""
    if not np.all(cmp.known) or cmp.want.size < 6:
        return None
    got = np.asarray(cmp.got, dtype=np.float64)
    for p in _projections(cmp):
        array = p.of(got)
        if np.abs(array - got).max() <= 1e-4 * np.abs(got).max():
            continue  # there was nothing to take out
        fit = Fit(replace(cmp, got=array))
        matched, extra = matches(fit, fit.n, compound)
        known = extra is None or extra.tags[0] != UNRECOGNIZED
        if (matched and known) or (not compound and _nearly(cmp, p, array)):
            return Explanation("term", (p.tag,), p.says).and_also(extra)
    return None


def _nearly(cmp: Comparison, p: Projection, array: np.ndarray) -> bool:
    """An epsilon in the forward keeps the projection from being exact.

    Then the difference still lies along the directions, to six digits, and what is left
    after the projection is close: a coincidence of the two is not to be expected.
    """
    gap = cmp.got - cmp.want
    close = np.abs(array - cmp.want).max() <= 1e-2 * np.abs(cmp.want).max()
    left = np.abs(p.of(gap)).max()
    return bool(close and left <= 1e-6 * np.abs(gap).max() + 10 * cmp.error.max())


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
