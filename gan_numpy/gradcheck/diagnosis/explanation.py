r"""An explanation of a wrong array, and the constant that may come with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Comparison
from gan_numpy.gradcheck.diagnosis.fit import Fit
from gan_numpy.gradcheck.diagnosis.scales import read_constant

UNRECOGNIZED = "factor-unrecognized"


@dataclass(frozen=True)
class Explanation:
    """A verdict (a category), tags (the names of the mistakes) and a phrase."""

    verdict: str
    tags: tuple[str, ...]
    says: str

    def and_also(self, extra: Explanation | None) -> Explanation:
        """This mistake together with another one."""
        if extra is None:
            return self
        return Explanation(
            self.verdict, self.tags + extra.tags, f"{self.says}; besides, {extra.says}"
        )


def number(c: float) -> str:
    """A constant as a person writes it: 7, 0.142857 (1/7)."""
    text = f"{c:.6g}"
    inverse = 1 / c if c else 0.0
    if 0 < abs(c) < 0.9 and abs(inverse - round(inverse)) < 1e-6 and abs(inverse) < 1e4:
        text += f" (1/{round(inverse)})" if c > 0 else f" (-1/{-round(inverse)})"
    return text


def explain_constant(c: float, cmp: Comparison, rtol: float) -> Explanation | None:
    """What student = c * true means; None if c is 1."""
    if abs(c - 1) <= rtol:
        return None
    reading = read_constant(c, cmp.sizes, cmp.candidates, rtol)
    if reading is None:
        says = f"a constant factor {number(c)}, not recognized"
        return Explanation("scale", (UNRECOGNIZED,), says)
    return Explanation("scale", reading.tags, f"a factor {number(c)}: {reading.says}")


def simplest(found: list[Explanation]) -> Explanation | None:
    """Of all explanations the one with the fewest names; the first of equals."""
    weights = [len(e.tags) + (UNRECOGNIZED in e.tags) for e in found]
    return found[weights.index(min(weights))] if found else None


def matches(
    fit: Fit, s: np.ndarray | None, compound: bool
) -> tuple[bool, Explanation | None]:
    """Whether the student's array is s, or (compound) s times a constant.

    Returns
    -------
    matched : bool
    extra : Explanation or None
        The meaning of the constant, None if it is 1.
    """
    if s is None:
        return False, None
    if fit.equals(s):
        return True, None
    if not compound:
        return False, None
    c = fit.multiple(s)
    if c is None:
        return False, None
    extra = explain_constant(c, fit.cmp, fit.tolerance())
    far_fetched = extra is not None and len(set(extra.tags) - {"sign"}) > 1
    return not far_fetched, extra
