"""Reader of the IDX format, in which MNIST is distributed.

An IDX file is: two zero bytes, a type code, the number of dimensions, one big-endian
32-bit size per dimension, then the values. MNIST uses type code 8 (unsigned bytes).
The header is checked against the content before anything of its size is allocated:
a header may claim any number of items.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np

from gan_numpy.errors import UserError

UNSIGNED_BYTE = 0x08


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
