r"""Conversations with submissions: start one, ask it, end it in time."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from gan_numpy.gradcheck.calls import StudentError
from gan_numpy.grading import wire
from gan_numpy.grading.nursery import START, NotGraded, Nursery
from gan_numpy.grading.remote import (
    RemoteCoder,
    RemoteFunction,
    raised,
    repeat_remarks,
    write_back,
)
from gan_numpy.grading.sandbox import Limits

AFTERWARD = 1.5  # seconds that are left when a search ends
USED_UP = "the time for the whole submission is used up"


class Clock:
    """The time of a submission: one for all its files, for reading and for running.

    Parameters
    ----------
    total : float
        Seconds, from now on.
    """

    def __init__(self, total: float) -> None:
        self.end = time.monotonic() + total

    def left(self) -> float:
        """Seconds that are left, none or more."""
        return max(0.0, self.end - time.monotonic())


class Session:
    """One file in its sandbox; started when first asked, and again after its end.

    Parameters
    ----------
    nursery : Nursery
    name, content : str, bytes
        The file.
    limits : Limits
    clock : Clock
    beside : mapping
        Names and contents of the student's other files, as seen from this one.

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
        self,
        nursery: Nursery,
        name: str,
        content: bytes,
        limits: Limits,
        clock: Clock,
        beside: Mapping[str, bytes] | None = None,
    ) -> None:
        self.beside = dict(beside or {})
        self.nursery, self.limits, self.clock = nursery, limits, clock
        self.name, self.content = name, content
        self.sock: socket.socket | None = None
        self.coder = RemoteCoder(self)
        self.flags: list[str] = []
        self.ended: StudentError | None = None
        self.given: dict[str, dict[str, str]] = {}
        self.differences = False
        self.kib, self.missing = 0, list[str]()
        self.deadline = self.started = time.monotonic()

    def begin(self) -> None:
        """Start the clock of one exercise."""
        self.flags, self.ended = [], None
        self.started = time.monotonic()
        self.deadline = min(self.started + self.limits.seconds, self.clock.end)

    def seconds(self) -> float:
        """Since `begin`."""
        return time.monotonic() - self.started

    def load(
        self, given: dict[str, dict[str, str]], differences: bool = False
    ) -> dict[str, Any]:
        """What is in the file; nothing of it has run.

        With ``differences`` a gradient may be measured.

        Raises
        ------
        StudentError
            If reading it ends the process, or there is no time left.
        NotGraded
            If there can be no process.
        """
        self.begin()
        self.given, self.differences = given, differences
        if not self.clock.left():
            raise StudentError("timeout", USED_UP)
        return self._start()

    def _start(self) -> dict[str, Any]:
        self.sock = self.nursery.spawn(self.limits)
        self.coder = RemoteCoder(self)
        try:
            hello, _ = wire.receive(self.sock, time.monotonic() + START)
        except (TimeoutError, wire.Closed, wire.ProtocolError):
            self.close()  # nothing of the student's has run yet
            raise NotGraded("a process of the sandbox ends as it starts") from None
        self.missing = [str(m) for m in hello["missing"]]
        question: dict[str, Any] = {"do": "load", "name": self.name}
        question["given"], question["differences"] = self.given, self.differences
        question["size"] = len(self.content)
        question["beside"] = [[k, len(v)] for k, v in self.beside.items()]
        return self._exchange(
            question, b"".join([self.content, *self.beside.values()])
        )[0]

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

    def explain(self, name: str, code: str, wanted: list[str]) -> dict[str, Any]:
        """What a search of a wrong exercise finds; the nursery must be one for that.

        Empty if there is no time for it, or if it does not come to its end.
        """
        self.begin()
        seconds = self.deadline - time.monotonic() - AFTERWARD
        try:
            self.load(self.given, self.differences)
            self.define(name, wanted)
            question = {"do": "explain", "space": name, "variant": code}
            header, _ = self._exchange({**question, "seconds": max(0.0, seconds)})
        except StudentError:
            return {}
        found = header.get("found", {})
        return found if isinstance(found, dict) else {}

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
        except (wire.ProtocolError, MemoryError, *wire.NOT_OURS):
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
            wire.send(self.sock, question, data, self.deadline)
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
            if not self.clock.left():
                says = USED_UP
            raise self._over("timeout", says) from None
        except wire.ProtocolError as error:
            raise self._over("answer", f"its answer cannot be read: {error}") from None

    def _receive(self) -> tuple[dict[str, Any], bytes]:
        assert self.sock is not None
        try:
            return wire.receive(self.sock, self.deadline)
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
            wire.send(self.sock, {"raise": f"{error}"[:200]}, b"", self.deadline)
            return
        wire.send(self.sock, {"value": node}, data, self.deadline)

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
