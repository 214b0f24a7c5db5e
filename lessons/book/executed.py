"""Executed notebooks, kept: a lesson runs again only if it or the package has changed.

They lie in ``GAN_NUMPY_EXECUTED``, else in the user's cache. The tests keep there what
they execute anyway if that variable is set, and a book of the same code finds it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import nbformat

from gan_numpy.cache import storage
from gan_numpy.files import write_atomically

PACKAGE = Path(__file__).parents[2] / "gan_numpy"


class Builder(Protocol):
    """What `lessons/build.py` offers."""

    def sources(self, only: str = "") -> list[Path]: ...

    def build(self, source: Path, solutions: bool = False) -> Any: ...

    def execute(self, notebook: Any, fast: bool, allow_errors: bool = False) -> Any: ...

    def exercises_of(self, source: Path) -> list[str]: ...


@cache
def package_digest() -> str:
    """Of every file of the package, and of what else decides what a lesson shows."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix in {".py", ".json", ".mjs", ".css"}:
            digest.update(path.relative_to(PACKAGE).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def default_folder() -> Path | None:
    """Where they are kept; None if there is no place."""
    chosen = os.environ.get("GAN_NUMPY_EXECUTED")
    if chosen:
        return Path(chosen).absolute()
    kept = storage().folder
    return kept / "executed" if kept else None


@dataclass(frozen=True)
class Executed:
    """The lessons as they look after a run.

    Attributes
    ----------
    builder : Builder
    fast : bool
        With fewer steps, as the tests run them.
    folder : Path or None
    run : bool
        Whether a lesson that is not kept is executed; if not, it has no outputs.
    """

    builder: Builder
    fast: bool
    folder: Path | None
    run: bool = True

    def path(self, source: Path, solutions: bool) -> Path | None:
        """Where a lesson's run is kept, whose name says of which text and code."""
        if self.folder is None:
            return None
        text = nbformat.writes(self.builder.build(source, solutions))
        digest = hashlib.sha256((package_digest() + text).encode()).hexdigest()
        return self.folder / f"{self.prefix(source, solutions)}{digest[:16]}.ipynb"

    def prefix(self, source: Path, solutions: bool) -> str:
        """What the names of all runs of a lesson begin with."""
        kind = "solved" if solutions else "student"
        return f"{source.stem}-{kind}-{'fast' if self.fast else 'full'}-"

    def keep(self, source: Path, solutions: bool, notebook: Any) -> None:
        """Keep a run, in the place of older ones."""
        path = self.path(source, solutions)
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        content = nbformat.writes(notebook).encode()
        write_atomically(path, lambda file: file.write(content))
        for old in path.parent.glob(self.prefix(source, solutions) + "*.ipynb"):
            if old != path:
                old.unlink(missing_ok=True)

    def get(self, source: Path, solutions: bool) -> tuple[Any, bool]:
        """The notebook, and whether it has been executed."""
        path = self.path(source, solutions)
        if path is not None and path.is_file():
            return nbformat.read(path, as_version=4), True
        notebook = self.builder.build(source, solutions)
        if self.run:
            # A student's notebook shows what is open; its cells raise nothing.
            self.builder.execute(notebook, self.fast)
            self.keep(source, solutions, notebook)
        return notebook, self.run

    def get_all(self, sources: list[Path]) -> dict[tuple[Path, bool], tuple[Any, bool]]:
        """All lessons, as handed out and solved; two run side by side."""
        wanted = [(source, solved) for source in sources for solved in (False, True)]
        with ThreadPoolExecutor(max_workers=2) as pool:
            found = pool.map(lambda pair: self.get(*pair), wanted)
            return dict(zip(wanted, found))
