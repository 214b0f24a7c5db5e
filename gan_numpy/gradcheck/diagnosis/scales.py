r"""Which constant is it? Reading a factor between two gradients as a mistake.

A relative error of 1/3 is :math:`|c-1|/(|c|+1)` for a factor c of 2 or ½; the factor
itself says more. Constants are read in order of simplicity, and a constant with two
readings (N = 4 and four inputs) is reported with both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Constant, slug


@dataclass(frozen=True)
class Reading:
    """What a constant means: its tags, and a phrase."""

    tags: tuple[str, ...]
    says: str


SIGN = Reading(("sign",), "its sign is wrong (ascent for descent?)")
TWICE = Reading(
    ("factor-2",), "the \u00bd of the loss is missing, or a factor is doubled"
)
HALF = Reading(
    ("factor-half",),
    "the 2 of a derivative of a square is missing, or a \u00bd is extra",
)
AMBIGUOUS = "factor-ambiguous"


def _constant(c: Constant, missing: bool) -> Reading:
    stem = slug(c.name)
    if missing:
        says = c.says_missing or f"the factor {c.name} = {c.value:g} is missing"
        return Reading((c.missing or f"{stem}-missing",), says)
    says = c.says_extra or f"the factor {c.name} = {c.value:g} is there once too often"
    return Reading((c.extra or f"{stem}-extra",), says)


def _inverted(c: Constant) -> Reading:
    says = f"{c.name} divides where it multiplies, or the other way round"
    stem = c.missing.removesuffix("-missing") or slug(c.name)
    return Reading((f"{stem}-inverted",), says)


def _means(sizes: dict[str, int]) -> list[tuple[float, Reading]]:
    """N and the other sizes as factors: a mean that is missing, twice, or misplaced."""
    if not sizes:
        return []
    (batch, n), rest = next(iter(sizes.items())), list(sizes.items())[1:]
    says = f"{n} is {batch}: the mean, 1/{n}, is missing"
    missing = Reading(("mean-missing",), says)
    says = f"{n} is {batch}: divided by it once too often"
    says += " (the mean applied twice, or a mean for a sum)"
    table = [(float(n), missing), (1 / n, Reading(("mean-twice",), says))]
    for name, d in rest:
        says = f"{d} is {name}: multiplied by it, or a mean missing"
        table.append((d, Reading(("size-extra",), says)))
        says = f"divided by {d}, {name}: a mean over the wrong axis"
        table.append((1 / d, Reading(("size-mean",), says)))
    return table


def _odd_means(sizes: dict[str, int]) -> list[tuple[float, Reading]]:
    """Less likely: N - 1 for N, a root, a mean over all entries or of another axis."""
    if not sizes:
        return []
    (batch, n), rest = next(iter(sizes.items())), list(sizes.items())[1:]
    ddof = Reading(("ddof",), "N - 1 for N in a mean or a variance (ddof)")
    root = Reading(("root-of-n",), f"the root of {n} ({batch}) divides or multiplies")
    table = [(n / (n - 1), ddof), ((n - 1) / n, ddof)]
    table += [(math.sqrt(c), ddof) for c, _ in table]
    table += [(1 / (n - 1), Reading(("ddof",), f"divided by N - 1 = {n - 1}"))]
    table += [(math.sqrt(n), root), (1 / math.sqrt(n), root)]
    for name, d in rest:
        over = f"divided by {d} ({name}) where {n} ({batch}) is meant"
        both = f"{n * d} = {n} \u00d7 {d}, {batch} times {name}"
        missing = Reading(("mean-missing",), f"{both}: the mean over all is missing")
        table += [
            (n / d, Reading(("mean-wrong-axis",), over)),
            (float(n * d), missing),
            (1 / (n * d), Reading(("mean-twice",), f"divided by {both}")),
        ]
    return table


def _odd(sizes: dict[str, int]) -> list[tuple[float, Reading]]:
    table = _odd_means(sizes)
    for base in (2, 10):
        says = f"a logarithm to base {base} for a natural one"
        table += [(math.log(base), Reading(("log-base",), says))]
        table += [(1 / math.log(base), Reading(("log-base",), says))]
    return table


def _simple(
    sizes: dict[str, int], candidates: Candidates
) -> list[tuple[float, Reading]]:
    table = [(-1.0, SIGN), (2.0, TWICE), (0.5, HALF)]
    for c in candidates.constants:
        if c.value not in (0.0, 1.0, -1.0) and math.isfinite(c.value):
            table += [(1 / c.value, _constant(c, True)), (c.value, _constant(c, False))]
            table += [(c.value**-2, _inverted(c))]
    return table + _means(sizes)


def _compound(
    simple: list[tuple[float, Reading]], odd: list[tuple[float, Reading]]
) -> list[tuple[float, Reading]]:
    """Two at once: any two of the simple ones, but a wrong axis only with a sign."""
    unlikely = {"size-extra", "size-mean"}  # 3/2 is no "three columns and a half"
    pairs = [
        (-c, Reading(SIGN.tags + r.tags, f"{SIGN.says}; {r.says}")) for c, r in odd
    ]
    for i, (c, r) in enumerate(simple):
        for d, s in simple[i + 1 :]:
            if r is SIGN or not set(r.tags + s.tags) & unlikely:
                pairs.append((c * d, Reading(r.tags + s.tags, f"{r.says}; {s.says}")))
    return pairs


def read_constant(
    c: float, sizes: dict[str, int], candidates: Candidates, rtol: float
) -> Reading | None:
    """The meaning of a constant factor, None if it has none that we know.

    Parameters
    ----------
    c : float
        student = c * true.
    sizes : dict
        Names of sizes, the batch size first.
    candidates : Candidates
        A size that is the value of one of its constants is left to that.
    rtol : float
        How exactly c is known; nothing is read from a constant known worse than 1e-3.
    """
    if rtol > 1e-3:
        return None
    named = [k.value for k in candidates.constants]
    sizes = {k: v for k, v in sizes.items() if v > 1 and v not in named}
    simple, odd = _simple(sizes, candidates), _odd(sizes)
    for table in (simple, odd, _compound(simple, odd)):
        found: list[Reading] = []
        for value, reading in table:
            if abs(c - value) <= rtol * abs(value) and all(
                reading.tags != r.tags for r in found
            ):
                found.append(reading)
        if len(found) == 1:
            return found[0]
        if found:
            says = " OR ".join(r.says for r in found)
            return Reading((AMBIGUOUS,), says + " (two sizes are equal here)")
    return None
