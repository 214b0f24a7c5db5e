"""Builds the lessons' notebooks from their sources; run it after editing one.

    python lessons/build.py                   the student's notebooks, lessons/*.ipynb
    python lessons/build.py --solutions DIR   the same with the exercises solved
    python lessons/build.py --html DIR        executed, as pages to look at
    python lessons/build.py --book DIR        the book: lessons, reference, all of it
    python lessons/build.py --time            executed; the table in lessons/README.md

``--only 03`` limits each of them to the lessons whose names begin so. A book executes
what it shows unless it has done so before; with ``--kept`` it shows what is kept, and
``GAN_NUMPY_EXECUTED`` names the folder.

A source is a script in jupytext's percent format. A code cell that holds the one line
``# exercise: maxout_forward`` becomes the exercise: what is to be done, given functions
and stub from `gan_numpy.exercises`, and a second cell that checks it.
``# ask: 00-tenth`` becomes a question of `gan_numpy.lesson.bank` and its field. A cell
tagged "fold" is closed at first: what it shows is seen, and how is a click away.

Every notebook installs the package where it is missing. If ``url`` in setup.cfg names a
repository on GitHub (``--url`` another one, of a course for instance), its title has
badges that open it in Colab and in Binder.
"""

from __future__ import annotations

import argparse
import configparser
import os
import re
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import jupytext
import nbformat

from gan_numpy.exercises.registry import NAMES, get_exercise
from gan_numpy.exercises.stubs import lesson_cell
from gan_numpy.lesson.questions import get_question

