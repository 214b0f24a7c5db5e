r"""What came out of a derivation: its verdict, in words, as LaTeX and in a notebook."""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gan_numpy.derive.errors import FormulaError, pointed
from gan_numpy.derive.latex import latex
from gan_numpy.derive.nodes import Equation
from gan_numpy.derive.task import task

if TYPE_CHECKING:
    from gan_numpy.exercises.base import Exercise
    from gan_numpy.gradcheck.result import CheckResult


@dataclass
class Derivation:
    """A checked derivation; ``bool(result)`` is whether all of it is there and right.

    Attributes
    ----------
    exercise : Exercise
    text : str
        What was typed.
    wanted, derived : tuple of str
        What is to be derived, and which of it was.
    equations : list of Equation
    error : FormulaError or None
        Why it cannot be read or computed.
    check : CheckResult or None
        What the checker says of it.
    """

    exercise: Exercise
    text: str
    wanted: tuple[str, ...]
    derived: tuple[str, ...] = ()
    equations: list[Equation] = field(default_factory=list)
    error: FormulaError | None = None
    check: CheckResult | None = None

    @property
    def right(self) -> bool:
        """Nothing that was derived is wrong."""
        return self.error is None and self.check is not None and self.check.passed

    @property
    def missing(self) -> tuple[str, ...]:
        """What is still to be derived."""
        return tuple(k for k in self.wanted if k not in self.derived)

    def __bool__(self) -> bool:
        return self.right and not self.missing

    @property
    def tags(self) -> tuple[str, ...]:
        """The names of what is wrong."""
        if self.error is not None:
            return (self.error.kind,)
        return self.check.tags if self.check is not None else ()

    @property
    def latex(self) -> str:
        """What was typed, as aligned LaTeX; empty if it cannot be read."""
        return latex(self.equations)

    def headline(self) -> str:
        """One or two words."""
        if self.error is not None or self.check is not None and not self.check.passed:
            return "WRONG"
        if not self.text.strip():
            return "to derive"
        return "right so far" if self.missing else "right"

    def text_of(self) -> str:
        """Plain text, 80 columns wide."""
        name = self.exercise.name
        if not self.text.strip():
            return task(self.exercise, self.wanted)
        lines = [f"{name}: {self.headline()}"]
        if self.error is not None:
            lines += textwrap.indent(pointed(self.text, self.error), "    ").split("\n")
            lines += _wrapped(self.error.says)
        elif self.check is not None:
            lines += self.check.text().split("\n")[1:]
        if self.missing:
            lines += _wrapped(f"still to derive: {', '.join(self.missing)}")
        return "\n".join(lines)

    __str__ = text_of

    def _repr_html_(self) -> str:
        if not self.text.strip():
            return f"<pre>{html.escape(task(self.exercise, self.wanted))}</pre>"
        parts = []
        if self.equations:
            parts.append(f"<div>$$\n{self.latex}\n$$</div>")
        if self.error is not None:
            place = html.escape(pointed(self.text, self.error))
            says = html.escape(self.error.says)
            parts.append(f"<pre>{place}</pre><p>{says}</p>")
        elif self.check is not None:
            parts.append(self.check._repr_html_())
        title = html.escape(f"{self.exercise.name}: {self.headline()}")
        left = ", ".join(self.missing)
        if self.check is None or self.headline() == "right so far":
            parts.append(f"<p><b>{title}</b></p>")  # else the checker has said so
        if self.missing:
            parts.append(f"<p>still to derive: {html.escape(left)}</p>")
        return "\n".join(parts)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 80, initial_indent="  ", subsequent_indent="    ")
