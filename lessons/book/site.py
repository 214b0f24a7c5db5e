"""Puts the book together and lets Sphinx make a site of it.

The pages are written into a folder of their own first, and what has changed of them is
taken into one that is kept in the user's cache, with what Sphinx has read: a second
book costs what is new in it.
"""

from __future__ import annotations

import filecmp
import hashlib
import importlib.util
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from book import source
from book.check import problems_of
from book.executed import Builder, Executed, default_folder, package_digest
from book.lessons import write_lessons
from book.links import ROOT
from book.live import FOLDER, write_live
from book.mistakes import verdicts, write_exercises
from book.reference import packages, write_reference
from book.texts import write_texts

from gan_numpy.cache import storage
from gan_numpy.errors import UserError
from gan_numpy.exercises import all_exercises

HERE = Path(__file__).parent
NEEDED = ("sphinx", "furo", "myst_nb", "sphinx_copybutton", "sphinx-mathjax-offline")
OWN_PAGES = {"search", "genindex", "py-modindex"}  # Sphinx's, of no text
MARK = "searchindex.js"  # every book has it
# What an SVG of a formula needs: one script, and the extensions that it asks for.
MATHJAX = ("tex-svg.js", "input/tex/extensions")


def need_sphinx() -> None:
    """Say how to install what is missing.

    Raises
    ------
    UserError
        If a package of the extra ``book`` is not installed.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(
            f"the book needs {', '.join(missing)}: pip install -e '.[book]'"
        )


def assemble(folder: Path, executed: Executed, only: str = "") -> None:
    """Write all pages of the book for Sphinx.

    Parameters
    ----------
    folder : Path
        Empty.
    executed : Executed
    only : str
        Lessons whose names begin so are executed, and their exercises' mistakes
        checked, where they are not kept.
    """
    stems = {lesson.name[:2]: lesson.stem for lesson in executed.builder.sources()}
    write_texts(folder, list(stems.values()))
    write_lessons(folder, executed, only)
    chosen = {n for n, e in all_exercises().items() if e.lesson.startswith(only)}
    said = verdicts(executed.folder, chosen if executed.run else ())
    write_exercises(folder, stems, said)
    write_reference(folder)
    shutil.copytree(ROOT / "lessons" / "figures", folder / "figures")


def write_extra(folder: Path) -> None:
    """Write the pages that are none of Sphinx's, unless those of this code are kept."""
    mark = folder / "package.txt"
    if mark.is_file() and mark.read_text("utf-8") == package_digest():
        return
    shutil.rmtree(folder, ignore_errors=True)
    write_live(folder / FOLDER)
    modules = [m for package, inner in packages().items() for m in (package, *inner)]
    source.write_sources(folder / source.FOLDER, modules)
    mark.write_text(package_digest(), "utf-8")


def mirror(new: Path, old: Path) -> None:
    """Make a folder's files those of another, and leave those alone that are equal."""
    old.mkdir(parents=True, exist_ok=True)
    files = {path.relative_to(new) for path in new.rglob("*") if path.is_file()}
    for path in [p for p in old.rglob("*") if p.is_file()]:
        if path.relative_to(old) not in files:
            path.unlink()
    for name in files:
        target = old / name
        if not target.is_file() or not filecmp.cmp(new / name, target, shallow=False):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(new / name, target)


def need_own_folder(site: Path) -> None:
    """Refuse a folder that holds anything but a book.

    Raises
    ------
    UserError
        If it is such a folder, or a file.
    """
    if site.exists() and not site.is_dir():
        raise UserError(f"{site} is a file; the book needs a folder")
    if site.exists() and any(site.iterdir()) and not (site / MARK).exists():
        raise UserError(f"{site} is not empty and holds no book; choose another folder")


def forget(site: Path, sources: Path) -> None:
    """Remove an older book's pages whose text is not there any more.

    Sphinx leaves them where they are; the others it writes again if they have changed.
    """
    for name in (FOLDER, source.FOLDER):
        shutil.rmtree(site / name, ignore_errors=True)
    texts = {p.relative_to(sources).with_suffix("") for p in sources.rglob("*.*")}
    for page in site.rglob("*.html"):
        name = page.relative_to(site).with_suffix("")
        if name not in texts and name.as_posix() not in OWN_PAGES:
            page.unlink()


def copy_mathjax(site: Path) -> None:
    """Copy what shows formulas from its package into the site."""
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    assert spec is not None and spec.origin is not None
    package = Path(spec.origin).parent / "static" / "mathjax"
    for name in MATHJAX:
        found, target = package / name, site / "_static" / "mathjax" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if found.is_dir():
            shutil.copytree(found, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(found, target)


def run_sphinx(work: Path, site: Path) -> int:
    """Make the site; warnings are errors. Sphinx's exit code."""
    from sphinx.cmd.build import build_main

    settings = ["-b", "html", "-c", str(HERE), "-d", str(work / "doctrees"), "-q"]
    settings += ["-D", f"html_extra_path={work / 'extra'}"]
    strict = ["-W", "--keep-going", "-n", "-j", "2"]
    return int(build_main([*settings, *strict, str(work / "sources"), str(site)]))


def build_site(
    site: Path, builder: Builder, *, fast: bool, run: bool = True, only: str = ""
) -> int:
    """Make the book.

    Parameters
    ----------
    site : Path
        The folder of its pages; ``index.html`` is the first.
    builder : Builder
        Of the lessons.
    fast : bool
        Lessons with fewer steps.
    run : bool
        Whether lessons and checks that are not kept are executed.
    only : str
        Lessons whose names begin so.

    Returns
    -------
    int
        0, or 1 if there is anything to mend: what, has been printed.

    Raises
    ------
    UserError
        If Sphinx or one of its extensions is not installed, or the folder holds
        something else.
    """
    need_sphinx()
    need_own_folder(site)
    executed = Executed(builder, fast, default_folder(), run)
    with ExitStack() as stack:
        new = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        kept = storage().folder
        if kept is None:
            work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        else:
            name = hashlib.sha256(str(site.resolve()).encode()).hexdigest()[:12]
            work = kept / "book" / name
        assemble(new, executed, only)
        mirror(new, work / "sources")
        write_extra(work / "extra")
        forget(site, work / "sources")
        code = run_sphinx(work, site)
    if code:
        return 1
    copy_mathjax(site)
    problems = problems_of(site)
    for problem in problems:
        print(problem)
    if not problems:
        print(site / "index.html")
    return 1 if problems else 0
