r"""The outcome of a check, which shows itself as text, as HTML and as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gan_numpy.gradcheck import render
from gan_numpy.gradcheck.findings import Finding, Findings, error_finding, merge


@dataclass
class CheckResult(Findings):
    """`Findings` that can be printed; ``bool(result)`` is whether it passed."""

    def text(self, hints: int = 0) -> str:
        """Plain text, at most 80 columns wide, with this many stages of hints."""
        return render.text(self, hints)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: plain numbers, strings and lists only."""
        return render.as_dict(self)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return render.html(self)


__all__ = ["CheckResult", "Finding", "error_finding", "merge"]
