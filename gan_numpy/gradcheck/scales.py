r"""Which constant is it? Reading a factor between two gradients as a mistake.

A relative error of 1/3 is :math:`|c-1|/(|c|+1)` for a factor c of 2 or ½; the factor
itself says more. Constants are read in order of simplicity, and a constant with two
readings (N = 4 and four inputs) is reported with both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .candidates import Candidates, Constant, slug


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


def _sizes(sizes: dict[str, int]) -> list[tuple[float, Reading]]:
    """N and the other sizes as factors: a mean that is missing, twice, or misplaced."""
    table: list[tuple[float, Reading]] = []
    items = [(k, v) for k, v in sizes.items() if v > 1]
    if not items:
        return table
    (batch, n), rest = items[0], items[1:]
    missing = Reading(("mean-missing",), f"{n} is {batch}: the mean, 1/{n}, is missing")
    twice = Reading(
        ("mean-twice",),
        f"{n} is {batch}: divided by it once too often"
        " (the mean applied twice, or a mean for a sum)",
    )
    table += [(n, missing), (1 / n, twice)]
    ddof = "N - 1 for N in a mean or a variance (ddof)"
    for c in (n / (n - 1), (n - 1) / n):
        table += [(c, Reading(("ddof",), ddof))]
        table += [(math.sqrt(c), Reading(("ddof",), ddof))]
    for name, d in rest:
        over = f"divided by {d} ({name}) where {n} ({batch}) is meant"
        both = f"{n * d} = {n} \u00d7 {d}, {batch} times {name}"
        table += [
            (
                d,
                Reading(
                    ("size-extra",),
                    f"{d} is {name}: multiplied by it, or a mean missing",
                ),
            ),
            (
                1 / d,
                Reading(
                    ("size-mean",),
                    f"divided by {d}, {name}: a mean over the wrong axis",
                ),
            ),
            (n / d, Reading(("mean-wrong-axis",), over)),
            (
                n * d,
                Reading(("mean-missing",), f"{both}: the mean over all is missing"),
            ),
            (1 / (n * d), Reading(("mean-twice",), f"divided by {both}")),
        ]
    return table


def _simple(
    sizes: dict[str, int], candidates: Candidates
) -> list[tuple[float, Reading]]:
    table = [(-1.0, SIGN), (2.0, TWICE), (0.5, HALF)]
    for c in candidates.constants:
        if c.value not in (0.0, 1.0, -1.0) and math.isfinite(c.value):
            table += [(1 / c.value, _constant(c, True)), (c.value, _constant(c, False))]
    named = [c.value for c in candidates.constants]
    table += _sizes({k: v for k, v in sizes.items() if v not in named})
    for base in (2, 10):
        says = f"a logarithm to base {base} for a natural one"
        table += [(math.log(base), Reading(("log-base",), says))]
        table += [(1 / math.log(base), Reading(("log-base",), says))]
    return table


def _compound(table: list[tuple[float, Reading]]) -> list[tuple[float, Reading]]:
    """Two at once: a sign, a 2 or a half with anything, and any two named constants."""
    pairs = []
    for i, (c, r) in enumerate(table):
        for d, s in table[i + 1 :]:
            plain = {"sign", "factor-2", "factor-half"}
            odd = {"size-extra", "size-mean", "log-base", "ddof", "mean-wrong-axis"}
            if set(r.tags + s.tags) & odd and "sign" not in r.tags:
                continue  # 3/2 is no "three columns and a half"
            if r.tags[0] in plain or s.tags[0] not in plain:
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
        Its constants are tried before the sizes.
    rtol : float
        How exactly c is known; nothing is read from a constant known worse than 1e-3.
    """
    if rtol > 1e-3:
        return None
    simple = _simple(sizes, candidates)
    for table in (simple, _compound(simple)):
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
