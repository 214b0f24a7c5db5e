"""The user's cache: where results lie that can be made again, and what if it cannot be.

It is the folder that the user asked for (``GAN_NUMPY_CACHE``), else the platform's for
caches. Where that one cannot be written (no home, a read-only one, a full disk) a
private folder among the temporary files takes its place, and failing that, nothing is
kept. What is kept saves time and nothing else: no command fails for want of it.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_said: set[str] = set()


class Storage(NamedTuple):
    """Where results are kept.

    folders : list of Path
        Where to look for one, in this order.
    folder : Path or None
        Where to write one: it exists, and can be written. None if there is none.
    note : str
        Why that is not the usual one, for the user to read; empty if it is.
    """

    folders: list[Path]
    folder: Path | None
    note: str


def storage(
    chosen: str | None = None, distrust: Callable[[Path], str] = lambda folder: ""
) -> Storage:
    """Find, by writing, where results can be kept.

    Parameters
    ----------
    chosen : str, optional
        The folder that the user asked for; if not given, ``GAN_NUMPY_CACHE``.
    distrust : callable, optional
        Why nothing in a folder may be used; empty if it may.
    """
    chosen = chosen or os.environ.get("GAN_NUMPY_CACHE")
    usual, reason = (Path(chosen).absolute(), "") if chosen else _of_the_platform()
    folders = []
    if usual is not None:
        refusal = distrust(usual)
        if not refusal:
            folders = [usual]  # code that is there is used, even if none can be added
            refusal = _refusal(usual)
        if not refusal:
            return Storage(folders, usual, "")
        reason = f"no cache in {usual} ({refusal})"
    temporary = None if chosen else _temporary()  # a choice is not overruled
    if temporary is None or distrust(temporary) or _refusal(temporary):
        return Storage(folders, None, f"{reason}, so not kept")
    return Storage(
        [*folders, temporary], temporary, f"{reason}, so kept in {temporary}"
    )


def say_once(text: str, about: str = "") -> None:
    """A line on stderr, if there is one.

    Parameters
    ----------
    text : str
    about : str, optional
        Of lines about the same thing only the first is said; `text` if not given.
    """
    if (about or text) in _said or sys.stderr is None:
        return
    _said.add(about or text)
    with suppress(OSError, ValueError):  # closed, or full
        print(text, file=sys.stderr)


def _of_the_platform() -> tuple[Path | None, str]:
    """The platform's folder for our cache, or why it has none."""
    import platformdirs

    folder = platformdirs.user_cache_path("gan_numpy", appauthor=False)
    home = Path(os.path.expanduser("~"))
    if not folder.is_absolute():  # "~" stands for nothing
        return None, "no home folder"
    if home in folder.parents and not home.is_dir():
        return None, f"no home folder {home}"
    return folder, ""


def _temporary() -> Path | None:
    """A folder among the temporary files, made so that no other user can prepare it."""
    user = f"-{os.getuid()}" if hasattr(os, "getuid") else ""
    try:
        folder = Path(tempfile.gettempdir()) / f"gan_numpy{user}"
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        about = folder.lstat()
    except OSError:
        return None
    if user and (about.st_uid != os.getuid() or about.st_mode & 0o022):
        return None
    return folder if stat.S_ISDIR(about.st_mode) else None


def _refusal(folder: Path) -> str:
    """Why nothing can be written there; empty if it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        return getattr(error, "strerror", None) or str(error)
    return ""
