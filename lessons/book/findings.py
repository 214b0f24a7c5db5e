"""The doctor's findings, from its own table, and its limits with their reasons."""

from __future__ import annotations

from gan_numpy.doctor.findings import KINDS
from gan_numpy.doctor.thresholds import LIMITS, healthy, limit

INTRODUCTION = """\
# The doctor's findings

What `gan-numpy doctor RUN` can say, [causes before what follows from
them](doctor.md). A finding that explains another is said in its place.
"""
LIMITS_TEXT = """\
## What is unusual

A limit of the healthy kind stands on the wrong side of everything that healthy runs of
the shipped recipes have shown, by a factor; the others follow from a definition.
`gan-numpy doctor --thresholds` prints the same table.

| limit | figure | at | healthy from | to | why |
|---|---|---|---|---|---|
"""


def findings_page() -> str:
    """All kinds, each under its name."""
    parts = [INTRODUCTION]
    for kind in KINDS:
        needs = ", ".join(f"`{figure}`" for figure in kind.figures).replace(
            "|", "` or `"
        )
        lines = [
            f"(finding-{kind.name})=",
            f"## {kind.name}",
            "",
            f"**{kind.title[0].upper()}{kind.title[1:]}.** {kind.means}",
            "",
            f"- What the literature does: {kind.literature} ({kind.source}).",
            f"- What must have been measured: {needs}.",
        ]
        if kind.explains:
            named = ", ".join(f"[`{n}`](#finding-{n})" for n in kind.explains)
            lines.append(f"- What follows from it: {named}.")
        lines += ["", "What to try:", "", "```sh", kind.next, "```", ""]
        parts.append("\n".join(lines))
    rows = []
    for name, found in LIMITS.items():
        seen = healthy().get(found.figure)
        low, high = (f"{seen[q]:.3g}" if seen else "" for q in ("min", "max"))
        cells = [f"`{name}`", f"`{found.figure}`", f"{limit(name):.3g}", low, high]
        rows.append(f"| {' | '.join(cells)} | {found.why} |")
    return "\n".join([*parts, LIMITS_TEXT + "\n".join(rows), ""])