LESSONS = Path(__file__).resolve().parent
MARKER = re.compile(r"# exercise: (\w+)\s*")
ASKED = re.compile(r"# ask: ([\w-]+)\s*")
METADATA = {
    "kernelspec": {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
# Python without magics, so that nobody needs IPython to read a notebook; in JupyterLite
# pip is another, and asynchronous.
INSTALL = """
# Installs the package where it is missing: in Colab, or in a browser.
try:
    import gan_numpy
except ImportError:
    import sys

    if sys.platform == "emscripten":
        import piplite

        await piplite.install("gan_numpy")
    else:
        get_ipython().run_line_magic("pip", "install --quiet gan_numpy")
"""
GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")
BADGES = {
    "Open in Colab": (
        "https://colab.research.google.com/assets/colab-badge.svg",
        "https://colab.research.google.com/github/{place}/blob/main/{path}",
    ),
    "Open in Binder": (
        "https://mybinder.org/badge_logo.svg",
        "https://mybinder.org/v2/gh/{place}/main?labpath={quoted}",
    ),
}
# What the library says once, where its kernels are not compiled yet.
ANNOUNCEMENT = re.compile(r"compiling Numba kernels.*\n?")
TABLE = re.compile(r"(<!-- times -->\n).*(<!-- end of times -->)", re.DOTALL)


def sources(only: str = "") -> list[Path]:
    """The sources in the order of the lessons."""
    paths = sorted((LESSONS / "source").glob("[0-9][0-9]_*.py"))
    return [path for path in paths if path.name.startswith(only)]


def exercises_of(source: Path) -> list[str]:
    """The names of a lesson's exercises, in their order."""
    return re.findall(rf"^{MARKER.pattern}$", source.read_text("utf-8"), re.MULTILINE)


def repository() -> str:
    """Where the project is published: ``url`` in setup.cfg; empty if nowhere."""
    settings = configparser.ConfigParser()
    settings.read(LESSONS.parent / "setup.cfg", encoding="utf-8")
    return settings.get("metadata", "url", fallback="")


def badges(stem: str, url: str) -> str:
    """Links that open a notebook elsewhere; empty if that is not on GitHub."""
    place = GITHUB.fullmatch(url)
    if place is None:
        return ""
    path = f"lessons/{stem}.ipynb"
    names = {"place": place[1], "path": path, "quoted": quote(path, safe="")}
    return "\n".join(
        f"[![{what}]({image})]({target.format(**names)})"
        for what, (image, target) in BADGES.items()
    )


def build(
    source: Path, solutions: bool = False, url: str | None = None
) -> nbformat.NotebookNode:
    """The notebook of a lesson.

    Parameters
    ----------
    source : Path
    solutions : bool
        Whether the exercises are solved.
    url : str, optional
        Of the repository that the badges open it from; by default the project's.

    Raises
    ------
    ValueError
        If the source names an exercise that there is not.
    """
    script = jupytext.reads(source.read_text("utf-8"), fmt="py:percent")
    own, shown, cells = exercises_of(source), set[str](), []
    for k, cell in enumerate(script.cells):
        marker = MARKER.fullmatch(cell.source)
        if marker is None:
            asked = ASKED.fullmatch(cell.source)
            if asked:
                cells += question_cells(asked[1], solutions)
                continue
            kind = "markdown" if cell.cell_type == "markdown" else "code"
            tags = cell.metadata.get("tags")
            cells.append(
                make_cell(kind, cell.source, f"{source.name[:2]}-{k:02d}", tags)
            )
            continue
        name = marker[1]
        if name not in NAMES:
            raise ValueError(f"{source.name}: there is no exercise {name!r}")
        exercise = get_exercise(name)
        text = lesson_cell(exercise, solutions, omit=shown.union(own))
        shown |= {f.__name__ for f in exercise.given}
        slug = name.replace("_", "-")
        cells.append(make_cell("code", text, slug, ["exercise", name]))
        cells.append(make_cell("code", f"check({name})", f"check-{slug}", ["check"]))
    row = badges(source.stem, repository() if url is None else url)
    cells[0]["source"] += f"\n\n{row}" if row else ""
    cells.insert(1, make_cell("code", INSTALL, "install", ["install", "fold"]))
    return nbformat.from_dict(
        {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    )


def question_cells(name: str, solutions: bool) -> list[dict[str, Any]]:
    """A question's text, what shows the symptoms of a fault, and the field.

    Raises
    ------
    ValueError
        If there is no such question.
    """
    question = get_question(name)
    cells = [make_cell("markdown", question.markdown(), f"text-{name}")]
    if question.kind == "debug":
        code = f'broken = lesson.broken("{name}")\n{question.code}'.rstrip()
        cells.append(make_cell("code", code, f"show-{name}", ["answer"]))
    answer = f", {question.answer!r}" if solutions else ", ..."
    code = f'lesson.ask("{name}"{answer})'
    return [*cells, make_cell("code", code, f"ask-{name}", ["answer", question.kind])]


def make_cell(
    kind: str, source: str, name: str, tags: list[str] | None = None
) -> dict[str, Any]:
    """A cell whose id depends on nothing but the lesson."""
    metadata: dict[str, Any] = {"tags": list(tags)} if tags else {}
    if "fold" in metadata.get("tags", ()):  # JupyterLab, and books made by Sphinx
        others = [tag for tag in tags or () if tag != "fold"]
        metadata = {
            "jupyter": {"source_hidden": True},
            "tags": ["hide-input", *others],
        }
    text = source.strip("\n")  # a folded cell shows its first line
    cell = {"cell_type": kind, "id": name, "metadata": metadata, "source": text}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def text_of(notebook: nbformat.NotebookNode) -> str:
    """The file's content: the same bytes for the same source."""
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)) + "\n"


def write(
    folder: Path, only: str = "", solutions: bool = False, url: str | None = None
) -> None:
    """Write the notebooks into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources(only):
        path = folder / f"{source.stem}.ipynb"
        path.write_text(text_of(build(source, solutions, url)), encoding="utf-8")
        print(path)


def execute(
    notebook: nbformat.NotebookNode, fast: bool, allow_errors: bool = False
) -> float:
    """Run a notebook in its own kernel, in place; the seconds that it took.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell raises an exception.
    ValueError
        If a cell writes to the standard error, a warning for instance.

    Neither is raised with `allow_errors`.
    """
    from nbclient import NotebookClient

    env = {**os.environ, "GAN_NUMPY_FAST": "1" if fast else "0"}
    resources = {"metadata": {"path": str(LESSONS)}}
    quiet = ["--IPKernelApp.log_level=40"]
    client = NotebookClient(
        notebook,
        timeout=300,
        startup_timeout=300,  # a busy machine
        resources=resources,
        extra_arguments=quiet,
        allow_errors=allow_errors,
    )
    start = time.perf_counter()
    client.execute(env=env)
    seconds = time.perf_counter() - start
    for cell in notebook.cells:
        for output in list(cell.get("outputs", [])):
            if ANNOUNCEMENT.fullmatch(output.get("text", "")):
                cell.outputs.remove(output)
            elif output.get("name") == "stderr" and not allow_errors:
                raise ValueError(f"cell {cell.id} writes:\n{output.text}")
    return seconds


def write_html(folder: Path, only: str, mathjax: str | None, fast: bool) -> None:
    """Execute the solved lessons and write them as pages."""
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    folder.mkdir(parents=True, exist_ok=True)
    config = Config()  # no kernel answers a page: films in place of widgets
    config.NbConvertBase.display_data_priority = [
        "text/html",
        "image/png",
        "text/plain",
    ]
    settings = {"mathjax_url": mathjax} if mathjax else {}
    exporter = HTMLExporter(config=config, **settings)
    for source in sources(only):
        notebook = build(source, solutions=True)
        execute(notebook, fast)
        notebook.metadata["title"] = source.stem
        page, _ = exporter.from_notebook_node(notebook)
        (folder / f"{source.stem}.html").write_text(page, encoding="utf-8")
        print(folder / f"{source.stem}.html")


def write_times(only: str) -> None:
    """Execute the solved lessons in full and note in the README how long each took."""
    readme = LESSONS / "README.md"
    text = readme.read_text("utf-8")
    rows = dict(re.findall(r"^\| (\d\d) \| ([0-9.]+) \|$", text, re.MULTILINE))
    for source in sources(only):
        rows[source.name[:2]] = f"{execute(build(source, True), fast=False):.0f}"
        print(source.stem, rows[source.name[:2]], "s")
    lines = ["| lesson | seconds |", "|---|---|"]
    lines += [f"| {number} | {rows[number]} |" for number in sorted(rows)]
    table = "\n".join(lines) + "\n"
    readme.write_text(TABLE.sub(lambda m: m[1] + table + m[2], text), "utf-8")


def course() -> SimpleNamespace:
    """What a book asks of this file."""
    return SimpleNamespace(
        sources=sources, build=build, execute=execute, exercises_of=exercises_of
    )


def keep(source: Path, notebook: nbformat.NotebookNode) -> None:
    """Keep a solved lesson, executed in the fast mode, for a book of the same code."""
    if str(LESSONS) not in sys.path:
        sys.path.append(str(LESSONS))
    from book.executed import Executed, default_folder

    kept = Executed(course(), fast=True, folder=default_folder())
    kept.keep(source, True, notebook)


def write_book(folder: Path, only: str, fast: bool, kept: bool) -> int:
    """Make the book, of lessons that are executed where they are not kept."""
    from book.site import build_site

    from gan_numpy.errors import UserError

    try:
        return build_site(folder, course(), fast=fast, run=not kept, only=only)
    except UserError as error:
        print(f"build.py: {error}", file=sys.stderr)
        return 2


def main(arguments: list[str]) -> int:
    """What the arguments ask for; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--solutions", type=Path, metavar="DIR")
    kinds.add_argument("--html", type=Path, metavar="DIR")
    kinds.add_argument("--book", type=Path, metavar="DIR")
    kinds.add_argument("--time", action="store_true")
    parser.add_argument("--only", default="", metavar="NN")
    parser.add_argument("--fast", action="store_true", help="fewer steps")
    parser.add_argument(
        "--kept", action="store_true", help="with --book: execute nothing anew"
    )
    parser.add_argument("--mathjax", metavar="URL", help="with --html: its MathJax.js")
    parser.add_argument("--url", help="the repository that the badges open")
    chosen = parser.parse_args(arguments)
    if chosen.solutions:
        write(chosen.solutions, chosen.only, True, chosen.url)
    elif chosen.html:
        write_html(chosen.html, chosen.only, chosen.mathjax, chosen.fast)
    elif chosen.book:
        return write_book(chosen.book, chosen.only, chosen.fast, chosen.kept)
    elif chosen.time:
        write_times(chosen.only)
    else:
        write(LESSONS, chosen.only, url=chosen.url)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
