r"""What kind of mistake is it? The order in which the questions are asked.

shape, non-finite, precision, scale, transpose, factor, term, known mistake, pattern,
and at last "not recognized". A first pass looks for one mistake, a second one for a
mistake together with a constant or another mistake. A name is given only if nothing is
left unexplained to six digits: a wrong name would be worse than none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Comparison
from gan_numpy.gradcheck.diagnosis.explanation import (
    UNRECOGNIZED,
    Explanation,
    simplest,
)
from gan_numpy.gradcheck.diagnosis.fit import Fit
from gan_numpy.gradcheck.diagnosis.stage_factor import (
    broadcast_stage,
    factor_stage,
    two_factors_stage,
)
from gan_numpy.gradcheck.diagnosis.stage_mask import mask_stage, slope_stage
from gan_numpy.gradcheck.diagnosis.stage_pattern import offset_stage, where_stage
from gan_numpy.gradcheck.diagnosis.stage_product import product_stage
from gan_numpy.gradcheck.diagnosis.stage_projection import (
    projection_stage,
    softmax_stage,
)
from gan_numpy.gradcheck.diagnosis.stage_shape import (
    finite_stage,
    precision_stage,
    scale_stage,
    shape_stage,
)
from gan_numpy.gradcheck.diagnosis.stage_structure import (
    elsewhere_stage,
    structure_stage,
)
from gan_numpy.gradcheck.diagnosis.stage_term import (
    mistake_stage,
    term_stage,
    terms_stage,
)

NOT_RECOGNIZED = Explanation("not recognized", ("not-recognized",), "not recognized")


@dataclass(frozen=True)
class Evidence:
    """The numbers behind a verdict, for the student to look up.

    Attributes
    ----------
    index : tuple of int
        The worst entry; ``got`` and ``want`` are its two values.
    ratio : float
        Norm of the student's array over that of the true one.
    cosine : float
        Of the angle between the two.
    wrong, size, skipped : int
        How many entries differ, of how many compared; how many were skipped (kinks).
    """

    index: tuple[int, ...]
    got: float
    want: float
    ratio: float
    cosine: float
    wrong: int
    size: int
    skipped: int


def evidence(cmp: Comparison) -> Evidence | None:
    """Worst entry, ratio of norms and cosine; None if the shapes differ."""
    if cmp.got.shape != cmp.want.shape or not cmp.known.any():
        return None
    got = np.asarray(cmp.got, dtype=np.float64)
    if not np.all(np.isfinite(got)):
        return None
    fit = Fit(cmp)
    gap = np.where(cmp.known, np.abs(got - cmp.want), -1.0)
    index = tuple(int(i) for i in np.unravel_index(int(gap.argmax()), gap.shape))
    na, nn = float(np.linalg.norm(fit.a)), float(np.linalg.norm(fit.n))
    return Evidence(
        index,
        float(got[index]),
        float(cmp.want[index]),
        na / nn if nn > 0 else np.inf,
        float(fit.a @ fit.n) / (na * nn) if na * nn > 0 else 0.0,
        int(fit.wrong().sum()),
        fit.size,
        int((~cmp.known).sum()),
    )


def _first(questions: list[Callable[[], Explanation | None]]) -> Explanation | None:
    for ask in questions:
        found = ask()
        if found is not None:
            return found
    return None


def _simplest(questions: list[Callable[[], Explanation | None]]) -> Explanation | None:
    """Of all answers the one with the fewest names."""
    return simplest([e for e in (ask() for ask in questions) if e is not None])


def _same_shape(cmp: Comparison, named: int) -> Explanation:
    """The verdicts for a finite array of the right shape."""
    fit = Fit(cmp)
    single: list[Callable[[], Explanation | None]] = [
        lambda: precision_stage(fit),
        lambda: scale_stage(fit, compound=False),
        lambda: structure_stage(cmp, compound=False),
        lambda: factor_stage(fit, compound=False),
        lambda: term_stage(fit, odd=False),
        lambda: mistake_stage(fit, compound=False),
        lambda: projection_stage(cmp, compound=False),
        lambda: softmax_stage(cmp),
        lambda: mask_stage(fit),
        lambda: product_stage(cmp),
    ]
    double: list[Callable[[], Explanation | None]] = [
        lambda: scale_stage(fit, compound=True),
        lambda: structure_stage(cmp, compound=True),
        lambda: factor_stage(fit, compound=True),
        lambda: mistake_stage(fit, compound=True),
        lambda: two_factors_stage(fit, named),
        lambda: term_stage(fit, odd=True),
        lambda: slope_stage(fit),
        lambda: projection_stage(cmp, compound=True),
        lambda: terms_stage(fit),
    ]
    patterns: list[Callable[[], Explanation | None]] = [
        lambda: offset_stage(fit),
        lambda: broadcast_stage(fit),
        lambda: elsewhere_stage(fit),
        lambda: where_stage(cmp, fit),
    ]
    with np.errstate(all="ignore"):
        found = _first(single) or _simplest(double) or _first(patterns)
    return found or NOT_RECOGNIZED


def diagnose(cmp: Comparison, named: int = 0) -> Explanation | None:
    """The verdict on one array; None if it is right.

    Parameters
    ----------
    cmp : Comparison
    named : int
        How many of its candidate factors are the exercise's own (they come first);
        only those are tried two at a time.
    """
    found = shape_stage(cmp) or finite_stage(cmp)
    if found is not None:
        return found
    if not cmp.known.any() or Fit(cmp).passes():
        return None
    return _same_shape(cmp, named)


__all__ = ["Evidence", "NOT_RECOGNIZED", "UNRECOGNIZED", "diagnose", "evidence"]
