"""Files: written so that a crash never leaves half of one, read without trust."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from gan_numpy.errors import UserError

# What np.load raises for files that are damaged, foreign, or hold pickled objects.
LOAD_ERRORS = (
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    OSError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


def write_atomically(
    path: Path, write: Callable[[BinaryIO], object], durable: bool = True
) -> None:
    """Write a file beside its target, then rename it into place.

    Whoever looks sees the old content or the new one, never a part; if writing fails
    the old file is as it was.

    Parameters
    ----------
    path : Path
    write : callable
        Writes the content to the binary file it is given.
    durable : bool
        Wait until the content is on the disk. Without, a loss of power can leave an
        incomplete file.

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
            if durable:
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


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """All arrays of a ``.npz`` file, or the one of a ``.npy`` file under ``""``.

    Pickled objects are never loaded, and a zip's checksums cover every byte.

    Raises
    ------
    UserError
        If the file is missing, damaged, or holds anything but numbers and text.
    """
    if not path.is_file():
        raise UserError(f"{path} does not exist (or is not a file)")
    try:
        with path.open("rb") as file:
            content = np.load(file, allow_pickle=False)
            if isinstance(content, np.ndarray):
                return {"": content}
            with content:
                return {name: content[name] for name in content.files}
    except LOAD_ERRORS as error:
        reason = str(error).split("\n")[0] or type(error).__name__
        raise UserError(
            f"cannot read {path} as NumPy arrays ({reason}); pickled objects are never "
            f"loaded"
        ) from None
