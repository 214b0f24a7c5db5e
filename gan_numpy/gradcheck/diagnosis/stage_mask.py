r"""Zeros in the wrong places: a mask forgotten, lost, or taken from the wrong array.

The entries fall in four groups, by whether the true one and the student's are zero. If
both are nonzero they must agree (up to one recognized constant); what is left over says
whether the student's mask is too large (a mask is missing), too small (a slope is
lost), or another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Mask, slug
from gan_numpy.gradcheck.diagnosis.explanation import (
    UNRECOGNIZED,
    Explanation,
    explain_constant,
)
from gan_numpy.gradcheck.diagnosis.fit import Fit

FEW = 3
EPS = 1e-9


def _named(fit: Fit, entries: np.ndarray, among: np.ndarray) -> Mask | None:
    """The mask that is exactly these entries among those."""
    for m in fit.cmp.candidates.masks:
        value = fit.pick(m.value)
        if value is not None and np.array_equal(value[among] != 0, entries[among]):
            return m
    return None


def _agreement(fit: Fit, both: np.ndarray) -> tuple[bool, Explanation | None]:
    """Whether the entries that both have agree, and the constant between them."""
    if int(both.sum()) < FEW:
        return False, None
    a, n = fit.a[both], fit.n[both]
    c = float(a @ n) / float(n @ n)
    if np.abs(a - c * n).max() > fit.named * np.abs(c * n).max() + fit.noise:
        return False, None
    extra = explain_constant(c, fit.cmp, fit.tolerance())
    if extra is not None and extra.tags[0] == UNRECOGNIZED:
        return False, None
    return True, extra


def mask_stage(fit: Fit) -> Explanation | None:
    """Compare where the two arrays are zero."""
    tiny = fit.noise + EPS * fit.scale
    zero_n, zero_a = np.abs(fit.n) <= tiny, np.abs(fit.a) <= tiny
    extra_entries, lost = zero_n & ~zero_a, zero_a & ~zero_n
    if zero_a.all() and not zero_n.all():
        says = f"it is zero everywhere, all {fit.size} entries"
        return Explanation("pattern", ("all-zero",), says)
    if np.array_equal(zero_a, ~zero_n) and min(zero_a.sum(), zero_n.sum()) >= FEW:
        says = "the mask is inverted: it is 0 exactly where the true one is not"
        return Explanation("mask", ("mask-inverted",), says)
    agree, constant = _agreement(fit, ~zero_n & ~zero_a)
    if not agree:
        return None
    found: Explanation | None = None
    if extra_entries.any() and not lost.any():
        found = _too_many(fit, extra_entries, zero_n)
    elif lost.any() and not extra_entries.any():
        found = _too_few(fit, lost, zero_n)
    elif lost.any() and extra_entries.any():
        found = _another(fit, extra_entries, lost, zero_a)
    return None if found is None else found.and_also(constant)


def _too_many(fit: Fit, extra: np.ndarray, zero_n: np.ndarray) -> Explanation | None:
    """The true gradient is zero where the student's is not."""
    if extra.sum() < FEW:
        return None
    named = _named(fit, ~extra, np.ones_like(extra))
    if not np.array_equal(extra, zero_n) and named is None:
        return None  # a few entries only: no mask that was forgotten
    where = f" It is the mask {named.name}." if named else ""
    says = (
        f"a mask is missing: {int(extra.sum())} of {fit.size} entries must be 0 and are"
        f" not, the others are right.{where}"
    )
    tag = (named.tag and f"{named.tag}-missing") if named else ""
    return Explanation("mask", (tag or "mask-missing",), says)


