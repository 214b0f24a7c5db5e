"""Writing files so that a crash or a full disk never leaves half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from gan_numpy.errors import UserError


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file beside its target, then rename it into place.

    Whoever looks sees the old content or the new one, never a part; if writing fails
    the old file is as it was.

    Parameters
    ----------
    path : Path
    write : callable
        Writes the content to the binary file it is given.

    Raises
    ------
    UserError
        If the file cannot be written.
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}-", delete=False
        ) as file:
            temporary = file.name
            write(cast(BinaryIO, file))
            file.flush()
            os.fsync(file.fileno())
        # Temporary files are private; the finished one has the usual permissions.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically."""
    write_atomically(path, lambda file: file.write(text.encode()))


def make_directory(path: Path) -> None:
    """Create a directory and its parents.

    Raises
    ------
    UserError
        If it cannot be created.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"cannot create directory {path}: {reason}") from None
