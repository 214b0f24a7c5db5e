r"""One verdict of the three witnesses: the numbers, the lines, the repair.

The signatures of the numbers speak first. A repair that is confirmed says where, and
gives a name to what they did not recognize; where the two contradict each other, the
repair is believed, for it has been tried.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gan_numpy.gradcheck.findings import Finding, Place, Repair
from gan_numpy.gradcheck.repair.kinds import KINDS
from gan_numpy.gradcheck.repair.found import Fix, Found
from gan_numpy.gradcheck.repair.source import returning
from gan_numpy.gradcheck.result import CheckResult

# What says that something is wrong, but not what.
WEAK = {
    "not-recognized",
    "one-entry",
    "some-entries",
    "some-slices",
    "same-values-elsewhere",
    "per-sample-factor",
    "per-axis-factor",
    "offset",
    "factor-ambiguous",
    "factor-unrecognized",
    "not-linear-in-dy",
    "statistics-paths",
    "mean-path",  # missing or wrong: the repair says which
    "variance-path",
    "norm-path",
    "norm-paths",
}
# What is seen of a mistake, and not the mistake.
SYMPTOMS = {
    "shape",
    "shape-only",
    "all-zero",
    "another-mask",
    "exception",
    "count",
    "type",
    "precision",
    "nan",
    "inf",
    "mask-from-dy",
    "term-without-dy",
    "changes-between-calls",
    "size-mean",  # a number that happens to be a size
    "size-extra",
    "mean-wrong-axis",
    "root-of-n",
}
RETURNED = {"count", "none", "type"}  # errors of the line that returns
ORDER_OF_ALL = "returned-in-another-order"
KEPT = {"factor-unrecognized"}  # an exercise knows all constants that have a meaning
MOST_PLACES = 3
SLACK = 2  # by how much an edit that makes an adjoint may be longer than another
ORDER = {tag: k for k, tag in enumerate(KINDS)}


def repair_of(fixes: list[Fix]) -> Repair | None:
    """What the equally small edits have in common; None if they have nothing."""
    if not fixes:
        return None
    fixes = most_plausible(fixes)
    lines = list(dict.fromkeys((f.filename, f.line) for f in fixes))
    if len(lines) > MOST_PLACES:
        return None
    best = min(fixes, key=lambda f: ORDER[f.kind])
    if len(lines) > 1 and len({f.kind for f in fixes}) > 1:
        at = {
            line: {f.kind for f in fixes if (f.filename, f.line) == line}
            for line in lines
        }
        shared = set.intersection(*at.values())
        if not shared:
            return None
        best = min((f for f in fixes if f.kind in shared), key=lambda f: ORDER[f.kind])
        fixes = [f for f in fixes if f.kind == best.kind]
    places = tuple(dict.fromkeys(Place(f.filename, f.line, f.source) for f in fixes))
    kind = KINDS[best.kind]
    return Repair(
        best.kind, kind.verdict, kind.says, places, best.depends(), best.change()
    )


def most_plausible(fixes: list[Fix]) -> list[Fix]:
    """Not where all was right, if there is another line where something is made; what
    a value beside it has; where it becomes right first; the smallest of these."""
    if any(not f.was_right and not f.use for f in fixes):
        fixes = [f for f in fixes if not f.was_right]
    alike = [f for f in fixes if f.is_alike()]
    if alike:
        return alike
    small = min(f.growth for f in fixes)
    most = small + SLACK if small else 0
    good = [f for f in fixes if f.is_right and not f.use and f.growth <= most]
    if good:
        first = min(f.line for f in good)
        fixes = [f for f in good if f.line == first]
    least = min((f.use, f.growth) for f in fixes)
    return [f for f in fixes if (f.use, f.growth) == least]


def place_errors(result: CheckResult, function: Callable[..., Any]) -> None:
    """What is wrong with what is returned is on the line that returns."""
    wrong = [f for f in result.findings if set(f.tags) & RETURNED and not f.places]
    if wrong:
        places = tuple(Place(*spot) for spot in returning(function))
        result.findings = [
            replace(f, places=places) if f in wrong else f for f in result.findings
        ]


def combine(result: CheckResult, found: Found, trusted: bool) -> None:
    """Write what was found into the findings.

    Parameters
    ----------
    found : Found
        By the search for repairs.
    trusted : bool
        The names of the numbers are an exercise's own: they stay where they exist.
    """
    places = () if found.place is None else (Place(*found.place),)
    with_repair(result, repair_of(found.fixes), places, found.so_far(), trusted)


def _is_open(finding: Finding, unnamed: set[str]) -> bool:
    """It leaves open what is wrong: a term that is missing, or is another multiple."""
    return any(t in unnamed or t.startswith("multiple-of-") for t in finding.tags)


def with_repair(
    result: CheckResult,
    repair: Repair | None,
    places: tuple[Place, ...],
    so_far: str,
    trusted: bool,
) -> None:
    """The findings with a repair; without one, at the ``places`` that are known."""
    result.repair, result.so_far = repair, so_far
    if repair is None:
        if places:
            result.findings = [replace(f, places=places) for f in result.findings]
        return
    if not result.findings:
        return
    names = tuple(dict.fromkeys(n for f in result.findings for n in f.names))
    first = result.findings[0]
    if repair.tag == ORDER_OF_ALL and len(names) > 1:
        # Each array is right, and is another one's: that is all there is to say.
        result.findings = [
            Finding(
                repair.verdict,
                (repair.tag,),
                names,
                repair.says,
                first.evidence,
                repair.places,
            )
        ]
        return
    nothing = all(f.tags == ("all-zero",) for f in result.findings)
    if nothing and not result.right and repair.tag == "term-missing":
        # No path is there, so none is *the* missing one.
        result.findings = [replace(f, places=repair.places) for f in result.findings]
        return
    unnamed = WEAK - KEPT if trusted else WEAK | SYMPTOMS
    named = [f for f in result.findings if not _is_open(f, unnamed)]
    several = len({f.tags for f in named}) > 1
    if len(named) == len(result.findings) and (trusted or not several):
        result.findings = [replace(f, places=repair.places) for f in result.findings]
        return
    if trusted and any(not set(f.tags) & WEAK for f in result.findings):
        result.findings = [
            replace(f, places=repair.places)
            for f in result.findings
            if not set(f.tags) & WEAK
        ]
        return
    says = repair.says
    if set(first.tags) & SYMPTOMS or first.verdict == "error":
        says = f"{says}: {first.says}"
    result.findings = [
        Finding(
            repair.verdict, (repair.tag,), names, says, first.evidence, repair.places
        )
    ]
