r"""A summand of the gradient: forgotten, doubled, of the wrong sign, or not its own.

If the true gradient is a sum :math:`n = T_1 + \dots + T_m`, the student's difference
:math:`a - n` is a multiple of the term that went wrong: :math:`-T` if it is missing,
:math:`-2T` if its sign is, :math:`+T` if it is there twice.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Term, slug
from gan_numpy.gradcheck.diagnosis.explanation import (
    UNRECOGNIZED,
    Explanation,
    explain_constant,
    matches,
    simplest,
)
from gan_numpy.gradcheck.diagnosis.fit import Fit


def term_explanation(t: Term, weight: float, rtol: float) -> Explanation | None:
    """What it means that the term has this weight (1 would be right)."""
    stem = slug(t.name)
    if t.free:
        tag = t.missing or f"{stem}-missing"
        return Explanation("term", (tag,), f"the term {t.name} is wrong or missing")
    known = {
        0: (t.missing or f"{stem}-missing", "is missing"),
        -1: (t.sign or f"{stem}-sign", "has the wrong sign"),
        2: (t.twice or f"{stem}-twice", "is there twice (or one that does not belong)"),
    }
    for value, (tag, says) in known.items():
        if abs(weight - value) <= 10 * rtol:
            return Explanation("term", (tag,), f"the term {t.name} {says}")
    says = f"the term {t.name} has weight {weight:.6g} where 1 is right"
    return Explanation("term", (f"{stem}-weight",), says)


def _usable(fit: Fit) -> list[tuple[Term, np.ndarray]]:
    """The terms that are more than rounding, and are not the whole gradient."""
    found, length = [], float(np.linalg.norm(fit.n))
    for t in fit.cmp.candidates.terms:
        value = fit.pick(t.value)
        if value is None or np.abs(value).max(initial=0) <= 100 * fit.noise:
            continue
        whole = abs(value @ fit.n) > (1 - 1e-12) * np.linalg.norm(value) * length
        if not whole or t.free:
            found.append((t, value))
    return found


def _parallel(value: np.ndarray, others: list[tuple[Term, np.ndarray]]) -> bool:
    """Another term has this direction too: a weight could be that of either."""
    length = np.linalg.norm(value)
    return any(
        other is not value
        and abs(value @ other) > (1 - 1e-9) * length * np.linalg.norm(other)
        for _, other in others
    )


def _is_plain(weight: float) -> bool:
    """The term is missing, has the wrong sign, or is there twice."""
    return min(abs(weight - k) for k in (0, -1, 2)) < 1e-5


def term_stage(fit: Fit, odd: bool) -> Explanation | None:
    """One term is wrong, the rest is right: student = true + c * term.

    Its weight is 0, -1 or 2; other weights only if ``odd``, and if no other term could
    be meant.
    """
    difference = fit.a - fit.n
    usable = _usable(fit)
    for t, value in usable:
        weight = float(difference @ value) / float(value @ value)
        s = fit.n + weight * value
        seen = np.abs(weight * value).max() > 1e-3 * np.abs(difference).max()
        # the difference itself must be the term, to many digits
        close = np.abs(difference - weight * value).max() <= (
            1e-5 * np.abs(difference).max() + 2 * fit.noise
        )
        if seen and close and fit.equals(s, free=1):
            plain = _is_plain(1 + weight) and not t.free
            if plain or (odd and (t.free or not _parallel(value, usable))):
                return term_explanation(t, 1 + weight, fit.tolerance())
    return None


def terms_stage(fit: Fit) -> Explanation | None:
    """A constant besides a wrong term, or two wrong terms: the fewest names win."""
    found = list(_pairs_of_mistakes(fit))
    return simplest(found)


def _pairs_of_mistakes(fit: Fit) -> Iterator[Explanation]:
    usable = _usable(fit)
    for t, value in usable:
        c = fit.combination([fit.n, value])
        if c is None or abs(c[0]) < 1e-3:
            continue
        weight = float(1 + c[1] / c[0])
        if not _is_plain(weight) and _parallel(value, usable):
            continue
        found = term_explanation(t, weight, fit.tolerance())
        extra = explain_constant(float(c[0]), fit.cmp, fit.tolerance())
        if extra is not None and (
            extra.tags[0] == UNRECOGNIZED or not _is_plain(weight)
        ):
            continue  # two numbers without a meaning explain anything
        if found is not None:
            yield found.and_also(extra)
    named = [(t, v) for t, v in usable if not t.free]
    for i, (t, value) in enumerate(named):
        for u, other in named[i + 1 :]:
            c = fit.combination([fit.n, value, other])
            if c is None or abs(c[0] - 1) > 1e-5:
                continue
            first = term_explanation(t, float(1 + c[1]), fit.tolerance())
            second = term_explanation(u, float(1 + c[2]), fit.tolerance())
            if first is not None:
                yield first.and_also(second)


def mistake_stage(fit: Fit, compound: bool) -> Explanation | None:
    """A well-known other derivation, (compound) with a recognized constant."""
    found = []
    for m in fit.cmp.candidates.mistakes:
        s = fit.pick(m.value)
        if s is None or fit.size < 2:
            continue
        matched, extra = matches(fit, s, compound)
        if matched and (extra is None or extra.tags[0] != UNRECOGNIZED):
            found.append(Explanation("known mistake", (m.tag,), m.says).and_also(extra))
    return simplest(found)
