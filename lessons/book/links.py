"""Links of texts that lie side by side in the checkout become links of the book.

A text says where it leads by a path, as it must for a reader of the checkout. In the
book a lesson is a page, a module is a section of the reference, and what is in the
checkout alone (a test, say) is a name without a link.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = Path(__file__).parent / "pages"
# Texts of the course that are pages of the book, too.
TEXTS = {
    "README.md": "index",
    "data/README.md": "data",
    "lessons/README.md": "lessons/index",
    "lessons/notation.md": "notation",
    "lessons/timeline.md": "timeline",
    "lessons/INSTRUCTORS.md": "instructors",
    "lessons/CONTRIBUTING.md": "contributing",
}
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
FENCE = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)\s*?$", re.MULTILINE | re.DOTALL)


def label_of(module: str) -> str:
    """The name of a module's section in the reference."""
    return f"src-{module}"


def module_of(path: Path) -> str | None:
    """The module or package at a path of the checkout, if it is one."""
    if path.is_dir():
        path = path / "__init__.py"
    if path.suffix != ".py" or not path.is_file():
        return None
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] != "gan_numpy":
        return None
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def place_of(path: Path, solved: bool = False) -> str | None:
    """Where a file of the checkout is in the book: ``/page``, ``#label``, nowhere."""
    inside = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""
    if inside in TEXTS:
        return f"/{TEXTS[inside]}.md"
    if path.parent == PAGES and path.suffix == ".md":
        return f"/{path.name}"
    if path.parent == ROOT / "lessons" and path.suffix == ".ipynb":
        return f"/{'solutions' if solved else 'lessons'}/{path.name}"
    if path.parent == ROOT / "lessons" / "figures":
        return f"/figures/{path.name}"
    module = module_of(path)
    return f"#{label_of(module)}" if module else None


def rewrite(text: str, folder: Path, solved: bool = False) -> str:
    """A text whose links lead to pages of the book.

    Parameters
    ----------
    text : str
        Markdown; what stands in fences stays as it is.
    folder : Path
        That of the text, from which its links start.
    solved : bool
        Whether lessons lead to solved lessons.

    Raises
    ------
    ValueError
        If a link leads to a file that there is not.
    """

    def changed(match: re.Match[str]) -> str:
        image, words, target = match.groups()
        if re.match(r"[a-z]+:|#", target):
            return match[0]
        name, _, part = target.partition("#")
        path = Path(os.path.normpath(folder / name))
        if not path.exists():
            raise ValueError(f"{folder}: a link leads to {target}, which is not there")
        place = place_of(path, solved)
        if place is None:
            return words if words.startswith("`") else f"`{words}`"
        inside = f"#{part}" if part and not place.startswith("#") else ""
        return f"{image}[{words}]({place}{inside})"

    pieces, end = [], 0
    for fence in FENCE.finditer(text):
        pieces += [LINK.sub(changed, text[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*pieces, LINK.sub(changed, text[end:])])
