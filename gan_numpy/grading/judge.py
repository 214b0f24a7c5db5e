r"""Judges: processes that grade, so that none can take the others' grades with it.

What a submission answers is read, unpacked and compared by a judge: a process of its
own, of limited memory, that is given so many seconds for one submission. If it ends or
does not answer, that one submission has no grade; the next one gets a new judge.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from typing import Any

from gan_numpy.grading import wire
from gan_numpy.grading.grader import Listener, Task, failed_record, grade
from gan_numpy.grading.nursery import START, bare_environment, home
from gan_numpy.grading.sandbox import Limits
from gan_numpy.grading.submissions import Handin

PROGRAM = "from gan_numpy.grading.judge import main; main()"
MEMORY = 2 << 30  # bytes of address space beyond what it starts with
MARGIN = 60.0  # seconds beyond those of the submission, for a busy machine


class Judge:
    """A process that grades one submission after the other."""

    def __init__(self) -> None:
        self.sock, theirs = socket.socketpair()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=bare_environment(),
                cwd=home(),
                start_new_session=True,
            )
        except OSError:
            self.sock.close()
            raise
        finally:
            theirs.close()

    def grade(
        self, handin: Handin, task: Task, listen: Listener | None
    ) -> dict[str, Any]:
        """The record of a submission.

        Raises
        ------
        TimeoutError, wire.Closed, wire.ProtocolError
            If it does not come.
        """
        sizes = [len(content) for _, content in handin.files]
        question = {
            "student": handin.student,
            "files": [name for name, _ in handin.files],
            "sizes": sizes,
            "problems": list(handin.problems),
            "task": asdict(task),
            "partial": listen is not None,
        }
        until = time.monotonic() + task.limits.total + START + MARGIN
        data = b"".join(content for _, content in handin.files)
        wire.send(self.sock, question, data, until)
        while True:
            header, _ = wire.receive(self.sock, until, wire.NO_BOUND)
            if "partial" not in header:
                record: dict[str, Any] = header["record"]
                return record
            if listen is not None:
                listen(header["partial"])

    def close(self) -> None:
        """End it, and the submission that it asks."""
        self.sock.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


OWN = threading.local()  # each thread asks a judge of its own
_JUDGES: set[Judge] = set()


def grade_apart(
    handin: Handin,
    task: Task,
    listen: Listener | None = None,
    stopped: threading.Event | None = None,
) -> dict[str, Any]:
    """As `grader.grade`, in another process, which is replaced when it ends.

    Once ``stopped`` is set, no new process is started.
    """
    reason = "interrupted"
    for _ in range(2):
        if stopped is not None and stopped.is_set():
            break
        try:
            judge = getattr(OWN, "judge", None)
            if judge is None:
                judge = OWN.judge = Judge()
                _JUDGES.add(judge)
            return judge.grade(handin, task, listen)
        except TimeoutError:
            reason = "no grade within the time"
        except wire.Closed:
            reason = "the process that grades has ended"
        except (wire.ProtocolError, OSError) as error:
            reason = f"the process that grades cannot be asked: {error}"
        _forget()
    return failed_record(handin.student, reason)


def _forget() -> None:
    """End the judge of this thread."""
    judge = getattr(OWN, "judge", None)
    if judge is not None:
        OWN.judge = None
        _JUDGES.discard(judge)
        judge.process.kill()
        judge.close()


@atexit.register
def close_judges() -> None:
    """End all of them; the next submission starts a new one."""
    OWN.judge = None
    while _JUDGES:
        _JUDGES.pop().close()


def limit_memory() -> None:
    """A judge of this process; the limit can be raised again for a submission."""
    with contextlib.suppress(OSError, ValueError):
        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = used + MEMORY
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def main() -> None:
    """Grade what is asked until the other side goes."""
    sock = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(sock.fileno(), False)
    limit_memory()
    with contextlib.suppress(wire.Closed):
        while True:
            header, data = wire.receive(sock, None, wire.NO_BOUND)
            wire.send(sock, {"record": _graded(sock, header, data)})


def _graded(sock: socket.socket, header: dict[str, Any], data: bytes) -> dict[str, Any]:
    files, start = [], 0
    for name, size in zip(header["files"], header["sizes"], strict=True):
        files.append((name, data[start : start + size]))
        start += size
    about: dict[str, Any] = header["task"]
    about |= {k: tuple(about[k]) for k in ("exercises", "allowed", "hide")}
    task = Task(**{**about, "limits": Limits(**about["limits"])})
    handin = Handin(header["student"], tuple(files), tuple(header["problems"]))

    def listen(record: dict[str, Any]) -> None:
        wire.send(sock, {"partial": record})

    return grade(handin, task, listen if header["partial"] else None)
