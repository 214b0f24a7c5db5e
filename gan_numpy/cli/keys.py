"""Keys as they are pressed, or as they come out of a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gan_numpy.errors import UserError

ARROWS = {"\x1b[A": "w", "\x1b[B": "s", "\x1b[C": "d", "\x1b[D": "a"}
END = ("", "q", "\x04")  # the end of the input, or Ctrl-D


def at_a_keyboard() -> bool:
    """Whether somebody can press keys and sees what is printed."""
    streams = sys.stdin, sys.stdout
    try:
        return all(stream is not None and stream.isatty() for stream in streams)
    except ValueError:  # closed
        return False


def keys() -> Iterator[str]:
    """One character after the other, until the end or ``q``; arrows as ``w a s d``.

    Raises
    ------
    UserError
        If what comes in cannot be read, or is no text.
    """
    if sys.stdin is None or sys.stdin.closed:
        return
    with _unbuffered():
        while (key := _read(1)) not in END:
            if key == "\x1b":
                key = ARROWS.get(key + _read(2), " ")
            yield key


def _read(n: int) -> str:
    try:
        return sys.stdin.read(n)
    except (OSError, ValueError) as error:  # a directory, bytes that are no text
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"cannot read the keys: {reason}") from None


@contextmanager
def _unbuffered() -> Iterator[None]:
    """At a terminal: each key at once and not shown. Ctrl-C stays what it is."""
    try:
        import termios
        import tty
    except ImportError:  # no such terminals here: Enter sends what was typed
        yield
        return
    if not at_a_keyboard():
        yield
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal, termios.TCSADRAIN)  # what was typed before counts
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
