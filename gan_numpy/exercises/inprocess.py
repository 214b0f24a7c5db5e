r"""Checking a student's file in this very process, where no other can be started.

So it is in a browser. What the file prints and imports is kept from us as far as that
goes; an endless loop, and all memory that it asks for, is not.
"""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.exercises.reading.submission import Submission

NOTE = (
    "note: this Python starts no processes ({}), so your code is checked in its own:"
    " without limits of time and memory"
)


def note(reason: BaseException) -> str:
    """What is said, once."""
    said = getattr(reason, "strerror", None) or str(reason)
    return NOTE.format(" ".join(said.split()).rstrip(".") or type(reason).__name__)


def check_here(submission: Submission, name: str) -> dict[str, Any]:
    """The result of one exercise, as plain data (see `answers.answer`)."""
    from gan_numpy.exercises.answers import failure
    from gan_numpy.exercises.worker import check

    try:
        with _apart(submission.path):
            return check(submission, name)
    except SystemExit:
        return failure(name, "crash", "your code ends the Python process")


@contextlib.contextmanager
def _apart(path: Path) -> Iterator[None]:
    """Afterward everything is as it was that a solution commonly changes.

    Its own modules are forgotten: those of the next solution may have the same names.
    """
    from gan_numpy.exercises.worker import look_beside

    modules, places, stdin = set(sys.modules), list(sys.path), sys.stdin
    nowhere, folder = io.StringIO(), path.resolve().parent
    sys.stdin = io.StringIO()
    try:
        with (
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
            warnings.catch_warnings(),
            np.errstate(),
        ):
            look_beside(path)
            yield
    finally:
        sys.stdin, sys.path[:] = stdin, places
        for name in set(sys.modules) - modules:
            file = getattr(sys.modules[name], "__file__", None)
            if file and Path(file).resolve().is_relative_to(folder):
                del sys.modules[name]
