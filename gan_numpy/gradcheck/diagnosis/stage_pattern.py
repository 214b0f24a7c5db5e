r"""Last verdicts: where the wrong entries are, when it is not known what they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Comparison
from gan_numpy.gradcheck.diagnosis.explanation import Explanation
from gan_numpy.gradcheck.diagnosis.fit import Fit


def _slices(wrong: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    for axis in range(wrong.ndim):
        others = tuple(k for k in range(wrong.ndim) if k != axis)
        yield axis, np.asarray(wrong.any(axis=others))


def offset_stage(fit: Fit) -> Explanation | None:
    """The same number added to every entry, or a multiple of an input."""
    d = fit.a - fit.n
    if fit.size < 4 or np.abs(d).max() <= 100 * fit.noise:
        return None
    named = {"one number": np.ones(fit.cmp.want.shape)} | {
        k: v for k, v in fit.cmp.arrays.items() if v.shape == fit.cmp.want.shape
    }
    for name, value in named.items():
        s = value[fit.where].astype(np.float64)
        power = float(s @ s)
        if power == 0 or abs(s @ fit.n) > (1 - 1e-9) * np.sqrt(power * (fit.n @ fit.n)):
            continue  # of the direction of the gradient itself: that is a factor
        c = float(d @ s) / power
        if np.abs(d - c * s).max() <= 1e-6 * np.abs(d).max() + 2 * fit.noise:
            if name == "one number":
                return Explanation(
                    "pattern", ("offset",), f"{c:.6g} is added to every entry"
                )
            says = (
                f"{c:.6g} times {name} is added (a penalty or a term of another"
                f" gradient?)"
            )
            return Explanation("pattern", (f"multiple-of-{name.lower()}-added",), says)
    return None


def where_stage(cmp: Comparison, fit: Fit) -> Explanation | None:
    """A few entries, rows or columns are wrong and all the others are right."""
    wrong = np.zeros(cmp.want.shape, dtype=bool)
    wrong[fit.where] = fit.wrong()
    count = int(wrong.sum())
    if count == 0 or cmp.want.size < 4:
        return None
    if count == 1:
        index = [int(i) for i in np.argwhere(wrong)[0]]
        says = (
            f"one entry is wrong, {cmp.name}{index}; the other {fit.size - 1} are right"
        )
        return Explanation("pattern", ("one-entry",), says)
    for axis, hit in _slices(wrong):
        if wrong.ndim > 1 and int(hit.sum()) <= max(1, len(hit) // 3):
            rows = ", ".join(str(int(i)) for i in np.flatnonzero(hit)[:6])
            says = f"only {count} entries at index {rows} of axis {axis} are wrong"
            return Explanation("pattern", ("some-slices",), says)
    if 3 * count <= fit.size:
        says = f"{count} of {fit.size} entries are wrong, the others are right"
        return Explanation("pattern", ("some-entries",), says)
    return None
