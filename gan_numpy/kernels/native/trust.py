"""Whom a folder can be trusted to come from: its user, the system, and nobody else.

Compiled code is run, so it is only taken from a folder into which no other user can
have put anything: this user (or root) owns it, others cannot write into it, and no
folder above it lets them put another one in its place, unless it is sticky, as ``/tmp``
is. OpenSSH asks the same of a user's keys (``StrictModes``).
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

#: Who owns what belongs to the system, as a container may see it: nobody it knows.
_OVERFLOW = Path("/proc/sys/kernel/overflowuid")


def distrust(folder: Path) -> str:
    """Why others may have put something into a folder; empty if they cannot.

    The folder is made if it is missing, with those above it, for its user alone.

    Parameters
    ----------
    folder : Path
    """
    if not hasattr(os, "geteuid"):
        return ""  # on Windows the folders of a profile are private by their own lists
    try:
        for missing in reversed(
            [p for p in (folder, *folder.parents) if not p.exists()]
        ):
            with suppress(FileExistsError):
                missing.mkdir(mode=0o700)
        place = Path(os.path.realpath(folder))
        reasons = [_reason(p, strict=p == place) for p in (place, *place.parents)]
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        return getattr(error, "strerror", None) or str(error)
    return next(filter(None, reasons), "")


def is_own(about: os.stat_result) -> bool:
    """Whether this user or root owns a file."""
    return not hasattr(os, "geteuid") or about.st_uid in (0, os.geteuid())


def _reason(place: Path, strict: bool) -> str:
    """What is wrong with one folder; ``strict`` for that which holds the code."""
    about = place.stat()
    if not stat.S_ISDIR(about.st_mode):
        return f"{place} is no folder"
    if not is_own(about) and (strict or about.st_uid != _unknown_user()):
        return f"another user owns {place}"
    shared = about.st_mode & stat.S_IWOTH or (
        about.st_mode & stat.S_IWGRP and not _is_private(about.st_gid)
    )
    if shared and (strict or not about.st_mode & stat.S_ISVTX):
        return f"others can write into {place}: chmod go-w"
    return ""


def _is_private(group: int) -> bool:
    """Whether a group is this user's alone: by convention it has the user's number."""
    return group == os.getegid() == os.geteuid()


def _unknown_user() -> int:
    """The number that stands for all users whom a container does not know."""
    try:
        return int(_OVERFLOW.read_text())
    except (OSError, ValueError):
        return 0
