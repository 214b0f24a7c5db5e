r"""Checking a student's file in a process of its own, with a time limit.

An endless loop cannot be stopped from within its process, so each file gets a worker
that is asked for one exercise after the other, and replaced when it does not answer.
Python and NumPy are imported once: where the system can fork, one process serves all
files, each in a fork of its own. Where none can be started, `inprocess` checks.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from gan_numpy.cache import say_once
from gan_numpy.exercises.inprocess import check_here, note
from gan_numpy.exercises.limited import cut
from gan_numpy.exercises.launch import command
from gan_numpy.exercises.reading.submission import Submission
from gan_numpy.exercises.tracing import add_lines, measuring

TIMEOUT = 20.0
START = 30.0  # NumPy may take long to import on a busy machine
FORKS = sys.platform == "linux"  # on macOS its BLAS does not survive a fork


class Process:
    """A worker process, its answers collected by a thread.

    Raises
    ------
    OSError, RuntimeError
        If the process, or the thread, cannot be started.
    """

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            command("gan_numpy.exercises.worker"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.lines: queue.Queue[bytes] = queue.Queue()
        try:
            threading.Thread(target=self._listen, daemon=True).start()
        except RuntimeError:  # can't start new thread
            self.end()
            raise

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(b"")  # the end

    def tell(self, content: dict[str, Any]) -> None:
        """Send one line; what has ended does not hear it."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.write(json.dumps(content).encode() + b"\n")
            self.process.stdin.flush()

    def hear(self, limit: float) -> bytes:
        """The next line without its end; empty if the submission's process is over.

        Raises
        ------
        queue.Empty
            If there is none within so many seconds.
        """
        return self.lines.get(timeout=limit).strip()

    def end(self) -> None:
        """Kill it, with everything that it has started."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError, ValueError):
                stream.close()  # type: ignore[union-attr]


_IDLE: list[Process] = []  # at most one, ready for the next submission
_NOT_OURS: list[Process] = []  # kept, since to close them would wait for their reader


def _forget_the_parents() -> None:
    """After a fork: what waits answers to the parent, and its reader is not here."""
    _NOT_OURS.extend(_IDLE)
    _IDLE.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_the_parents)


@atexit.register
def close_idle() -> None:
    """End the process that waits for another submission."""
    while _IDLE:
        _IDLE.pop().end()


class Worker:
    """Answers questions about one submission; use it with ``with``.

    Parameters
    ----------
    submission : Submission
    timeout : float
        Seconds for one exercise.

    Attributes
    ----------
    note : str
        Why all is checked in this very process; empty if it is not.
    """

    def __init__(self, submission: Submission, timeout: float = TIMEOUT) -> None:
        self.submission, self.timeout = submission, timeout
        self.process: Process | None = None
        self.note = ""

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the process back, or end it where that is not possible."""
        process, self.process = self.process, None
        if process is None:
            return
        if FORKS and not _IDLE and process.process.poll() is None:
            process.tell({"close": True})
            with contextlib.suppress(queue.Empty):
                if process.hear(1.0) == b"" and process.process.poll() is None:
                    _IDLE.append(process)
                    return
        process.end()

    def _kill(self) -> None:
        if self.process is not None:
            self.process.end()
            self.process = None

    def _open(self) -> Process:
        process = _IDLE.pop() if _IDLE else Process()
        if process.process.poll() is not None:  # ended while it was idle, by others
            process.end()
            process = Process()
        path = str(self.submission.path)
        process.tell({"file": path, "fork": FORKS, "trace": measuring()})
        return process

    def check(self, name: str) -> dict[str, Any]:
        """The result of one exercise, as plain data (see `answers.answer`)."""
        from gan_numpy.exercises.answers import failure

        problem = self.submission.syntax_error(name)
        if problem is not None:
            return failure(name, "syntax-error", problem)
        limit, asked = self.timeout, time.monotonic()
        if self.process is None and not self.note:
            try:
                self.process, limit = self._open(), self.timeout + START
            except (OSError, RuntimeError) as error:
                self.note = note(error)
        if self.process is None:
            return check_here(self.submission, name)
        try:
            self.process.tell({"exercise": name, "asked": asked})
            line = self.process.hear(limit)
        except queue.Empty:
            self._kill()
            says = f"no answer within {self.timeout:g} seconds: an endless loop?"
            return failure(name, "timeout", says)
        if not line:
            self._kill()
            return failure(name, "crash", "your code ends the Python process")
        plain: dict[str, Any] = json.loads(line)
        add_lines(plain.pop("traced"))
        return plain


def check_submission(
    submission: Submission, timeout: float = TIMEOUT
) -> Iterator[dict[str, Any]]:
    """The results of all exercises that are found, one after the other."""
    with Worker(submission, timeout) as worker:
        for name in submission.found:
            plain = cut(worker.check(name), submission.most_hints())
            if worker.note:
                say_once(worker.note)
            yield plain
