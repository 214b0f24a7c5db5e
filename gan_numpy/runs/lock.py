"""One process at a time may change a run: two trainings would mix their files.

What is locked is the directory itself, so there is no lock file to be left over: the
lock of a process that was killed is gone with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gan_numpy.errors import UserError

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # Windows has no locks of directories: two trainings may mix
    flock = None  # type: ignore[assignment]


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Keep other processes from changing the run while the block runs.

    A file system without locks does not keep anybody from anything.

    Parameters
    ----------
    path : Path
        The run directory, which must exist.

    Raises
    ------
    UserError
        If another process holds it.
    """
    if flock is None:
        yield
        return
    try:
        directory = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    try:
        try:
            flock(directory, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise UserError(
                f"another process is training in {path}: wait for it, or stop it"
            ) from None
        except OSError:  # for instance on some network file systems
            pass
        yield
    finally:
        os.close(directory)
