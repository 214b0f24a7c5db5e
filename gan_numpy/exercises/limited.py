r"""How many hints an instructor allows: a comment in what is handed out says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

ALL = 4  # stages of hints, the last of which tells the change
MARK = "# gan_numpy: hints at most {}"
PATTERN = re.compile(r"^# gan_numpy: hints at most ([0-4])\s*$", re.MULTILINE)


def marked(source: str, hints: int) -> str:
    """The source with the comment, if fewer than all hints are allowed."""
    return source if hints >= ALL else f"{source.rstrip()}\n\n{MARK.format(hints)}\n"


def most_hints(sources: Iterable[str]) -> int:
    """The smallest number that a comment in the sources allows; all without one."""
    found = [int(n) for s in sources for n in PATTERN.findall(s)]
    return min(found, default=ALL)


def cut(plain: dict[str, Any], most: int) -> dict[str, Any]:
    """A result as plain data without the stages that are not allowed."""
    return {**plain, "texts": plain["texts"][: most + 1]}
