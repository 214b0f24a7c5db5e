"""The book's machinery: what is kept, what is checked, what is escaped."""

import os
from pathlib import Path

import book.executed
import book.site
import nbformat
import pytest
from book.check import problems_of
from book.docstrings import escape
from book.executed import Executed
from book.site import mirror

GOOD = '<p id="a">x</p><img src="x.png" alt="a curve"><a href="other.html#b">o</a>'
OTHER = (
    '<h1 id="b">b</h1><a href="index.html#a">i</a><iframe title="t" src="index.html">'
)


class Lessons:
    """A course of one lesson, which counts how often it is run."""

    def __init__(self):
        self.runs, self.text = [], "1 + 1"

    def sources(self, only=""):
        return [Path("00_a.py")]

    def build(self, source, solutions=False):
        cell = nbformat.v4.new_code_cell(self.text + ("  # solved" * solutions))
        cell.id = "a"
        return nbformat.v4.new_notebook(cells=[cell])

    def execute(self, notebook, fast, allow_errors=False):
        self.runs.append(notebook.cells[0].source)
        text = nbformat.v4.new_output("stream", name="stdout", text="2")
        notebook.cells[0].outputs = [text]


def test_a_lesson_runs_again_only_if_it_has_changed(tmp_path):
    lessons = Lessons()
    executed = Executed(lessons, True, tmp_path)
    sources = lessons.sources()
    for _ in range(2):
        found = executed.get_all(sources)
        assert all(ran and page.cells[0].outputs for page, ran in found.values())
    assert sorted(lessons.runs) == ["1 + 1", "1 + 1  # solved"]
    executed_in_full = Executed(lessons, False, tmp_path)
    executed_in_full.get(sources[0], False)
    assert len(lessons.runs) == 3
    lessons.text = "1 + 2"
    kept = Executed(lessons, True, tmp_path, run=False)
    notebook, ran = kept.get(sources[0], False)
    assert not ran and not notebook.cells[0].outputs
    executed.get(sources[0], False)
    assert kept.get(sources[0], False)[1] and len(lessons.runs) == 4
    assert len(list(tmp_path.glob("00_a-student-fast-*"))) == 1  # the older is gone


def site(tmp_path, **pages):
    (tmp_path / "x.png").write_bytes(b"")
    for name, text in pages.items():
        (tmp_path / f"{name}.html").write_text(text, "utf-8")
    return tmp_path


def test_a_good_site_has_no_problems(tmp_path):
    assert problems_of(site(tmp_path, index=GOOD, other=OTHER)) == []


@pytest.mark.parametrize(
    "text, said",
    [
        ('<img src="x.png">', "no text for the image x.png"),
        ('<img src="x.png" alt=" ">', "no text for the image"),
        ('<img src="x.png" alt="x.png">', "no text for the image"),
        ('<img src="y.png" alt="y">', "loads y.png, which is not there"),
        ('<iframe src="other.html"></iframe>', "no title for the frame"),
        ('<script src="https://e.org/a.js"></script>', "from elsewhere"),
        ('<link rel="stylesheet" href="//e.org/a.css">', "from elsewhere"),
        ('<a href="gone.html">x</a>', "leads to gone.html, which is not there"),
        ('<a href="other.html#c">x</a>', "no such place"),
        ('<a href="#c">x</a>', "no such place"),
    ],
)
def test_each_fault_is_found(tmp_path, text, said):
    (problem,) = problems_of(site(tmp_path, index=text + '<i id="a">', other=OTHER))
    assert problem.startswith("index.html: ") and said in problem


def test_equal_files_are_left_alone(tmp_path):
    new, old = tmp_path / "new", tmp_path / "old"
    for folder, second in ((new, "b"), (old, "c")):
        (folder / "in").mkdir(parents=True)
        (folder / "in/same.md").write_text("a")
        (folder / "other.md").write_text(second)
    (old / "gone.md").write_text("")
    os.utime(old / "in/same.md", (1, 1))
    mirror(new, old)
    assert (old / "in/same.md").stat().st_mtime == 1
    assert (old / "other.md").read_text() == "b" and not (old / "gone.md").exists()


def test_what_is_no_markup_in_a_docstring_is_none_in_the_book():
    lines = [
        "lam (|g_n| - 1)^2 of (N, *shape), and *this* is emphasis, ``a | b``.",
        "",
        ".. math::",
        "",
        r"    |g| * h",
        "",
        ">>> a | b",
        "",
        r"The norm :math:`|x| * y` stays.",
        "*shape : int",
    ]
    changed = list(lines)
    escape(None, "function", "f", None, None, changed)
    first = r"lam (\|g_n\| - 1)^2 of (N, \*shape), and *this* is emphasis, ``a | b``."
    assert changed == [first, *lines[1:]]


def test_without_sphinx_one_line_says_what_to_install(
    builder, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(book.site, "NEEDED", ("sphinx_of_nowhere",))
    assert builder.main(["--book", str(tmp_path / "site")]) == 2
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert "sphinx_of_nowhere" in line and "pip install -e '.[book]'" in line
    assert printed.out == "" and not (tmp_path / "site").exists()


def test_a_folder_that_holds_something_else_is_refused(builder, tmp_path, capsys):
    pytest.importorskip("sphinx", reason="Sphinx is not installed")
    (tmp_path / "thesis.tex").write_text("")
    assert builder.main(["--book", str(tmp_path)]) == 2
    assert "holds no book" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_pages_without_a_text_go(tmp_path):
    site, sources = tmp_path / "site", tmp_path / "sources"
    for name in ("a.md", "in/b.ipynb"):
        (sources / name).parent.mkdir(parents=True, exist_ok=True)
        (sources / name).write_text("")
    stays = {"a.html", "in/b.html", "search.html", "figure.png"}
    for name in {*stays, "c.html", "in/a.html", "live/x.html", "source/y.html"}:
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("")
    book.site.forget(site, sources)
    left = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    assert left == stays


def test_a_lesson_that_a_test_has_executed_is_shown(builder, tmp_path, monkeypatch):
    monkeypatch.setenv("GAN_NUMPY_EXECUTED", str(tmp_path))
    (source,) = builder.sources("00")
    notebook = builder.build(source, solutions=True)
    builder.keep(source, notebook)
    shown = Executed(builder, fast=True, folder=tmp_path, run=False)
    assert shown.get(source, True)[1] and not shown.get(source, False)[1]
    assert book.executed.default_folder() == tmp_path
