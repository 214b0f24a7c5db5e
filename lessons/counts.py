"""How much of each lesson is read, scrolled past and done: `python lessons/counts.py`.

A *visible given line* is a line of code that the student is neither asked to write nor
spared: not blank, not in a folded cell, not in an exercise, a check or an answer.
*Words* are those of the text before the first figure.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parent))
from build import build, sources  # noqa: E402

FIGURE = re.compile(r"plt\.show\(|lesson\.(show|animate|film|live|opening)\(|!\[")
OWN = {"exercise", "check", "answer"}
KINDS = ("predict", "gap", "function", "debug", "open")


def tags_of(cell: nbformat.NotebookNode) -> set[str]:
    """The cell's tags."""
    return set(cell.metadata.get("tags", []))


def visible_lines(notebook: nbformat.NotebookNode) -> int:
    """Lines of given code that are neither folded nor the student's."""
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    shown = [c for c in cells if not tags_of(c) & (OWN | {"hide-input"})]
    return sum(bool(line.strip()) for c in shown for line in c.source.splitlines())


def words_to_figure(notebook: nbformat.NotebookNode) -> int:
    """Words of text before the first figure."""
    words = 0
    for cell in notebook.cells:
        if FIGURE.search(cell.source):
            break
        if cell.cell_type == "markdown":
            words += len(re.findall(r"[^\W_]+(?:['’-]\w+)*", cell.source))
    return words


def kinds(notebook: nbformat.NotebookNode) -> Counter[str]:
    """How many exercises of each kind there are."""
    found: Counter[str] = Counter()
    for cell in notebook.cells:
        tags = tags_of(cell)
        found["function"] += "exercise" in tags
        for kind in KINDS:
            found[kind] += kind in tags
    return found


def main() -> None:
    """Print the table."""
    print("lesson  given lines  words to figure  " + "  ".join(KINDS))
    total: Counter[str] = Counter()
    for source in sources():
        notebook = build(source)
        lines, words = visible_lines(notebook), words_to_figure(notebook)
        found = kinds(notebook)
        total += Counter(lines=lines) + found
        numbers = "  ".join(f"{found[kind]:{len(kind)}}" for kind in KINDS)
        print(f"{source.name[:2]:>6}  {lines:11}  {words:15}  {numbers}")
    numbers = "  ".join(f"{total[kind]:{len(kind)}}" for kind in KINDS)
    print(f"{'all':>6}  {total['lines']:11}  {'':15}  {numbers}")


if __name__ == "__main__":
    main()
