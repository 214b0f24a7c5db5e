r"""A named array that multiplies the gradient: forgotten, or applied once too often."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Factor, slug
from gan_numpy.gradcheck.diagnosis.explanation import (
    UNRECOGNIZED,
    Explanation,
    matches,
    simplest,
)
from gan_numpy.gradcheck.diagnosis.fit import Fit
from gan_numpy.gradcheck.diagnosis.stage_shape import axes_subsets


def factor_explanation(f: Factor, missing: bool) -> Explanation:
    """What it means that the student's array is the true one over (times) f."""
    stem = slug(f.name)
    if missing:
        says = f.says_missing or f"the factor {f.name} is missing"
        return Explanation("factor", (f.missing or f"{stem}-missing",), says)
    says = f.says_extra or f"the factor {f.name} is there once too often"
    return Explanation("factor", (f.extra or f"{stem}-extra",), says)


def _applied(
    fit: Fit, factors: list[Factor], n: np.ndarray
) -> Iterator[tuple[Explanation, np.ndarray]]:
    """The array n times and over each factor."""
    for f in factors:
        value = fit.pick(f.value)
        if value is None:
            continue
        yield factor_explanation(f, False), n * value
        if np.all(value[n != 0] != 0):
            yield factor_explanation(f, True), np.divide(
                n, value, out=np.zeros_like(n), where=value != 0
            )


def factor_stage(fit: Fit, compound: bool) -> Explanation | None:
    """student = true * F or true / F, (compound) up to a constant."""
    found: list[Explanation] = []
    if fit.size < 2:
        return None
    for explanation, s in _applied(fit, fit.cmp.candidates.factors, fit.n):
        matched, extra = matches(fit, s, compound)
        if matched and (extra is None or extra.tags[0] != UNRECOGNIZED):
            found.append(explanation.and_also(extra))
    return simplest(found)


def two_factors_stage(fit: Fit, named: int) -> Explanation | None:
    """Two of the first ``named`` factors (an exercise's own), both wrong."""
    if fit.size < 4:
        return None
    factors = fit.cmp.candidates.factors[:named]
    for i, f in enumerate(factors):
        for first, s in _applied(fit, [f], fit.n):
            for second, t in _applied(fit, factors[i + 1 :], s):
                matched, extra = matches(fit, t, compound=False)
                if matched:
                    return first.and_also(second).and_also(extra)
    return None


def broadcast_stage(fit: Fit) -> Explanation | None:
    """An unknown factor that is the same along some axes: one per sample, say."""
    n, shape = fit.cmp.want, fit.cmp.want.shape
    if n.ndim < 2 or not np.all(fit.cmp.known):
        return None
    for axes in axes_subsets(n.ndim):
        if len(axes) == n.ndim or int(np.prod([shape[k] for k in axes])) < 3:
            continue
        a = np.asarray(fit.cmp.got, dtype=np.float64)
        power = (n * n).sum(axis=axes, keepdims=True)
        if np.any(power <= (100 * fit.noise) ** 2):
            continue
        c = (a * n).sum(axis=axes, keepdims=True) / power
        if np.ptp(c) <= 1e-6 * np.abs(c).max():
            continue
        if fit.equals((c * n)[fit.where], free=c.size):
            kept = [k for k in range(n.ndim) if k not in axes]
            per = (
                "sample"
                if kept == [0]
                else "entry of axis " + ", ".join(map(str, kept))
            )
            shown = ", ".join(f"{v:.3g}" for v in c.ravel()[:4])
            off = int((np.abs(c - 1) > 1e-6).sum())
            says = (
                f"another factor for each {per}, not recognized: {shown}, ..."
                f" ({off} of {c.size} are not 1)"
            )
            tag = "per-sample-factor" if kept == [0] else "per-axis-factor"
            return Explanation("pattern", (tag,), says)
    return None
