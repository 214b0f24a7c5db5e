"""Reader of the IDX format, in which MNIST is distributed.

An IDX file is: two zero bytes, a type code, the number of dimensions, one big-endian
32-bit size per dimension, then the values. MNIST uses type code 8 (unsigned bytes).
Files come gzipped or not; either is read, whatever its name says.

The header is checked against the content before anything of its size is allocated:
a header may claim any number of items.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gan_numpy.errors import UserError

UNSIGNED_BYTE = 0x08
GZIP_MAGIC = b"\x1f\x8b"
LARGEST = 2**32  # bytes; MNIST's training images take 47 million


def read_content(path: Path) -> bytearray:
    """The decompressed bytes of a file.

    Raises
    ------
    UserError
        If it cannot be read, or is a damaged or truncated gzip archive.
    """
    if path.is_dir():
        raise UserError(f"{path} is a directory, expected an IDX file")
    try:
        with path.open("rb") as raw:
            if raw.read(2) != GZIP_MAGIC:
                raw.seek(0)
                return _read_limited(raw, path)
            raw.seek(0)
            with gzip.open(raw) as unzipped:
                return _read_limited(unzipped, path)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(
            f"{path} is a truncated or damaged gzip file ({error}): fetch it again"
        ) from None
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None


def _read_limited(stream: gzip.GzipFile | BinaryIO, path: Path) -> bytearray:
    """Read all that is there, but never more than `LARGEST` bytes."""
    content = bytearray()
    while chunk := stream.read(1 << 22):
        content += chunk
        if len(content) > LARGEST:
            raise UserError(
                f"{path} holds more than {LARGEST:,} bytes: not an IDX file"
            )
    return content


def parse(content: bytes | bytearray, path: Path, ndim: int) -> np.ndarray:
    """The array in an IDX file's bytes.

    Parameters
    ----------
    content : bytes or bytearray
        The decompressed file.
    path : Path
        Its name, for messages.
    ndim : int
        The number of dimensions to expect: 3 for images, 1 for labels.

    Returns
    -------
    ndarray of uint8 with `ndim` dimensions, a view of `content`

    Raises
    ------
    UserError
        If it is not an IDX file of unsigned bytes, or its size is not what it claims.
    """
    if not content:
        raise UserError(f"{path} is empty, expected an IDX file: fetch it again")
    expected = bytes([0, 0, UNSIGNED_BYTE, ndim])
    if content[:4] != expected:
        raise UserError(
            f"{path} is not an IDX file with {ndim} dimension(s) of bytes: it starts "
            f"with {content[:4].hex()}, expected {expected.hex()}"
        )
    start = 4 + 4 * ndim
    if len(content) < start:
        raise UserError(f"{path} is truncated: it ends within its IDX header")
    shape = struct.unpack(f">{ndim}I", content[4:start])
    claimed, present = math.prod(shape), len(content) - start
    if claimed != present:
        sizes = " x ".join(f"{size:,}" for size in shape)
        raise UserError(
            f"{path}: its IDX header claims {sizes} bytes of data, the file holds "
            f"{present:,}: truncated or damaged, fetch it again"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
