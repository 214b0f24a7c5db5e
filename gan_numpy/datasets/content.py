"""Files of data sets: where they may lie, what is in them, and their checksums."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from gan_numpy.errors import UserError

DOWNLOADS = Path("data")
# Of each file: whether it is the original, None if nobody knows, or what is wrong.
Verdicts = dict[str, bool | None | str]
GZIP_MAGIC = b"\x1f\x8b"
LARGEST = 2**32  # bytes; the largest file that we read, of TFD, takes 240 million


def folders(name: str, data_dir: Path | None) -> list[Path]:
    """Where to look for a data set, ``data/NAME`` and ``data`` if not told.

    In a given directory, and in those of its subdirectories that have the data set's
    name, alone or with more after a dash: one directory may hold several data sets.

    Raises
    ------
    UserError
        If `data_dir` is not a directory.
    """
    if data_dir is None:
        return [DOWNLOADS / name, DOWNLOADS]
    if not data_dir.is_dir():
        raise UserError(f"data directory {data_dir} does not exist")
    return [data_dir, data_dir / name, *sorted(data_dir.glob(f"{name}-*"))]


def read_content(path: Path, kind: str = "a data file") -> bytearray:
    """The decompressed bytes of a file, gzipped or not, whatever its name says.

    Parameters
    ----------
    path : Path
    kind : str
        What is expected, for messages.

    Raises
    ------
    UserError
        If it cannot be read, or is a damaged or truncated gzip archive.
    """
    if path.is_dir():
        raise UserError(f"{path} is a directory, expected {kind}")
    try:
        with path.open("rb") as raw:
            if raw.read(2) != GZIP_MAGIC:
                raw.seek(0)
                return read_limited(raw, path, kind)
            raw.seek(0)
            with gzip.open(raw) as unzipped:
                return read_limited(cast(IO[bytes], unzipped), path, kind)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(
            f"{path} is a truncated or damaged gzip file ({error}): fetch it again"
        ) from None
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None


def read_limited(stream: IO[bytes], path: Path, kind: str) -> bytearray:
    """Read all that is there, but never more than `LARGEST` bytes."""
    content = bytearray()
    while chunk := stream.read(1 << 22):
        content += chunk
        if len(content) > LARGEST:
            raise UserError(f"{path} holds more than {LARGEST:,} bytes: not {kind}")
    return content


def file_sha256(path: Path) -> str:
    """SHA-256 of a file as it is, compressed or not.

    Raises
    ------
    UserError
        If it cannot be read.
    """
    try:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(1 << 22):
                digest.update(chunk)
        return digest.hexdigest()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None


def verdict(check: Callable[..., bool | None], *arguments: Any) -> bool | None | str:
    """What a check says of a file, or the reason why it cannot be read."""
    try:
        return check(*arguments)
    except UserError as error:
        return str(error)
