r"""Texts of other people's, made harmless for a terminal, a table and a page.

Messages, names of files and of functions may hold anything: sequences that clear a
screen or type into it, marks that turn the direction of writing, halves of characters
that no encoding has.
"""

from __future__ import annotations

import re
from typing import Any

# Control characters but tab and line feed; marks of direction; lone surrogates.
ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff]"
)


def plain(text: str) -> str:
    r"""The text, with every odd character written out.

    >>> plain("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return ODD.sub(_written_out, str(text))


def _written_out(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def line(text: str) -> str:
    """The same on one line: a name of a file may hold line feeds."""
    return plain(text).replace("\n", "\\n").replace("\t", "\\t")


LONGEST = 20_000  # characters of one text in a record


def all_plain(value: Any) -> Any:
    """Plain data with every text in it made harmless, and not too long."""
    if isinstance(value, str):
        return plain(value[:LONGEST])
    if isinstance(value, dict):
        return {plain(k): all_plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [all_plain(v) for v in value]
    return value
