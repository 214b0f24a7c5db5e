"""The verdict: what is certain, and in what order; or that nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gan_numpy.doctor.findings import KINDS, Finding
from gan_numpy.doctor.trace import Trace

EARLY = 64  # steps before which nothing found means nothing
FIGURES = "for want of figures"
CLASSIFIER = f"{FIGURES} (D is a classifier, taught by labels; G matches its features)"
UNKNOWN, TOO_EARLY, HEALTHY = "unknown", "too early to say", "healthy so far"


@dataclass(frozen=True)
class Verdict:
    """What the doctor says of a training.

    Attributes
    ----------
    step : int
        The last examination.
    findings : tuple of Finding
        What is certain, causes first; what follows from another one is left out.
    unknown : tuple of str
        Findings that could not be looked for: what they need was not there.
    recipe : str
        For the commands that a finding suggests.
    why : str
        Why that could not be looked for.
    """

    step: int
    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]
    recipe: str = "RECIPE"
    why: str = FIGURES

    @property
    def word(self) -> str:
        """The name of the first finding, or one of the three other answers."""
        if self.findings:
            return self.findings[0].name
        if self.step == 0 or len(self.unknown) > len(KINDS) / 2:
            return UNKNOWN
        return TOO_EARLY if self.step < EARLY else HEALTHY

    def line(self) -> str:
        """The verdict in one line."""
        if not self.findings:
            return f"doctor, step {self.step:,}: {self.word}"
        first = self.findings[0]
        return (
            f"doctor, step {self.step:,}: {first.kind.title} (since step "
            f"{first.evidence.since:,}: {first.evidence.text})"
        )

    def next(self, finding: Finding) -> str:
        """What to try, as a command for this recipe if it is one."""
        return finding.kind.next.replace("RECIPE", self.recipe)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows."""
        printer.text(str(self))

    def as_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "verdict": self.word,
            "step": self.step,
            "findings": [
                {
                    "name": f.name,
                    "title": f.kind.title,
                    "since": f.evidence.since,
                    "evidence": f.evidence.text,
                    "means": f.kind.means,
                    "literature": f.kind.literature,
                    "source": f.kind.source,
                    "next": self.next(f),
                }
                for f in self.findings
            ],
            "unknown": list(self.unknown),
            "why_unknown": self.why if self.unknown else "",
        }

    def __str__(self) -> str:
        parts = [self.line() if not self.findings else f"after {self.step:,} steps:"]
        for found in self.findings:
            parts += [
                f"{found.kind.title} [{found.name}]",
                f"  seen since step {found.evidence.since:,}: {found.evidence.text}",
                f"  means: {found.kind.means}",
                f"  literature: {found.kind.literature} ({found.kind.source})",
                f"  next: {self.next(found)}",
            ]
        if self.unknown:
            names = ", ".join(self.unknown)
            parts.append(f"not looked for, {self.why}: {names}")
        return "\n".join(parts)


def judge(trace: Trace) -> Verdict:
    """The verdict on a trace, up to its last examination."""
    found = {}
    for kind in KINDS:
        evidence = kind.judge(trace)
        if evidence is not None:
            found[kind.name] = Finding(kind, evidence, trace.step)
    certain = tuple(f for f in found.values() if not _follows(f, found))
    if found and not certain:  # they explain each other in a circle
        certain = tuple(found.values())[:1]
    seen = {name for row in trace for name in row}
    unknown = tuple(k.name for k in KINDS if k.name not in found and _lacks(k, seen))
    recipe = str(trace.settings.get("recipe", "RECIPE"))
    matching = trace.settings.get("objective") == "feature_matching"
    why = CLASSIFIER if matching else FIGURES
    return Verdict(trace.step, certain, unknown, recipe, why)


def _follows(finding: Finding, found: dict[str, Finding]) -> bool:
    """Whether another one explains it; of two that explain each other the earlier."""
    order = list(found)
    for name, other in found.items():
        if finding.name in other.kind.explains:
            back = name in finding.kind.explains
            if not back or order.index(name) < order.index(finding.name):
                return True
    return False


def _lacks(kind: Any, seen: set[str]) -> bool:
    return not all(seen & set(needed.split("|")) for needed in kind.figures)


def first_certain(trace: Trace) -> Verdict | None:
    """The verdict at the first examination at which something was certain."""
    for row in trace:
        verdict = judge(trace.until(int(row["step"])))
        if verdict.findings:
            return verdict
    return None
