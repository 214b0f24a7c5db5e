r"""Conversations with submissions: start one, ask it, end it in time."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import numpy as np

from gan_numpy.errors import UserError
from gan_numpy.gradcheck.calls import StudentError
from gan_numpy.grading import wire
from gan_numpy.grading.remote import (
    RemoteCoder,
    RemoteFunction,
    raised,
    repeat_remarks,
    write_back,
)
from gan_numpy.grading.sandbox import OWN_USERS, Limits

PROGRAM = "from gan_numpy.grading.zygote import main; main()"
START = 60.0  # seconds that importing NumPy may take on a busy machine
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA", "BLIS")
}


def _python_path() -> list[str]:
    return os.environ.get("PYTHONPATH", "").split(os.pathsep)


class Nursery:
    """Owns the process that submissions are forked from.

    Parameters
    ----------
    allowed : sequence of str
        Top-level modules that submissions may import.
    hide : sequence of str
        Folders that they must not see.

    Attributes
    ----------
    missing : list of str
        The walls that this system does not allow.
    """

    def __init__(self, allowed: Sequence[str], hide: Sequence[str] = ()) -> None:
        if not hasattr(os, "fork") or not hasattr(socket, "send_fds"):
            raise UserError("grading needs Linux or macOS (on Windows: WSL)")
        self.control, theirs = socket.socketpair()
        package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        home = os.path.dirname(package)
        checkout = os.path.exists(os.path.join(home, "setup.cfg"))
        config = {
            "allowed": list(allowed),
            "hide": [*map(os.path.abspath, hide), home if checkout else package],
            "user": OWN_USERS + os.getpid() % 2**20,
        }
        paths = [home, *filter(os.path.isabs, _python_path())]
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.errors,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(paths)},
            cwd=home,  # no submission is imported because it is called numpy.py
            start_new_session=True,
        )
        theirs.close()
        self.control.settimeout(START)
        self.control.sendall(json.dumps(config).encode())
        self.missing: list[str] = self._line()["missing"]

    def _line(self) -> dict[str, Any]:
        content = b""
        while not content.endswith(b"\n"):
            try:
                part = self.control.recv(1 << 16)
            except OSError:
                part = b""
            if not part:
                raise UserError(f"the sandbox cannot be started: {self._last_words()}")
            content += part
        answer: dict[str, Any] = json.loads(content)
        return answer

    def _last_words(self) -> str:
        """The last line that it has written, if any."""
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().split("\n")
        return lines[-1][:300] or "no reason is given"

    def spawn(self, limits: Limits) -> socket.socket:
        """Start a process for a submission; what is returned leads to it."""
        ours, theirs = socket.socketpair()
        line = json.dumps({"spawn": limits.as_dict()}).encode()
        socket.send_fds(self.control, [line], [theirs.fileno()])
        theirs.close()
        self._line()
        return ours

    def end(self) -> dict[str, Any]:
        """Kill the process of the submission; how it ended."""
        self.control.sendall(b'{"end": true}')
        return self._line()

    def close(self) -> None:
        """End everything."""
        self.control.close()
        self.errors.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Session:
    """One file in its sandbox; started when first asked, and again after its end.

    Parameters
    ----------
    nursery : Nursery
    name, content : str, bytes
        The file.
    limits : Limits

    Attributes
    ----------
    flags : list of str
        Shortcuts that were noticed since `begin`.
    ended : StudentError or None
        Why the process is no longer there.
    kib : int
        The most memory that it took.
    """

    def __init__(
        self, nursery: Nursery, name: str, content: bytes, limits: Limits
    ) -> None:
        self.nursery, self.limits = nursery, limits
        self.name, self.content = name, content
        self.sock: socket.socket | None = None
        self.coder = RemoteCoder(self)
        self.flags: list[str] = []
        self.ended: StudentError | None = None
        self.given: dict[str, dict[str, str]] = {}
        self.kib, self.missing, self.left = 0, list[str](), limits.total
        self.deadline = 0.0

    def begin(self) -> None:
        """Start the clock of one exercise."""
        self.flags, self.ended = [], None
        self.started = time.monotonic()
        self.deadline = self.started + max(0.1, min(self.limits.seconds, self.left))

    def finish(self) -> float:
        """Stop the clock; the seconds that it took."""
        seconds = time.monotonic() - self.started
        self.left -= seconds
        return seconds

    def load(self, given: dict[str, dict[str, str]]) -> dict[str, Any]:
        """What is in the file; nothing of it has run.

        Raises
        ------
        StudentError
            If reading it ends the process.
        """
        self.begin()
        self.given = given
        try:
            return self._start()
        finally:
            self.finish()

    def _start(self) -> dict[str, Any]:
        self.sock = self.nursery.spawn(self.limits)
        self.coder = RemoteCoder(self)
        hello, _ = self._receive(START)
        self.missing = [str(m) for m in hello["missing"]]
        question = {"do": "load", "name": self.name, "given": self.given}
        return self._exchange(question, self.content)[0]

    def define(self, name: str, wanted: list[str]) -> dict[str, RemoteFunction]:
        """The functions of an exercise that the file defines."""
        if self.sock is None:
            self._start()
        question = {"do": "define", "space": name, "wanted": wanted}
        header, _ = self._exchange(question)
        if "raise" in header:
            raise raised(header)
        return {
            str(k): RemoteFunction(self, name, str(k), where)
            for k, where in header["functions"].items()
            if k in wanted
        }

    def ask(
        self, question: dict[str, Any], arguments: tuple[Any, ...], keys: dict[str, Any]
    ) -> Any:
        """Call a function there."""
        if self.ended is not None:
            raise self.ended
        coder = self.coder
        args, data = coder.encode(arguments)
        more = {k: coder.node(v, 1) for k, v in keys.items()}
        question = {**question, "do": "call", "args": args, "keys": {"d": more}}
        question["free"] = [coder.freed.pop() for _ in range(len(coder.freed))]
        question["errors"] = np.geterr()
        header, raw = self._exchange(question, data if not keys else bytes(coder.bytes))
        if "raise" in header:
            raise raised(header)
        try:
            value, *changed = coder.decode(header["value"], raw)
            for k, new in zip(header["changed"], changed, strict=True):
                write_back(arguments[k], new)
            repeat_remarks(header)
        except (wire.ProtocolError, *wire.NOT_OURS):
            raise self._over("answer", "its answer cannot be read") from None
        return value

    def convert(self, number: int) -> Any:
        """What the student's process makes an array of."""
        return self.ask({"convert": number}, (), {})

    def _exchange(
        self, question: dict[str, Any], data: bytes = b""
    ) -> tuple[dict[str, Any], bytes]:
        """Ask, answer what is asked back, and wait for the reply."""
        assert self.sock is not None
        try:
            wire.send(self.sock, question, data)
            while True:
                header, raw = self._receive()
                if "flag" in header:
                    if len(self.flags) < 5:
                        self.flags.append(str(header["flag"])[:200])
                elif "back" in header:
                    self._call_back(header, raw)
                else:
                    return header, raw
        except TimeoutError:
            limit = f"{self.limits.seconds:g} seconds"
            says = f"no answer within {limit}: an endless loop?"
            if self.left < self.limits.seconds:
                says = "the time for the whole file is used up"
            raise self._over("timeout", says) from None
        except wire.ProtocolError as error:
            raise self._over("answer", f"its answer cannot be read: {error}") from None

    def _receive(self, wait: float | None = None) -> tuple[dict[str, Any], bytes]:
        assert self.sock is not None
        until = self.deadline if wait is None else time.monotonic() + wait
        try:
            return wire.receive(self.sock, until)
        except wire.Closed:
            raise self._over("crash", "your code ends the Python process") from None

    def _call_back(self, header: dict[str, Any], raw: bytes) -> None:
        """A function of ours was called with arguments of theirs."""
        assert self.sock is not None
        try:
            function = self.coder.functions[header["back"]]
            arguments = self.coder.decode(header["args"], raw)
            node, data = self.coder.encode(function(*arguments))
        except wire.ProtocolError:
            raise
        except Exception as error:
            wire.send(self.sock, {"raise": f"{error}"[:200]})
            return
        wire.send(self.sock, {"value": node}, data)

    def _over(self, tag: str, says: str) -> StudentError:
        """The process is ended, for this reason."""
        self.ended = StudentError(tag, says)
        self.close()
        return self.ended

    def close(self) -> None:
        """End the process, if there is one."""
        if self.sock is not None:
            self.sock.close()
            self.sock = None
            self.kib = max(self.kib, int(self.nursery.end().get("kib", 0)))
