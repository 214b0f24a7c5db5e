"""The gallery: every picture of the book's pages, with the words that are its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

IMAGE = re.compile(r"!\[([^\]]+)\]\(([^()\s]+)\)")
COMMAND = "`gan-numpy "
INTRODUCTION = """\
# The gallery

The pictures of this book, each with the command that makes it. Nothing here was drawn
by hand: a click on a title leads to the page that explains its picture.
"""


@dataclass(frozen=True)
class Picture:
    """A picture of a page.

    Attributes
    ----------
    alt, target, caption, page : str
        ``caption`` has the command that makes it.
    """

    alt: str
    target: str
    caption: str
    page: str


def pictures_of(page: str, text: str) -> Iterator[Picture]:
    """The pictures of a page, with what stands below in italics, or just above."""
    blocks = re.split(r"\n{2,}", text)
    for k, block in enumerate(blocks):
        found = IMAGE.findall(block)
        if not found:
            continue
        below = blocks[k + 1] if k + 1 < len(blocks) else ""
        below = below if re.match(r"\*[^*]", below) else ""
        caption = below if COMMAND in below else f"{blocks[k - 1]}\n\n{below}"
        for alt, target in found:
            yield Picture(alt, target, caption.strip(), page)


def gallery_page(pages: dict[str, Path]) -> str:
    """All pictures, a figure each.

    Raises
    ------
    ValueError
        If there is no command in the caption of a picture.
    """
    parts, last = [INTRODUCTION], ""
    for name, path in pages.items():
        text = path.read_text("utf-8")
        for picture in pictures_of(name, text):
            if COMMAND not in picture.caption:
                raise ValueError(f"{path}: no command below {picture.alt!r}")
            if picture.caption == last:  # several pictures of one caption
                parts.insert(-1, f"![{picture.alt}]({picture.target})\n")
                continue
            title = picture.alt[0].upper() + picture.alt[1:]
            parts += [
                f"## [{title}]({path.name})\n",
                f"![{picture.alt}]({picture.target})\n",
                f"{picture.caption}\n",
            ]
            last = picture.caption
    return "\n".join(parts)
