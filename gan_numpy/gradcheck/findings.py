r"""What a check has found, as data: findings, verdict, tags, hints."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace

from gan_numpy.gradcheck.calls import StudentError
from gan_numpy.gradcheck.diagnosis.diagnose import Evidence

STAGES = 3  # of the hints that `hints()` gives; a 4th tells the change

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
    "order": "Write down in which order the gradients are expected, and give every"
    " array the name of what it is the gradient of.",
    "operator": "Derive this step once more on paper, for single numbers: which"
    " operation, which sign, which operand first?",
    "array": "Write beside each line which arrays its formula has, and compare with"
    " those that stand there.",
    "function": "Compare each function that is called with the one in the equation.",
    "axis": "Write the shape of every array beside its line: which axes does the"
    " forward broadcast or sum over? The backward does the opposite.",
    "index": "Follow one entry by its indices through forward and backward: which"
    " output does it reach?",
    "constant": "Compare every number in the code with the equation.",
    "statement": "Go through the lines one by one, as the computer does, and write down"
    " what each name holds: is anything overwritten, left out, or done twice?",
    "not recognized": "Compare the worst entry by hand: its equation, its numbers. Try"
    " a"
    " batch of one and one input, where everything is a scalar.",
}


MADE = re.compile(r"^<(\w+) [0-9a-f]{12}>$")  # a function that is in no file


@dataclass(frozen=True)
class Place:
    """A line of the student's: "solution.py", 12, "dW = x.T @ dy"."""

    filename: str
    line: int
    text: str

    def __str__(self) -> str:
        name = MADE.sub(r"\1", os.path.basename(self.filename))
        return f"{name}, line {self.line}" + (f": {self.text}" if self.text else "")


@dataclass(frozen=True)
class Repair:
    """The smallest change that was found to make everything right.

    Attributes
    ----------
    tag, verdict, says : str
        What kind of mistake it is, its category, a phrase that does not give it away.
    places : tuple of Place
        Where; more than one if the change can equally well be made at each of them.
    depends : str
        What the line should depend on.
    change : str
        The change itself, for the last stage of the hints.
    parts : tuple of Repair
        Of several mistakes, the change for each.
    names : tuple of str
        What this one makes right, if it is one of several.
    """

    tag: str
    verdict: str
    says: str
    places: tuple[Place, ...]
    depends: str
    change: str
    parts: tuple[Repair, ...] = ()
    names: tuple[str, ...] = ()


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
    places : tuple of Place
        The lines to be changed, where they are known.
    """

    verdict: str
    tags: tuple[str, ...]
    names: tuple[str, ...]
    says: str
    evidence: Evidence | None = None
    places: tuple[Place, ...] = ()


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
        Later stages of the hints: which term, then the formula.
    repair : Repair or None
        The smallest change that makes everything right.
    so_far : str
        What is right up to the place of the mistake.
    most_hints : int
        How many stages of hints there may be.
    """

    title: str
    findings: list[Finding] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    attempted: bool = True
    formula_hints: tuple[str, ...] = ()
    repair: Repair | None = None
    so_far: str = ""
    most_hints: int = STAGES + 1

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

    def hints(self, stages: int = STAGES) -> list[str]:
        """The first few hints, the last of which gives the change away.

        The category; the line, and what it should depend on (an exercise says which
        term, and the formula); the change.
        """
        if self.passed:
            return []
        stages = min(stages, self.most_hints)
        first = CATEGORY_HINTS.get(self.verdict, "Start from the equation.")
        if self.repair is None:
            return [first, *self.formula_hints][: max(stages, 0)]
        each = self.repair.parts or (self.repair,)
        places = [" or ".join(str(place) for place in r.places) for r in each]
        where = " and ".join(dict.fromkeys(places))
        line = f"Look at {where}. {self.so_far}".strip()
        middle = list(self.formula_hints) or [line, self.repair.depends]
        return [first, *middle, self.repair.change][: max(stages, 0)]


def error_finding(error: StudentError) -> Finding:
    """What the checked code raised, with its line."""
    places = () if error.spot is None else (Place(*error.spot),)
    return Finding("error", (error.tag,), (), error.message, None, places)


def merge(findings: list[Finding]) -> list[Finding]:
    """Findings that say the same of several arrays become one."""
    merged: dict[tuple[object, ...], Finding] = {}
    for f in findings:
        key = (f.verdict, f.tags, f.says, f.places)
        old = merged.get(key)
        merged[key] = f if old is None else replace(old, names=old.names + f.names)
    return list(merged.values())
