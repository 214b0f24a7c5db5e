"""Files: written so that a crash never leaves half of one, read without trust."""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import numpy as np

from gan_numpy.errors import UserError

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # Windows: nobody can tell whether a temporary file is in use
    flock = None  # type: ignore[assignment]

Header = tuple[tuple[int, ...], np.dtype]  # shape and dtype of an array in a file
Check = Callable[[dict[str, Header]], None]  # raises what is wrong with the headers
TEMPORARY = ".gan_numpy-"  # how the names of files begin that are being written
LARGEST = 2**32  # bytes of an array in an archive, unless the caller knows better
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
    ArithmeticError,
    SyntaxError,
    tokenize.TokenError,
    Warning,
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
            dir=path.parent, prefix=TEMPORARY, suffix=".tmp", delete=False
        ) as file:
            temporary = file.name
            _is_free(cast(BinaryIO, file))  # from here on nobody sweeps it away
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


def _is_free(file: BinaryIO) -> bool:
    """Whether no other process holds a file's lock; if so, it is ours until closed."""
    if flock is None:
        return False
    try:
        flock(file.fileno(), LOCK_EX | LOCK_NB)
        return True
    except OSError:  # held, or a file system without locks
        return False


def sweep(folder: Path) -> None:
    """Remove what processes that were killed had half written into a folder.

    A process that is writing holds its file's lock; that of a dead one is free.
    """
    with suppress(OSError):
        for path in folder.glob(f"{TEMPORARY}*.tmp"):
            with suppress(OSError), path.open("rb") as file:
                if _is_free(file):
                    path.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically."""
    write_atomically(path, lambda file: file.write(text.encode()))


def read_json(path: Path) -> Any:
    """The value in a JSON file, with or without a byte order mark.

    Raises
    ------
    UserError
        If it cannot be read, is no JSON, or is nested too deeply.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        reason = str(error).split("\n")[0]
        raise UserError(f"{path} is damaged: it is no JSON ({reason})") from None


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


def read_arrays(
    path: Path, check: Check | None = None, names: Collection[str] | None = None
) -> dict[str, np.ndarray]:
    """All arrays of a ``.npz`` file, or the one of a ``.npy`` file under ``""``.

    Pickled objects are never loaded. Nothing is allocated for an array before it is
    known that the file holds as many bytes as the array's header claims, and every
    byte of a member is read, so that the zip's checksum covers it, its header too.

    Parameters
    ----------
    path : Path
    check : callable, optional
        Called with the shape and dtype of every array before any is read; what it
        raises is passed on. Without it no array may be larger than 4 GiB.
    names : collection of str, optional
        The arrays to read; all by default.

    Raises
    ------
    UserError
        If the file is missing, damaged, or holds anything but numbers and text.
    """
    try:
        if not path.is_file():
            raise UserError(f"{path} does not exist (or is not a file)")
        with path.open("rb") as file:
            if file.read(6) == np.lib.format.MAGIC_PREFIX:
                size = file.seek(0, os.SEEK_END)
                file.seek(0)
                header = _read_header(file, size)
                if check is not None:
                    check({"": header})
                file.seek(0)
                return {"": np.lib.format.read_array(file, allow_pickle=False)}
            with zipfile.ZipFile(file) as archive:
                _check_count(file, archive)
                return _read_members(archive, check, names)
    except LOAD_ERRORS as error:
        reason = str(error).split("\n")[0] or type(error).__name__
        raise UserError(
            f"cannot read {path} as NumPy arrays ({reason}); pickled objects are never "
            f"loaded"
        ) from None


def _check_count(file: BinaryIO, archive: zipfile.ZipFile) -> None:
    """Refuse an archive of another number of members than its end says.

    A wrong length in its list makes one member the comment of another, unnoticed.
    """
    file.seek(-22 - len(archive.comment), os.SEEK_END)  # "end of central directory"
    announced = int.from_bytes(file.read(12)[10:], "little")
    if announced not in (len(archive.infolist()), 0xFFFF):  # more: in another place
        raise ValueError(
            f"it has {len(archive.infolist())} arrays, and announces {announced}"
        )


def _read_members(
    archive: zipfile.ZipFile, check: Check | None, names: Collection[str] | None
) -> dict[str, np.ndarray]:
    """The arrays of an archive: all headers first, then all content."""
    infos = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    if len(infos) != len(archive.infolist()):
        raise ValueError("two arrays have the same name")
    headers = {}
    for name, info in infos.items():
        with archive.open(info) as member:
            headers[name] = _read_header(member, info.file_size)
        if check is None and info.file_size > LARGEST:
            raise ValueError(f"{name} claims {info.file_size:,} bytes")
    if check is not None:
        check(headers)
    arrays = {}
    for name, info in infos.items():
        if names is not None and name not in names:
            continue
        with archive.open(info) as member:
            arrays[name] = np.lib.format.read_array(
                cast(BinaryIO, member), allow_pickle=False
            )
            if member.read(1):  # the checksum is compared at the end, so go there
                raise ValueError(f"{name} is longer than its header claims")
    return arrays


def _read_header(file: IO[bytes], size: int) -> Header:
    """Shape and dtype of the array in an open ``.npy`` file of so many bytes.

    Raises
    ------
    ValueError
        If it is no such file, holds objects, or not as many bytes as it claims.
    """
    version = np.lib.format.read_magic(cast(BinaryIO, file))
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    if version not in readers:
        raise ValueError(f"version {version} of the format is unknown")
    shape, _, dtype = readers[version](cast(BinaryIO, file))
    if dtype.hasobject or dtype.names or dtype.shape:
        raise ValueError(f"it holds {dtype}, expected numbers or text")
    claimed, held = math.prod(shape) * dtype.itemsize, size - file.tell()
    if min(shape, default=0) < 0 or claimed != held:
        raise ValueError(
            f"its header claims shape {shape} of {dtype}, {claimed:,} bytes, and the "
            f"file holds {held:,}"
        )
    return tuple(int(n) for n in shape), dtype


def arrays_sha256(arrays: Mapping[str, np.ndarray]) -> str:
    """SHA-256 over names, dtypes, shapes and bytes of arrays, sorted by name."""
    digest = hashlib.sha256()
    for name, value in sorted(arrays.items()):
        digest.update(f"{name} {value.dtype.str} {value.shape} ".encode())
        digest.update(np.ascontiguousarray(value).data)
    return digest.hexdigest()
