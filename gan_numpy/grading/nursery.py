r"""The process that submissions are forked from, seen from the grader."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from gan_numpy.errors import UserError
from gan_numpy.grading.sandbox import OWN_USERS, Limits

PROGRAM = "from gan_numpy.grading.zygote import main; main()"
START = 60.0  # seconds that importing NumPy may take on a busy machine
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA", "BLIS")
}


# What Python itself may need; all else in the environment is the instructor's own.
KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")


class NotGraded(Exception):
    """The grader could not do its work: this says nothing about a submission."""


def home() -> str:
    """Where this package lies: nothing that was handed in is imported from there."""
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def bare_environment() -> dict[str, str]:
    """The least that a process of ours needs; a submission can read its memory."""
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = os.pathsep.join([home(), *filter(os.path.isabs, given)])
    kept = {k: os.environ[k] for k in KEPT if k in os.environ}
    return {**kept, **ONE_THREAD, "PYTHONPATH": paths, "PYTHONUTF8": "1"}


class Nursery:
    """Owns the process that submissions are forked from.

    Parameters
    ----------
    allowed : sequence of str
        Top-level modules that submissions may import.
    hide : sequence of str
        Folders that they must not see.
    explains : bool
        It holds the exercises, too, and says on which line a mistake is.

    Attributes
    ----------
    missing : list of str
        What name spaces would close and this system does not allow.
    open : list of str
        What else is not closed.

    Raises
    ------
    NotGraded
        If it cannot be started, here and in its methods.
    """

    def __init__(
        self, allowed: Sequence[str], hide: Sequence[str] = (), explains: bool = False
    ) -> None:
        if not hasattr(os, "fork") or not hasattr(socket, "send_fds"):
            raise UserError("grading needs Linux or macOS (on Windows: WSL)")
        package = os.path.join(home(), "gan_numpy")
        checkout = os.path.exists(os.path.join(home(), "setup.cfg"))
        config = {
            "allowed": list(allowed),
            "explains": explains,
            "hide": [*map(os.path.abspath, hide), home() if checkout else package],
            "user": OWN_USERS + os.getpid() % 2**20,
        }
        self.control, theirs = socket.socketpair()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=bare_environment(),
                cwd=home(),  # no submission is imported because it is called numpy.py
                start_new_session=True,  # no terminal is its own
            )
        except OSError as error:
            self.control.close()
            raise NotGraded(f"the sandbox cannot be started: {error}") from None
        finally:
            theirs.close()
        self.control.settimeout(START)
        first = self._ask(json.dumps(config).encode())
        self.missing: list[str] = first["missing"]
        self.open: list[str] = first["open"]

    def _ask(self, question: bytes, fds: Sequence[int] = ()) -> dict[str, Any]:
        """Send one line, with descriptors; what is answered."""
        content = b""
        try:
            socket.send_fds(self.control, [question], list(fds))
            while not content.endswith(b"\n"):
                part = self.control.recv(1 << 16)
                if not part:
                    raise OSError("it has ended")
                content += part
        except OSError:
            words = self._last_words()
            raise NotGraded(f"the sandbox cannot be started: {words}") from None
        answer: dict[str, Any] = json.loads(content)
        if "failed" in answer:
            raise NotGraded(f"the sandbox cannot start a process: {answer['failed']}")
        return answer

    def _last_words(self) -> str:
        """End it; the last line that it has written, if any."""
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        assert self.process.stderr is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        # Not to its end: should anything that it started live on, that never comes.
        os.set_blocking(self.process.stderr.fileno(), False)
        written = (self.process.stderr.read() or b"").decode(errors="replace")
        self.close()
        return written.strip().split("\n")[-1][:300] or "no reason is given"

    def spawn(self, limits: Limits) -> socket.socket:
        """Start a process for a submission; what is returned leads to it."""
        ours, theirs = socket.socketpair()
        line = json.dumps({"spawn": limits.as_dict()}).encode()
        try:
            self._ask(line, [theirs.fileno()])
        except NotGraded:
            ours.close()
            raise
        finally:
            theirs.close()
        return ours

    def end(self) -> dict[str, Any]:
        """Kill the process of the submission; how it ended."""
        return self._ask(b'{"end": true}')

    def close(self) -> None:
        """End everything."""
        self.control.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
