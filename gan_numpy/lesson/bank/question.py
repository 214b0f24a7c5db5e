r"""What a question is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = ("predict", "gap", "debug")


@dataclass(frozen=True)
class Question:
    """Something to answer with a number, a choice or a formula.

    Attributes
    ----------
    name : str
        The lesson's number, a hyphen, a word: "00-tenth".
    kind : {"predict", "gap", "debug"}
        A prediction, a gap in a derivation, a fault to find.
    text : str
        Markdown.
    answer : float or str
        A number, one of the options, or a formula.
    right : str
        What is said of the right answer: why it is so.
    options : tuple of str
        Of a choice.
    variables : dict of str to shape
        Of a formula: its names, and the shapes of the arrays that it is tried with.
    tolerance : float
        Of a number, relative.
    wrong : dict of str to str
        What is said of some wrong answers.
    fault : (exercise, tag)
        Of the kind "debug": what is broken, and how.
    code : str
        Of the kind "debug": what shows the symptoms; ``broken`` is the function.
    """

    name: str
    kind: str
    text: str
    answer: float | str
    right: str
    options: tuple[str, ...] = ()
    variables: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    tolerance: float = 0.02
    wrong: Mapping[str, str] = field(default_factory=dict)
    fault: tuple[str, str] = ("", "")
    code: str = ""

    @property
    def placeholder(self) -> str:
        """What stands in an empty field."""
        if not self.variables:
            return "a number"
        return "a formula of " + ", ".join(self.variables)

    def markdown(self) -> str:
        """The text as the notebook shows it."""
        titles = {
            "predict": "Predict",
            "gap": "A gap in the derivation",
            "debug": "A network to debug",
        }
        lines = [f"**{titles[self.kind]}.** {self.text}"]
        if self.options:
            lines.append("")
            lines += [f"- {a}) {text}" for a, text in zip("abcdefgh", self.options)]
        if self.variables:
            names = ", ".join(f"`{name}`" for name in self.variables)
            lines += ["", f"Write a formula of {names} in Python."]
        return "\n".join(lines)
