r"""A result as plain text (80 columns), as HTML for notebooks, as JSON."""

from __future__ import annotations

import html as escaping
import os
import textwrap
from typing import Any

from gan_numpy.gradcheck.diagnosis.diagnose import Evidence
from gan_numpy.gradcheck.findings import Finding, Findings

WIDTH = 80


def _wrap(text: str, indent: str = "  ", hang: str = "    ") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=hang
    ) or [""]


def numbers(name: str, e: Evidence) -> list[str]:
    """The evidence in two short lines."""
    at = f"{name}{list(e.index)}" if e.index else name
    lines = [
        f"worst entry {at}: yours {e.got:.6g}, true {e.want:.6g}",
        f"ratio of norms {e.ratio:.6g}, cosine {e.cosine:.6f};"
        f" {e.wrong} of {e.size} entries differ",
    ]
    if e.ratio == float("inf"):
        lines[1] = f"the true one is 0 everywhere; {e.wrong} of {e.size} entries differ"
    if e.skipped:
        lines[1] += f", {e.skipped} not compared"
    return lines


def _finding(f: Finding) -> list[str]:
    names = ", ".join(f.names)
    lines = []
    for k, paragraph in enumerate(f.says.split("\n")):
        start = f"{names}: " if names and k == 0 else ""
        lines += _wrap(
            start + paragraph, hang="    ", indent="  " if k == 0 else "    "
        )
    if f.evidence is not None:
        for line in numbers(f.names[0] if f.names else "value", f.evidence):
            lines += _wrap(line, "    ", "      ")
    for place in f.places:
        lines += _wrap(f"at {place}", "    ", "      ")
    return lines + _wrap(f"[{f.verdict}: {', '.join(f.tags)}]", "    ", "    ")


def text(result: Findings, hints: int = 0) -> str:
    """The whole result; every line is at most 80 characters."""
    lines = _wrap(f"{result.title}: {headline(result)}", "", "  ")
    for f in result.findings:
        lines += _finding(f)
    if result.right and result.findings:
        lines += _wrap(f"{', '.join(result.right)}: right")
    for note in result.notes:
        lines += _wrap(f"note: {note}")
    for k, hint in enumerate(result.hints(hints), 1):
        lines += _wrap(f"hint {k}: {hint}")
    return "\n".join(lines)


def headline(result: Findings) -> str:
    """One or two words."""
    if not result.attempted:
        return "not attempted"
    return "right" if result.passed else "WRONG"


def as_dict(result: Findings) -> dict[str, Any]:
    """Plain data, for ``--json``."""
    return {
        "title": result.title,
        "attempted": result.attempted,
        "passed": result.passed,
        "verdict": result.verdict,
        "tags": list(result.tags),
        "findings": [_finding_dict(f) for f in result.findings],
        "right": result.right,
        "notes": result.notes,
    }


def _number(v: float) -> float | str:
    return v if abs(v) < float("inf") else str(v)  # JSON has no infinity and no NaN


def _finding_dict(f: Finding) -> dict[str, Any]:
    e = f.evidence
    plain = None
    if e is not None:
        plain = {
            "index": list(e.index),
            "yours": _number(e.got),
            "true": _number(e.want),
            "ratio": _number(e.ratio),
            "cosine": _number(e.cosine),
            "wrong": e.wrong,
            "size": e.size,
            "skipped": e.skipped,
        }
    return {
        "verdict": f.verdict,
        "tags": list(f.tags),
        "names": list(f.names),
        "says": f.says,
        "evidence": plain,
        "places": [
            {"file": os.path.basename(p.filename), "line": p.line, "text": p.text}
            for p in f.places
        ],
    }


def html(result: Findings) -> str:
    """A small block for a notebook; everything of the student's is escaped."""
    color = {"right": "#1a7f37", "not attempted": "#6e7781"}.get(
        headline(result), "#b3261e"
    )
    title = escaping.escape(result.title)
    parts = [
        f'<div style="border-left:4px solid {color};padding:.3em .8em">'
        f'<b>{title}: <span style="color:{color}">{headline(result)}</span></b>'
    ]
    for f in result.findings:
        names = escaping.escape(", ".join(f.names))
        says = escaping.escape(f.says).replace("\n", "<br>")
        parts.append(f"<p><b>{names}</b> {says} <code>{', '.join(f.tags)}</code></p>")
        for place in f.places:
            parts.append(f"<p>at {escaping.escape(str(place))}</p>")
        if f.evidence is not None:
            lines = numbers(f.names[0] if f.names else "value", f.evidence)
            parts.append(f"<p>{escaping.escape('; '.join(lines))}</p>")
    for note in result.notes:
        parts.append(f"<p><i>{escaping.escape(note)}</i></p>")
    for k, hint in enumerate(result.hints(), 1):
        parts.append(
            f"<details><summary>hint {k}</summary>{escaping.escape(hint)}</details>"
        )
    return "\n".join(parts) + "</div>"
