"""The lessons' pages: each as it is handed out, and solved."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from book.executed import Executed
from book.links import ROOT, rewrite

NOT_SHOWN = {"install"}  # whoever reads the page installs nothing
BADGE = re.compile(r"^\[!\[.*\n?", re.MULTILINE)  # its picture is on a network
WIDGET = "application/vnd.jupyter.widget-view+json"


def note(stem: str, names: list[str], solved: bool, ran: bool, fast: bool) -> str:
    """What stands under the title: which version it is, and where the others are."""
    other = (
        f"[This lesson as it is handed out](/lessons/{stem}.ipynb)"
        if solved
        else f"Notebook to work in: {{download}}`{stem}.ipynb <{stem}.ipynb>`. "
        f"[The same solved](/solutions/{stem}.ipynb)"
    )
    pages = ", ".join(f"[`{name}`](/exercises/{name}.md)" for name in names)
    lines = [f"{other}. Its exercises, step by step and with their mistakes: {pages}."]
    if not pages:
        lines = [f"{other}."]
    if not ran:
        lines.append("This copy of the book was made without running this lesson.")
    elif fast:
        lines.append("Run with fewer steps than usual, as tests do.")
    kind = "Solved" if solved else "As it is handed out"
    return "\n".join([f":::{{admonition}} {kind}", ":class: version", *lines, ":::"])


def page_of(
    notebook: Any, source: Path, names: list[str], solved: bool, ran: bool, fast: bool
) -> Any:
    """The notebook as the book shows it: links of the book, films for widgets."""
    notebook.metadata.pop("widgets", None)  # no kernel answers a page
    notebook.cells = [cell for cell in notebook.cells if cell.id not in NOT_SHOWN]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = BADGE.sub("", cell.source)
            cell.source = rewrite(text, ROOT / "lessons", solved)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
    text = note(source.stem, names, solved, ran, fast)
    title, *rest = notebook.cells[0].source.split("\n\n", 1)
    title = f"{title.rstrip()}, solved" if solved else title  # a search finds both
    notebook.cells[0].source = "\n\n".join([title, text, *rest])
    return notebook


def index(title: str, text: str, entries: list[str]) -> str:
    """A page that lists others."""
    listed = "\n".join(entries)
    return f"# {title}\n\n{text}\n\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"


def write_lessons(folder: Path, executed: Executed, only: str) -> None:
    """Write both versions of every lesson, and the page that lists the solved ones.

    Parameters
    ----------
    folder : Path
        The sources' folder.
    executed : Executed
    only : str
        Lessons whose names begin so are executed where they are not kept.
    """
    builder = executed.builder
    sources = builder.sources()
    found = executed.get_all([s for s in sources if s.name.startswith(only)])
    rest = Executed(builder, executed.fast, executed.folder, run=False)
    found |= rest.get_all([s for s in sources if not s.name.startswith(only)])
    for (source, solved), (notebook, ran) in found.items():
        names = builder.exercises_of(source)
        page = page_of(notebook, source, names, solved, ran, executed.fast)
        place = folder / ("solutions" if solved else "lessons")
        place.mkdir(exist_ok=True)
        (place / f"{source.stem}.ipynb").write_text(nbformat.writes(page), "utf-8")
    text = (
        "The lessons with every exercise written and every question answered. They are "
        "for those who teach, and for whoever has tried."
    )
    page = index("Solved lessons", text, [source.stem for source in sources])
    (folder / "solutions" / "index.md").write_text(page, "utf-8")