def _too_few(fit: Fit, lost: np.ndarray, zero_n: np.ndarray) -> Explanation | None:
    """The student's gradient is zero where the true one is not."""
    if lost.sum() < FEW:
        return None
    named = _named(fit, ~lost, ~zero_n)
    if named is None:
        inverse = _named(fit, lost, ~zero_n)
        if inverse is None:
            return None
        where = f"exactly where {inverse.name}"
    else:
        where = f"exactly where {named.name} is false"
    if named is not None and named.name.startswith("dy"):
        says = f"a mask is taken from dy, not from the forward's input: zeros {where}"
        return Explanation("mask", ("mask-from-dy",), says)
    says = f"{int(lost.sum())} entries are 0 and must not be, {where}"
    if _is_slope(fit, lost):
        return Explanation("mask", ("slope-lost",), f"{says}: a slope is lost")
    return Explanation("mask", ("mask-extra",), f"{says}: a mask too many")


def _is_slope(fit: Fit, lost: np.ndarray) -> bool:
    """The true gradient is one constant times dy there."""
    dy = fit.pick(fit.cmp.arrays["dy"]) if "dy" in fit.cmp.arrays else None
    if dy is None or fit.cmp.arrays["dy"].shape != fit.cmp.want.shape:
        return False
    n, dy = fit.n[lost], dy[lost]
    c = float(n @ dy) / float(dy @ dy)
    return bool(np.abs(n - c * dy).max() <= 1e-6 * np.abs(n).max() + fit.noise)


def _another(
    fit: Fit, extra: np.ndarray, lost: np.ndarray, zero_a: np.ndarray
) -> Explanation | None:
    """Zeros elsewhere: another mask than the forward's."""
    if extra.sum() + lost.sum() < FEW:
        return None
    named = _named(fit, ~zero_a, np.ones_like(extra))
    if named is not None and zero_a.sum() >= FEW:
        from_dy = named.name.startswith("dy")
        tag = "mask-from-dy" if from_dy else named.tag or f"mask-{slug(named.name)}"
        says = f"the mask is {named.name}, which is not the mask of the forward"
        return Explanation("mask", (tag,), says)
    if extra.sum() < FEW or lost.sum() < FEW:
        return None
    says = (
        f"another mask than the forward's: {int(lost.sum())} entries are 0 and must not"
        f" be, {int(extra.sum())} must be and are not, the others are right"
    )
    return Explanation("mask", ("another-mask",), says)


def _halves(fit: Fit) -> Iterator[tuple[Mask, np.ndarray]]:
    """Named masks that split the nonzero entries in two."""
    nonzero = np.abs(fit.n) > fit.noise
    for m in fit.cmp.candidates.masks:
        value = fit.pick(m.value)
        if value is None or m.name.startswith("dy"):  # not linear: a probe says that
            continue
        inside = value != 0
        if (inside & nonzero).sum() >= FEW and (~inside & nonzero).sum() >= FEW:
            yield m, inside


def slope_stage(fit: Fit) -> Explanation | None:
    """One constant where a mask holds, another where it does not (a leaky slope)."""
    nonzero = np.abs(fit.n) > fit.noise
    for m, inside in _halves(fit):
        parts = []
        for part, where in ((inside, m.name), (~inside, f"{m.name} is false")):
            a, n = fit.a[part & nonzero], fit.n[part & nonzero]
            c = float(a @ n) / float(n @ n)
            if np.abs(a - c * n).max() > fit.named * max(abs(c), 1) * np.abs(
                n
            ).max() + (fit.noise):
                break
            parts.append((c, where))
        if len(parts) < 2 or abs(parts[0][0] - parts[1][0]) < 1e-4:
            continue
        if min(abs(c) for c, _ in parts) < 1e-6:
            continue  # lost entries, which `mask_stage` has looked at
        found: Explanation | None = None
        for c, where in parts:
            meaning = explain_constant(c, replace(fit.cmp, sizes={}), fit.tolerance())
            if meaning is None:
                continue
            one = Explanation("mask", meaning.tags, f"where {where}: {meaning.says}")
            found = one if found is None else found.and_also(one)
        if found is not None:
            return found
    return None
