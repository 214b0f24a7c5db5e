r"""One verdict of the three witnesses: the numbers, the lines, the repair.

The signatures of the numbers speak first. A repair that is confirmed says where, and
gives a name to what they did not recognize; where the two contradict each other, the
repair is believed, for it has been tried.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from gan_numpy.gradcheck.findings import Finding, Findings, Place, Repair, merge
from gan_numpy.gradcheck.repair.found import Found
from gan_numpy.gradcheck.repair.plausible import repair_of
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
    "shifted",
    "halves-swapped",
}
RETURNED = {"count", "none", "type"}  # errors of the line that returns
ORDER_OF_ALL = "returned-in-another-order"
KEPT = {"factor-unrecognized"}  # an exercise knows all constants that have a meaning


def place_errors(result: CheckResult, function: Callable[..., Any]) -> None:
    """What is wrong with what is returned is on the line that returns."""
    wrong = [f for f in result.findings if set(f.tags) & RETURNED and not f.places]
    if wrong:
        places = tuple(Place(*spot) for spot in returning(function))
        result.findings = [
            replace(f, places=places) if f in wrong else f for f in result.findings
        ]


def combine(
    result: CheckResult,
    found: Found,
    trusted: bool,
    alone: Sequence[Finding] = (),
) -> None:
    """Write what was found into the findings.

    Parameters
    ----------
    found : Found
        By the search for repairs.
    trusted : bool
        The names of the numbers are an exercise's own: they stay where they exist.
    alone : sequence of Finding, optional
        What is wrong with each array by itself.
    """
    steps = [(step.names, repair_of(step.fixes)) for step in found.steps]
    parts = [(names, repair) for names, repair in steps if repair is not None]
    if len(parts) > 1:
        result.findings = list(alone) or result.findings
        with_parts(result, parts, trusted)
        return
    places = () if found.place is None else (Place(*found.place),)
    with_repair(result, repair_of(found.fixes), places, found.so_far(), trusted)


def with_parts(
    result: CheckResult, parts: list[tuple[tuple[str, ...], Repair]], trusted: bool
) -> None:
    """Several mistakes: each array with the repair that makes it right."""
    written: list[Finding] = []
    for names, repair in parts:
        its = [_about(f, names) for f in result.findings if set(f.names) & set(names)]
        some = Findings(result.title, its, result.right)
        with_repair(some, repair, (), "", trusted)
        written += some.findings
    every = {name for names, _ in parts for name in names}
    rest = [f for f in result.findings if not set(f.names) & every]
    result.findings = merge([*written, *rest])
    result.repair = together([replace(r, names=names) for names, r in parts])


def _about(finding: Finding, names: tuple[str, ...]) -> Finding:
    """What it says of these; the numbers are those of its first array."""
    mine = tuple(name for name in finding.names if name in names)
    same = mine and mine[0] == finding.names[0]
    return replace(finding, names=mine, evidence=finding.evidence if same else None)


def together(repairs: list[Repair]) -> Repair:
    """One that says all of them, for the hints."""
    return replace(
        repairs[0],
        places=tuple(dict.fromkeys(p for r in repairs for p in r.places)),
        depends=" ".join(dict.fromkeys(r.depends for r in repairs)),
        change=" ".join(dict.fromkeys(r.change for r in repairs)),
        parts=tuple(repairs),
    )


def _is_open(finding: Finding, unnamed: set[str]) -> bool:
    """It leaves open what is wrong: a term that is missing, or is another multiple."""
    return any(t in unnamed or t.startswith("multiple-of-") for t in finding.tags)


def with_repair(
    result: Findings,
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
