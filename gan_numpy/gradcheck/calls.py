r"""Calling code that somebody else wrote, and saying where in it an error arose."""

from __future__ import annotations

import contextlib
import io
import linecache
import os
import sys
import sysconfig
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import numpy as np

from gan_numpy.gradcheck.messages import cell_name, misfit

ELSEWHERE = ContextVar("ELSEWHERE", default=False)
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OURS = tuple(os.path.join(HERE, k) for k in ("gradcheck", "exercises", "grading"))
INSTALLED = tuple(
    {os.path.dirname(os.path.dirname(np.__file__)), *sysconfig.get_paths().values()}
)


Spot = tuple[str, int, str]


class StudentError(Exception):
    """The checked code raised, or returned something that is no gradient.

    Attributes
    ----------
    tag, message : str
    spot : (filename, line, text) or None
        The student's line that raised.
    """

    def __init__(self, tag: str, message: str, spot: Spot | None = None) -> None:
        super().__init__(message)
        self.tag = tag
        self.message = message
        self.spot = spot


class NotAttempted(Exception):
    """The checked function is a stub."""


@dataclass
class Watch:
    """What the checked code printed, and which warnings it caused."""

    printed: io.StringIO = field(default_factory=io.StringIO)
    caught: list[warnings.WarningMessage] = field(default_factory=list)

    def notes(self) -> list[str]:
        """Remarks about prints and warnings."""
        found = []
        lines = self.printed.getvalue().splitlines()
        if lines:
            found.append(
                f"your code prints ({len(lines)} lines while it was checked),"
                f" first: {lines[0][:60]!r}"
            )
        for message in self.messages()[:2]:
            found.append(f"your code causes a warning: {message}")
        return found

    def messages(self) -> list[str]:
        """The warnings, each once."""
        return list(dict.fromkeys(str(w.message).split("\n")[0] for w in self.caught))


@contextlib.contextmanager
def watching() -> Iterator[Watch]:
    """Keep prints off the screen and collect warnings (an error filter is lifted)."""
    watch = Watch()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.redirect_stdout(watch.printed):
            try:
                yield watch
            finally:
                watch.caught = list(caught)


def is_students(filename: str) -> bool:
    """Code of neither ours, nor Python's, nor an installed package's."""
    if filename.startswith(OURS) or filename.startswith("<frozen"):
        return False
    return not (filename.startswith(INSTALLED) and not filename.startswith(HERE))


def is_source(filename: str) -> bool:
    """The student's, or that of an exercise (whose forward may be given)."""
    return is_students(filename) or filename.startswith(OURS[1])


def place(filename: str, line: int, source: str | None = None) -> str:
    """solution.py, line 12: the text of the line."""
    code = (source or linecache.getline(filename, line)).strip()
    name = cell_name(filename) or os.path.basename(filename)
    return f"{name}, line {line}" + (f": {code[:60]}" if code else "")


def is_students_later(trace: TracebackType) -> bool:
    """This frame is not the last of the student's."""
    following, here = trace.tb_next, trace.tb_frame.f_code.co_filename
    if not is_students(here):
        return True
    while following is not None:
        if is_students(following.tb_frame.f_code.co_filename):
            return True
        following = following.tb_next
    return False


def describe(error: BaseException) -> str:
    """The type and message of an exception and the student's line it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    mine = [f for f in frames if is_students(f.filename)]
    what = type(error).__name__
    message = str(error).strip().split("\n")[0][:200]
    trace = error.__traceback__
    while trace is not None and is_students_later(trace):
        trace = trace.tb_next
    message = misfit(error, trace) or message
    line = f"{what}: {message}" if message else what
    if isinstance(error, SystemExit):
        line = "your code calls exit()"
    if not mine:
        return line
    last = mine[-1]
    return f"{line}\n{place(last.filename, last.lineno or 0, last.line)}"


def spot_of(error: BaseException) -> Spot | None:
    """The student's line that an exception came from."""
    frames = traceback.extract_tb(error.__traceback__)
    mine = [f for f in frames if is_students(f.filename)]
    if not mine:
        return None
    last = mine[-1]
    return last.filename, last.lineno or 0, (last.line or "").strip()


def defined_at(function: Callable[..., Any]) -> str:
    """Where a function is defined, or its name if that is not known."""
    function = getattr(function, "__student__", function)  # what a wrapper wraps
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    if code is None:
        return getattr(function, "__name__", "your function")
    return place(code.co_filename, code.co_firstlineno, f"def {code.co_name}")


@contextlib.contextmanager
def run_elsewhere() -> Iterator[None]:
    """What the checked code raises comes as `StudentError`: all else is our fault."""
    token = ELSEWHERE.set(True)
    try:
        yield
    finally:
        ELSEWHERE.reset(token)


@contextlib.contextmanager
def students_code() -> Iterator[None]:
    """Turn what the checked code raises into `StudentError`; never a traceback."""
    ours: tuple[type[Exception], ...] = (Exception,) if ELSEWHERE.get() else ()
    try:
        yield
    except (StudentError, NotAttempted):
        raise
    except (MemoryError, RecursionError) as error:  # the answer may be too large
        raise StudentError("exception", describe(error)) from None
    except ours:
        raise
    except NotImplementedError as error:
        raise NotAttempted(str(error)) from None
    except SystemExit as error:
        spot = spot_of(error)
        raise StudentError("exception", describe(error), spot) from None
    except Exception as error:
        frames = traceback.extract_tb(sys.exc_info()[2])
        if any(is_students(f.filename) for f in frames[1:]):
            spot = spot_of(error)
            raise StudentError("exception", describe(error), spot) from None
        if (
            len(frames) > 1
            and isinstance(error, TypeError)
            and "argument" in str(error)
        ):
            raise StudentError("exception", describe(error)) from None
        says = f"what your code returns cannot be checked ({describe(error)})"
        raise StudentError("not-checkable", says) from error
