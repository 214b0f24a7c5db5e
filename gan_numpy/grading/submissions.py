r"""What was handed in: who it is from, and the bytes of the files.

A file or a folder stands for one student: ``alice.py``, ``bob.ipynb``, ``carol/``.
Links are not followed, and nothing is read that is not a plain file of sensible size.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gan_numpy.errors import UserError

KINDS = (".py", ".ipynb")
LARGEST = 20  # MiB
DEEPEST, MOST = 4, 50
# What systems and programs leave behind; nobody has handed it in.
SKIPPED = frozenset(
    "__macosx __pycache__ thumbs.db ehthumbs.db desktop.ini $recycle.bin icon\r"
    " lost+found node_modules venv".split(" ")
)


@dataclass(frozen=True)
class Handin:
    """The work of one student.

    Attributes
    ----------
    student : str
    files : tuple of (str, bytes)
        Names, within the student's folder, and contents.
    problems : tuple of str
        What could not be read, and why.
    modules : tuple of (str, bytes)
        Files that may be imported and are not graded.
    """

    student: str
    files: tuple[tuple[str, bytes], ...]
    problems: tuple[str, ...]
    modules: tuple[tuple[str, bytes], ...] = ()

    def beside(self, name: str) -> dict[str, bytes]:
        """What the file of that name may import: those in its folder, and below it."""
        folder = name.rpartition("/")[0]
        start = f"{folder}/" if folder else ""
        return {
            other[len(start) :]: content
            for other, content in (*self.files, *self.modules)
            if other != name and other.startswith(start) and other.endswith(".py")
        }

    def digest(self) -> str:
        """A hash of all of it."""
        total = hashlib.sha256()
        for name, content in (*self.files, *self.modules):
            total.update(f"{name}\0{len(content)}\0".encode(errors="replace") + content)
        for problem in self.problems:
            total.update(f"!{problem}\0".encode(errors="replace"))
        return total.hexdigest()


def is_skipped(name: str) -> bool:
    """Hidden files, the system's own, and locks of office programs (``~$a.docx``)."""
    return name.startswith((".", "~$")) or name.lower() in SKIPPED


def is_of_grades(folder: Path) -> bool:
    """Whether a folder is one that ``gan-numpy grade`` has written."""
    try:
        written = all((folder / f"grades.{kind}").is_file() for kind in ("csv", "json"))
        return written and (folder / "results").is_dir()
    except OSError:  # a student's, which nobody may read
        return False


def students(path: Path, out: Path | None = None) -> dict[str, list[Path]]:
    """Files and folders by student, in alphabetical order.

    ``out`` is where the grades go: it is no student, even if it lies there.

    Raises
    ------
    UserError
        If there is nothing at that path.
    """
    if path.is_file() and not path.is_symlink():
        return {path.stem: [path]}
    if not path.is_dir():
        raise UserError(f"{path}: expected a folder with a file or folder per student")
    found: dict[str, list[Path]] = {}
    for entry in sorted(path.iterdir()):
        folder = entry.is_dir() and not entry.is_symlink()
        ours = folder and (is_of_grades(entry) or _is_same(entry, out))
        if not ours and not is_skipped(entry.name):
            found.setdefault(entry.name if folder else entry.stem, []).append(entry)
    if not found:
        raise UserError(f"{path} is empty: expected a file or folder per student")
    return found


def _is_same(path: Path, other: Path | None) -> bool:
    return other is not None and path.resolve() == other.resolve()


def read_handin(student: str, paths: list[Path], largest: int = LARGEST) -> Handin:
    """Read what a student handed in, at most ``largest`` MiB of it."""
    files: list[tuple[str, bytes]] = []
    problems: list[str] = []
    left = largest << 20
    for path, name in _walk(paths, problems):
        try:
            content = read_plain(path, left)
        except UserError as error:
            if path.name == "__init__.py" and "is empty" in str(error):
                continue  # as it should be
            problems.append(f"{name} {error}")
            continue
        left -= len(content)
        files.append((name, content))
    if not files and not problems:
        problems.append("no .py file or notebook")
    return Handin(student, tuple(files), tuple(problems))


def _walk(paths: list[Path], problems: list[str]) -> Iterator[tuple[Path, str]]:
    """Every file of a kind that can hold exercises, with its name for people."""
    count = 0
    waiting = [(path, path.name, 0) for path in paths]
    while waiting:
        path, name, depth = waiting.pop(0)
        if is_skipped(path.name):
            continue
        if path.is_symlink():
            problems.append(f"{name} is a link; links are not followed")
        elif path.is_dir():
            if depth < DEEPEST:
                inside = _entries(path, name, problems)
                waiting[:0] = [
                    (p, p.name if depth == 0 else f"{name}/{p.name}", depth + 1)
                    for p in inside
                ]
        elif path.suffix.lower() in KINDS:
            count += 1
            if count > MOST:
                problems.append(f"more than {MOST} files")
                return
            yield path, name
        elif depth == 0:
            problems.append(f"{name} is neither a .py file nor a notebook")


def _entries(folder: Path, name: str, problems: list[str]) -> list[Path]:
    """What is in a folder, not more than anybody hands in; none if it is closed."""
    try:
        entries = sorted(folder.iterdir())[: 10 * MOST]
        for path in entries:
            path.lstat()  # a folder may show names and let nobody in
    except OSError as error:
        problems.append(f"{name} cannot be read ({error.strerror})")
        return []
    return entries


def read_plain(path: Path, largest: int) -> bytes:
    """The content of a plain file of at most ``largest`` bytes.

    Raises
    ------
    UserError
        Otherwise; the message follows the name of the file.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise UserError(f"cannot be read ({error.strerror})") from None
    with os.fdopen(fd, "rb") as file:
        about = os.fstat(fd)
        if not stat.S_ISREG(about.st_mode):
            raise UserError("is not a plain file")
        if about.st_size > largest:
            size = about.st_size / 2**20
            raise UserError(
                f"is too large ({size:.1f} MB, {largest >> 20} MB are left)"
            )
        content = file.read(largest)
    if not content.strip():
        raise UserError("is empty")
    return content
