r"""What a check has found, as data: findings, verdict, tags, hints."""

from __future__ import annotations

from dataclasses import dataclass, field

from gan_numpy.gradcheck.diagnosis.diagnose import Evidence

# The first stage of a hint: how to think about this kind of mistake.
CATEGORY_HINTS = {
    "shape": "Write the shape of every array beside the equation: a gradient has the"
    " shape of what it is the gradient of, and a broadcast forward is a sum backward.",
    "non-finite": "Look for a division by zero, the log of 0 or an exp that overflows;"
    " rewrite the expression so that its argument stays bounded.",
    "precision": "Nearly right is another number: look for float32, for an epsilon, or"
    " for a derivative taken numerically.",
    "scale": "Every entry is off by the same constant. The chain rule has no constants"
    " of"
    " its own: look at the loss, the mean over the batch, and signs.",
    "transpose": "The values are right, their places are not. Check with shapes that"
    " differ, and follow one entry by its indices.",
    "factor": "One local derivative is missing or applied twice. Write the function as"
    " a"
    " chain of elementary steps, one factor for each.",
    "term": "The gradient is a sum over all paths from the variable to the loss. Draw"
    " the"
    " graph and count the arrows that leave the variable.",
    "known mistake": "The formula is the right one of a different function. Compare"
    " your"
    " forward and backward line by line.",
    "mask": "A gradient flows only where the value flowed: the backward uses the mask"
    " of"
    " the forward, and nothing else decides it.",
    "pattern": "Only some entries are wrong, or all in the same manner: find out what"
    " is"
    " special about them.",
    "behavior": "The backward is a linear function of dy and of nothing else that"
    " changes:"
    " no state, no randomness, no writing to its arguments.",
    "error": "Run the function by itself on a small example and print the shapes.",
    "not recognized": "Compare the worst entry by hand: its equation, its numbers. Try"
    " a"
    " batch of one and one input, where everything is a scalar.",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    verdict : str
        The category: "shape", "scale", "term", "behavior", "error", ...
    tags : tuple of str
        The names of the mistakes: ("mean-missing",).
    names : tuple of str
        What is wrong: ("dW", "db"); empty if it is the function as a whole.
    says : str
        A phrase for the student.
    evidence : Evidence or None
    """

    verdict: str
    tags: tuple[str, ...]
    names: tuple[str, ...]
    says: str
    evidence: Evidence | None = None


@dataclass
class Findings:
    """The outcome of one check; ``bool(result)`` is whether it passed.

    Attributes
    ----------
    title : str
    findings : list of Finding
        What is wrong, the most telling first.
    right : list of str
        The arrays that are right.
    notes : list of str
        Remarks that are no mistakes: inputs cast, kinks skipped, output printed.
    attempted : bool
        False for a stub that raises NotImplementedError.
    formula_hints : tuple of str
        The second and later stages: which term, then the formula.
    """

    title: str
    findings: list[Finding] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    attempted: bool = True
    formula_hints: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Nothing is wrong, and there was something to check."""
        return self.attempted and not self.findings

    def __bool__(self) -> bool:
        return self.passed

    @property
    def verdict(self) -> str:
        """ "right", "not attempted", or the category of the first finding."""
        if not self.attempted:
            return "not attempted"
        return self.findings[0].verdict if self.findings else "right"

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags, the most telling first, each once."""
        tags = [tag for f in self.findings for tag in f.tags]
        return tuple(dict.fromkeys(tags))

    @property
    def evidence(self) -> Evidence | None:
        """That of the first finding."""
        return self.findings[0].evidence if self.findings else None

    def hints(self, stages: int = 3) -> list[str]:
        """The first few hints: category, which term, the formula."""
        if self.passed:
            return []
        first = CATEGORY_HINTS.get(self.verdict, "Start from the equation.")
        return [first, *self.formula_hints][: max(stages, 0)]


def merge(findings: list[Finding]) -> list[Finding]:
    """Findings that say the same of several arrays become one."""
    merged: dict[tuple[str, tuple[str, ...], str], Finding] = {}
    for f in findings:
        key = (f.verdict, f.tags, f.says)
        if key in merged:
            old = merged[key]
            merged[key] = Finding(
                f.verdict, f.tags, old.names + f.names, f.says, old.evidence
            )
        else:
            merged[key] = f
    return list(merged.values())
