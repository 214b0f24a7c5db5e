"""Docstrings are read by people first: what is no markup there is none in the book.

``|g|`` is a norm and no substitution, ``(N, *shape)`` no emphasis. Formulas, code,
doctests and directives stay as they are.
"""

from __future__ import annotations

import re
from typing import Any

MARKED = re.compile(
    r"(``.+?``|:[\w:]+:`[^`]+`|`[^`]+`_{0,2}|\*\*?[^\s*][^*]*\*\*?(?!\w))"
)


def escaped(line: str) -> str:
    """A line of prose in which a bar is a bar and a star a star."""
    parts = MARKED.split(line)
    for k in range(0, len(parts), 2):
        parts[k] = re.sub(r"(?<!\\)([|*])", r"\\\1", parts[k])
    return "".join(parts)


def escape(
    app: Any, what: str, name: str, found: Any, options: Any, lines: list[str]
) -> None:
    """Change the lines of a docstring, in place; Sphinx calls it."""
    inside: int | None = None  # the indentation of a directive or literal block
    example = False
    for k, line in enumerate(lines):
        text = line.strip()
        depth = len(line) - len(line.lstrip())
        if not text:
            example = False
            continue
        if inside is not None and depth > inside:
            continue
        inside = depth if text.startswith(".. ") or text.endswith("::") else None
        example = example or text.startswith(">>>")
        if inside is None and not example and not re.match(r"\*+\w+ :", text):
            lines[k] = escaped(line)


def skip(
    app: Any, what: str, name: str, found: Any, skipped: bool, options: Any
) -> bool | None:
    """Leave out a tuple's fields, of which Python itself says only their number."""
    said = getattr(found, "__doc__", None) or ""
    return True if said.startswith("Alias for field number") else None
