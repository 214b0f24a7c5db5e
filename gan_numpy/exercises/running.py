r"""Checking a student's file in a process of its own, with a time limit.

An endless loop cannot be stopped from within its process, so each file gets a worker
that is asked for one exercise after the other, and replaced when it does not answer.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from gan_numpy.exercises.loading import Submission

TIMEOUT = 20.0
START = 30.0  # NumPy may take long to import on a busy machine


class Worker:
    """Answers questions about one submission; use it with ``with``.

    Parameters
    ----------
    submission : Submission
    timeout : float
        Seconds for one exercise.
    """

    def __init__(self, submission: Submission, timeout: float = TIMEOUT) -> None:
        self.submission, self.timeout = submission, timeout
        self.process: subprocess.Popen[str] | None = None
        self.lines: queue.Queue[str] = queue.Queue()

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
        """End the process, if there is one."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "gan_numpy.exercises.worker"]
        process = subprocess.Popen(
            [*command, str(self.submission.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self.lines = queue.Queue()
        listen = threading.Thread(
            target=_listen, args=(process, self.lines), daemon=True
        )
        listen.start()
        return process

    def check(self, name: str) -> dict[str, Any]:
        """The result of one exercise, as plain data (see `worker.answer`)."""
        problem = self.submission.syntax_error(name)
        if problem is not None:
            return failure(name, "syntax-error", problem)
        limit = self.timeout
        if self.process is None:
            self.process, limit = self._start(), self.timeout + START
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(name + "\n")
            self.process.stdin.flush()
            line = self.lines.get(timeout=limit)
        except queue.Empty:
            self.close()
            says = f"no answer within {self.timeout:g} seconds: an endless loop?"
            return failure(name, "timeout", says)
        except OSError:
            line = ""
        if not line:
            self.close()
            return failure(name, "crash", "your code ends the Python process")
        plain: dict[str, Any] = json.loads(line)
        return plain


def _listen(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put("")  # the end


def failure(name: str, tag: str, says: str) -> dict[str, Any]:
    """A result for code that could not be checked."""
    from gan_numpy.gradcheck.result import CheckResult, Finding
    from gan_numpy.exercises.worker import answer

    return answer(CheckResult(name, [Finding("error", (tag,), (), says)]))


def check_submission(
    submission: Submission, timeout: float = TIMEOUT
) -> Iterator[dict[str, Any]]:
    """The results of all exercises that are found, one after the other."""
    with Worker(submission, timeout) as worker:
        for name in submission.found:
            yield worker.check(name)


def shown(plain: dict[str, Any], hints: int = 0) -> str:
    """The text of a result with this many stages of hints."""
    texts: list[str] = plain["texts"]
    return texts[max(0, min(hints, len(texts) - 1))]


def is_collectable(path: Path) -> bool:
    """Whether a file is of a kind that can hold exercises."""
    return path.suffix in (".py", ".ipynb")
