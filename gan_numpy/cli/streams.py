"""Output that nothing spoils: encodings without our characters, full or closed files.

What was computed for hours must not be lost to a ``±`` that the terminal has no code
for, nor training end because nobody reads the progress bar any more.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from gan_numpy.errors import UserError


class Forgiving:
    """A stream for remarks: what cannot be written is dropped.

    Parameters
    ----------
    stream : text stream
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write; after the first failure everything goes nowhere."""
        try:
            return self._stream.write(text)
        except (OSError, ValueError):
            to_nowhere(self._stream)
            return len(text)

    def flush(self) -> None:
        """Flush what can be flushed."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            to_nowhere(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def to_nowhere(stream: TextIO) -> None:
    """Connect a stream's file with the null device, what it still holds included."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        stream.flush()


def open_missing_files() -> None:
    """Connect standard streams that are closed with the null device.

    Otherwise the next file that is opened gets their number, and what a library prints
    ends up in it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free


@contextmanager
def safe_streams() -> Iterator[None]:
    """Standard streams that take every text, while the block runs.

    Characters that the encoding lacks are written as escapes.

    Raises
    ------
    UserError
        If what the block printed cannot be written.
    """
    before = sys.stdout, sys.stderr
    # Python has no stream where the file is closed, whatever the types say.
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        out, err = (stream or nowhere for stream in before)
        for stream in (out, err):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        sys.stdout, sys.stderr = out, cast(TextIO, Forgiving(err))
        try:
            try:
                yield
            finally:
                out.flush()
        except BrokenPipeError:  # the reader of our output went away: nobody to tell
            to_nowhere(out)
        except OSError as error:
            reason = error.strerror or error
            if not _failed(out):
                raise UserError(f"{reason}") from None
            to_nowhere(out)
            raise UserError(f"cannot write the output: {reason}") from None
        finally:
            sys.stdout, sys.stderr = before


def _failed(stream: TextIO) -> bool:
    """Whether a stream still has what it could not write."""
    try:
        stream.flush()
    except OSError:
        return True
    return False
