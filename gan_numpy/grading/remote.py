r"""Functions that run elsewhere: to a check they look like the student's own.

A call sends the arguments and waits for numbers. What the function wrote into its
arguments is written into ours too, so that the checks see it as they always do. What is
no plain data (a cache that is an object) stays where it is: we hold a `Handle`.
"""

from __future__ import annotations

import inspect
import sys
import warnings
import weakref
from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np

from gan_numpy.gradcheck.calls import StudentError
from gan_numpy.grading import wire

RAISED = ("exception", "memory", "answer")  # the tags that a process may give


class Asks(Protocol):
    """How a handle asks for its array."""

    def convert(self, number: int) -> Any:
        """The object of this number as an array, or None."""


class Handle:
    """Something of the student's that is no plain data."""

    _number: int
    _asks: Asks
    _array: np.ndarray | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Handle:
        return self

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self._array is None:  # asked once: a second answer might be another one
            array = self._asks.convert(self._number)
            self._array = array if isinstance(array, np.ndarray) else np.array(None)
        return np.array(self._array, dtype)


class HandledTuple(tuple[Any, ...]):
    """A tuple of a kind of the student's own."""

    _number: int


class HandledList(list[Any]):
    """A list of a kind of the student's own."""

    _number: int


class HandledDict(dict[str, Any]):
    """A dict of a kind of the student's own."""

    _number: int


class State(SimpleNamespace):
    """What an object of ours has become."""

    name: str
    values: dict[str, Any]


class RemoteCoder(wire.Coder):
    """The grader's side: its functions go as numbers, handles as theirs."""

    def __init__(self, asks: Asks) -> None:
        self.asks = asks
        self.functions: list[Any] = []
        self.freed: list[int] = []

    def other(self, value: Any, depth: int) -> Any:
        if isinstance(value, Handle | HandledTuple | HandledList | HandledDict):
            return {"h": value._number}
        if type(value) is np.random.Generator:
            state = value.bit_generator.state
            return {"g": {k: _listed(v) for k, v in state.items()}}
        if inspect.isfunction(value):
            if value not in self.functions:
                self.functions.append(value)
            return {"f": self.functions.index(value)}
        if type(value).__module__.startswith(("gan_numpy.exercises.", "tests.")):
            source = inspect.getsource(type(value))
            state = {k: self.node(v, depth + 1) for k, v in vars(value).items()}
            return {"o": [source, type(value).__name__, state]}
        return super().other(value, depth)

    def special(self, kind: str, content: Any, data: bytes) -> Any:
        if kind == "h":
            return self._handle(content, data)
        if kind == "f":
            return self.functions[int(content)]
        if kind == "g":
            bits = {"PCG64": np.random.PCG64, "MT19937": np.random.MT19937}
            made = bits[content["bit_generator"]]()
            made.state = content
            return np.random.Generator(made)
        if kind == "o":
            _, name, state = content
            values = {str(k): self._value(v, data) for k, v in state.items()}
            return State(name=str(name), values=values)
        return super().special(kind, content, data)

    def _handle(self, content: Any, data: bytes) -> Any:
        number = int(content["i"])
        made: Any
        if "v" in content:
            plain = self._value(content["v"], data)
            kinds: dict[type, Any] = {tuple: HandledTuple, list: HandledList}
            made = kinds.get(type(plain), HandledDict)(plain)
        else:
            name = str(content["k"])
            name = name if name.isidentifier() else "object"
            made = type(name, (Handle,), {})()
            made._asks = self.asks
        made._number = number
        if not isinstance(made, tuple):
            weakref.finalize(made, self.freed.append, number)
        return made


def _listed(value: Any) -> Any:
    """Part of the state of a bit generator, for JSON."""
    if isinstance(value, dict):
        return {k: _listed(v) for k, v in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value


def write_back(ours: Any, new: Any) -> Any:
    """Make our argument what theirs has become; returns what stands for it."""
    if isinstance(ours, np.ndarray) and isinstance(new, np.ndarray):
        if ours.shape == new.shape and ours.dtype == new.dtype:
            np.copyto(ours, new)
            return ours
    elif isinstance(ours, dict) and isinstance(new, dict):
        kept = {k: write_back(ours.get(k), v) for k, v in new.items()}
        ours.clear()
        ours.update(kept)
        return ours
    elif isinstance(ours, list) and isinstance(new, list):
        ours[:] = new
        return ours
    elif isinstance(ours, tuple) and isinstance(new, tuple) and len(ours) == len(new):
        for a, b in zip(ours, new, strict=True):
            write_back(a, b)
        return ours
    elif isinstance(ours, np.random.Generator) and isinstance(new, np.random.Generator):
        ours.bit_generator.state = new.bit_generator.state
        return ours
    elif isinstance(new, State) and hasattr(ours, "__dict__"):
        for k in new.values.keys() & vars(ours).keys():
            vars(ours)[k] = write_back(vars(ours)[k], new.values[k])
        return ours
    return new


class Caller(Protocol):
    """How a function asks for its value."""

    def ask(
        self, question: dict[str, Any], arguments: tuple[Any, ...], keys: dict[str, Any]
    ) -> Any:
        """The value."""


class RemoteFunction:
    """A function of the student's.

    Parameters
    ----------
    caller : Caller
    space, name : str
        Of which exercise it is; its name.
    where : list
        File and line of its definition, or nothing.
    """

    def __init__(self, caller: Caller, space: str, name: str, where: list[Any]) -> None:
        self._caller, self._space, self.__name__ = caller, space, name
        if len(where) == 2:
            self.__code__ = SimpleNamespace(
                co_filename=str(where[0]), co_firstlineno=int(where[1]), co_name=name
            )

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        question = {"space": self._space, "name": self.__name__}
        return self._caller.ask(question, arguments, keywords)


def repeat_remarks(header: dict[str, Any]) -> None:
    """Print and warn as the function did, for the check to notice."""
    lines, first = header.get("printed", [0, ""])
    if first or lines:
        text = str(first).split("\n")[0][:200]
        sys.stdout.write(text + "\n" * min(max(int(lines), 1), 1000))
    for message in header.get("warned", [])[:5]:
        warnings.warn(str(message)[:200], RuntimeWarning, stacklevel=2)


def raised(header: dict[str, Any]) -> Exception:
    """The exception that stands for one of the student's."""
    from gan_numpy.gradcheck.calls import NotAttempted

    if header["raise"] == "stub":
        return NotAttempted()
    tag = header["raise"] if header["raise"] in RAISED else "answer"
    return StudentError(tag, str(header.get("says", ""))[: 1 << 12])
