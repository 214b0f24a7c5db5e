r"""In the sandbox: the student's functions, and nothing to compare them with.

The grader says ``load``, then ``call`` for each question; what is answered are numbers.
Nothing here is trusted: should the student's code take this process over, it can only
answer differently, or not at all.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import os
import socket
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial, wraps
from inspect import isfunction
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.errors import UserError
from gan_numpy.exercises.differences import CALLS, TASK, Watch, globals_of
from gan_numpy.exercises.reading.beside import Beside
from gan_numpy.exercises.reading.ipython import transformer
from gan_numpy.exercises.reading.needed import needed
from gan_numpy.exercises.reading.submission import Submission, parse_submission
from gan_numpy.gradcheck.calls import describe
from gan_numpy.grading import wire
from gan_numpy.grading.forbidden import Watchman, shortcuts
from gan_numpy.grading.inside_coder import InsideCoder
from gan_numpy.grading.questions import answers_in
from gan_numpy.grading.reading import define, untouched

Reply = tuple[dict[str, Any], bytes]
Explain = Callable[[str, str, dict[str, Any], float], dict[str, Any]]
OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
TEXT = 4000  # characters of a message


class Printed(io.TextIOBase):
    """Counts lines and keeps the first; the rest is lost."""

    def __init__(self) -> None:
        self.first, self.lines = "", 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.lines == 0:
            self.first = (self.first + text[:200])[:200]
        self.lines += text.count("\n")
        return len(text)


class Service:
    """Answers the grader until it goes."""

    def __init__(
        self, sock: socket.socket, allowed: list[str], explain: Explain | None = None
    ) -> None:
        self.sock, self.explain = sock, explain
        self.coder = InsideCoder(self._call_back)
        self.watchman = Watchman(self._report, allowed)
        self.submission: Submission | None = None
        self.beside = Beside()
        self.differences = False  # whether gradients may be measured
        self.looked: Counter[tuple[str, str]] = Counter()
        self.spaces: dict[str, dict[str, Any]] = {}

    def hello(self, missing: list[str]) -> None:
        """Say that we are there, and which limits are not."""
        self._send({"missing": missing})

    def run(self) -> None:
        """Answer; it ends when the other side closes the connection."""
        sys.addaudithook(self.watchman.hook)
        while True:
            header, data = wire.receive(self.sock)
            answer = {
                "load": self._load,
                "define": self._define,
                "call": self._call,
                "explain": self._explain,
            }
            self._send(*answer[header["do"]](header, data))

    def _send(self, header: dict[str, Any], data: bytes = b"") -> None:
        wire.send(self.sock, header, data)

    def _report(self, reason: str) -> None:
        self._send({"flag": reason[:200]})

    def _load(self, header: dict[str, Any], data: bytes) -> Reply:
        """Read it: which exercises there are, what is wrong with them beforehand."""
        size, files, start = header["size"], {}, header["size"]
        for name, length in header["beside"]:
            files[name] = data[start : start + length]
            start += length
        self.beside = Beside(files)
        self.watchman.allowed += self.beside.roots
        try:
            self.submission = parse_submission(Path(header["name"]), data[:size])
        except UserError as error:
            return {"refused": str(error)[:TEXT]}, b""
        self.differences = bool(header["differences"])
        errors = [p.complaint() for p in self.submission.pieces if p.error is not None]
        found: dict[str, Any] = {}
        used: dict[str, None] = {}
        for name in self.submission.found:
            given = header["given"].get(name, {})
            problem = self.submission.syntax_error(name)
            flags: list[str] = []
            try:
                flags, names = self._looked_at([name, *given])
                used |= dict.fromkeys(names)
            except UserError as error:  # of a module beside it
                problem = problem or str(error)[:TEXT]
            same = untouched(self.submission, given)
            found[name] = {"flags": flags[:5], "syntax": problem, "untouched": same}
        answers = answers_in(self.submission.statements())
        about = {"found": found, "errors": errors[:1], "used": [*used]}
        return {**about, "answers": answers}, b""

    def _looked_at(self, wanted: list[str]) -> tuple[list[str], list[str]]:
        """Shortcuts, and the files beside it that the functions rest upon."""
        assert self.submission is not None
        allowed = self.watchman.allowed
        flags = shortcuts(
            self.submission, wanted, allowed, self.differences, self.beside
        )
        rests_upon = self.beside.used(needed(self.submission.statements(), wanted))
        return flags, [self.beside.names[module] for module in rests_upon]

    def _define(self, header: dict[str, Any], _: bytes) -> Reply:
        """Make the functions of one exercise; say where each is defined."""
        assert self.submission is not None
        try:
            with self._guarded():
                space = define(
                    self.submission, header["wanted"], self.watchman, self.beside
                )
        except BaseException as error:
            return self._raised(error), b""
        self.spaces[header["space"]] = space
        self.looked.clear()
        made = [k for k in header["wanted"] if callable(space.get(k))]
        return {"functions": {k: _where(space[k]) for k in made}}, b""

    def _explain(self, header: dict[str, Any], _: bytes) -> Reply:
        """On which line the mistake of an exercise is, if this process can tell."""
        assert self.explain is not None
        space = self.spaces[header["space"]]
        functions = {
            k: self._on_duty(f) if isfunction(f) else f for k, f in space.items()
        }
        about = header["space"], header["variant"], functions, header["seconds"]
        try:
            return {"found": self.explain(*about)}, b""
        except BaseException as error:
            return self._raised(error), b""

    def _on_duty(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, watched while it runs: what runs around it is ours."""

        @wraps(function)
        def watched(*arguments: Any, **keywords: Any) -> Any:
            with self._guarded():
                return function(*arguments, **keywords)

        watched.__student__ = function  # type: ignore[attr-defined]
        return watched

    def _call(self, header: dict[str, Any], data: bytes) -> Reply:
        for number in header["free"]:
            self.coder.forget(number)
        printed = Printed()
        arguments = self.coder.decode(header["args"], data)
        keywords = self.coder.decode(header["keys"], data)
        before = [self.coder.encode(a) for a in arguments]
        function = self._function(header)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                with (
                    self._guarded(),
                    contextlib.redirect_stdout(printed),
                    np.errstate(**header["errors"]),
                ):
                    value = function(*arguments, **keywords)
            except BaseException as error:
                return self._raised(error), b""
        after = [self.coder.encode(a) for a in arguments]
        changed = [k for k, old in enumerate(before) if after[k] != old]
        try:
            node, raw = self.coder.encode((value, *[arguments[k] for k in changed]))
        except Exception as error:
            what = str(error) if type(error) is ValueError else "not readable"
            return {"raise": "answer", "says": f"its answer is {what[:60]}"}, b""
        messages = [str(w.message).split("\n")[0][:200] for w in caught[:5]]
        header = {"value": node, "changed": changed, "warned": messages}
        header["printed"] = [printed.lines, printed.first[:200]]
        return header, raw

    def _function(self, header: dict[str, Any]) -> Callable[..., Any]:
        if "convert" in header:
            return lambda: _as_array(self.coder.kept[header["convert"]])
        which = header["space"], header["name"]
        function: Callable[..., Any] = self.spaces[which[0]][which[1]]
        if self.differences or which[0] in TASK or self.looked[which] == CALLS:
            return function
        self.looked[which] += 1  # the first calls are looked at, the others are quick
        return partial(self._watched, function)

    def _watched(
        self, function: Callable[..., Any], *arguments: Any, **keywords: Any
    ) -> Any:
        """Call it, and report if it measures what it should derive."""
        watch = Watch(globals_of(function))
        try:
            return watch(function, *arguments, **keywords)
        finally:
            for reason in watch.reasons:
                self._report(reason)

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        self.watchman.on_duty = True
        try:
            yield
        finally:
            self.watchman.on_duty = False

    def _raised(self, error: BaseException) -> dict[str, Any]:
        """An exception, as text; the first frames of its traceback are ours."""
        if isinstance(error, NotImplementedError):
            return {"raise": "stub", "says": ""}
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename.startswith(OURS):
            trace = trace.tb_next
        try:
            says = describe(error.with_traceback(trace))
        except BaseException:
            says = "an exception that cannot be shown"
        kind = "memory" if isinstance(error, MemoryError) else "exception"
        return {"raise": kind, "says": says[:TEXT]}

    def _call_back(self, number: int, arguments: tuple[Any, ...]) -> Any:
        """Ask the grader for the value of a function of its own."""
        node, raw = self.coder.encode(arguments)
        self._send({"back": number, "args": node}, raw)
        header, data = wire.receive(self.sock)
        if "raise" in header:
            raise ValueError(header["raise"])
        return self.coder.decode(header["value"], data)


def _as_array(value: Any) -> Any:
    """An object as an array of numbers, or None."""
    array = np.array(value)
    if array.dtype.kind not in wire.KINDS:
        return None
    return array.astype(array.dtype.newbyteorder("=")).view(np.ndarray)


def _where(function: Any) -> list[Any]:
    code = getattr(function, "__code__", None)
    return [code.co_filename, code.co_firstlineno] if inspect.iscode(code) else []


def import_all(names: list[str]) -> None:
    """Import what submissions may import, and what reads them, once for all."""
    transformer()  # of notebooks; inside no file of IPython's can be opened
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for name in ("linalg", "random", "fft", "polynomial", "ma", "lib", "testing"):
        with contextlib.suppress(ImportError):
            importlib.import_module(f"numpy.{name}")
