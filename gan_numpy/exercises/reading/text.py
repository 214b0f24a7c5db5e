r"""Bytes become text as Python reads it: codings, byte order marks, ends of lines."""

from __future__ import annotations

import codecs
import io
import tokenize
from pathlib import Path

from gan_numpy.errors import UserError

LARGEST = 64 << 20  # a notebook with its pictures
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises
    ------
    UserError
        If it cannot be read, or is too large for anything that a person wrote.
    """
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder, not a .py file or notebook")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{path}: {reason}") from None
    if len(content) > LARGEST:
        raise UserError(f"{path} is larger than {LARGEST >> 20} MiB")
    return content


def decode(content: bytes) -> str:
    """Python source: its coding is the one it declares (PEP 263), or UTF-8.

    Raises
    ------
    UserError
        If it is no text; the message follows the name of the file.
    """
    if content.startswith(UTF_16):
        raise UserError("is not a text file for Python: it is UTF-16, save it as UTF-8")
    if b"\0" in content:
        raise UserError("is not a text file (it contains null bytes)")
    try:
        # The declaration is looked for as Python does: in lines that end in any way.
        lines = io.BytesIO(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        coding, _ = tokenize.detect_encoding(lines.readline)
        return unix_lines(content.decode(coding).removeprefix("\ufeff"))
    except (UnicodeDecodeError, SyntaxError, LookupError):
        says = "is not a text file in UTF-8, nor in the coding that it declares"
        raise UserError(says) from None


def unix_lines(text: str) -> str:
    r"""Every line ends in ``\n``, as Python itself sees it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
