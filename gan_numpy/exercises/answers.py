r"""A result as plain data: what a worker answers, a grade records, a command prints."""

from __future__ import annotations

from typing import Any

from gan_numpy.gradcheck.result import CheckResult, Finding


def answer(result: CheckResult) -> dict[str, Any]:
    """A result as JSON, with its text at each stage of the hints."""
    plain = result.as_dict()
    plain["texts"] = [result.text(k) for k in range(5)]
    return plain


def failure(name: str, tag: str, says: str) -> dict[str, Any]:
    """A result for code that could not be checked."""
    return answer(CheckResult(name, [Finding("error", (tag,), (), says)]))


def shown(plain: dict[str, Any], hints: int = 0) -> str:
    """The text of a result with this many stages of hints."""
    texts: list[str] = plain["texts"]
    return texts[max(0, min(hints, len(texts) - 1))]
