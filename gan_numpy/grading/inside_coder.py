r"""Messages of the sandbox: what is no plain data is kept there, and has a number."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gan_numpy.grading import wire


@dataclass(frozen=True)
class Back:
    """A function of the grader's, to be called here."""

    number: int
    ask: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any:
        return self.ask(self.number, arguments)


class InsideCoder(wire.Coder):
    """Keeps what is no plain data, and sends a number for it."""

    def __init__(self, call_back: Callable[..., Any]) -> None:
        self.kept: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}  # by id; what is kept stays alive
        self.next, self.call_back = 0, call_back
        self.classes: dict[str, type] = {}

    def forget(self, number: int) -> None:
        """The grader has no more use for it."""
        self.numbers.pop(id(self.kept.pop(number, None)), None)

    def _number_of(self, value: Any) -> int:
        if id(value) not in self.numbers:
            self.next += 1
            self.kept[self.next], self.numbers[id(value)] = value, self.next
        return self.numbers[id(value)]

    def other(self, value: Any, depth: int) -> Any:
        if type(value) is np.random.Generator:
            return {"g": _plain_state(dict(value.bit_generator.state))}
        if type(value) in self.classes.values():
            state = {k: self.node(v, depth + 1) for k, v in vars(value).items()}
            return {"o": ["", type(value).__name__, state]}
        if type(value) is Back:
            return {"f": value.number}
        node: dict[str, Any] = {"i": self._number_of(value)}
        node["k"] = type(value).__name__[:40]
        with contextlib.suppress(ValueError, TypeError):
            node.update(self._as_plain(value, depth))
        return {"h": node}

    def _as_plain(self, value: Any, depth: int) -> dict[str, Any]:
        """What a subclass of tuple, list or dict holds, beside its number."""
        if isinstance(value, tuple):
            items = tuple.__iter__(value)
            return {"v": {"t": [self.node(v, depth + 1) for v in items]}}
        if isinstance(value, list):
            return {"v": {"l": [self.node(v, depth + 1) for v in list.__iter__(value)]}}
        if isinstance(value, dict):
            pairs = dict.items(value)
            return {"v": {"d": {str(k): self.node(v, depth + 1) for k, v in pairs}}}
        return {}

    def special(self, kind: str, content: Any, data: bytes) -> Any:
        if kind == "h":
            return self.kept[content]
        if kind == "g":
            bits = getattr(np.random, content["bit_generator"])()
            bits.state = content
            return np.random.Generator(bits)
        if kind == "f":
            return Back(content, self.call_back)
        if kind == "o":
            source, name, state = content
            made: Any = object.__new__(self._class(source, name))
            made.__dict__.update({k: self._value(v, data) for k, v in state.items()})
            return made
        return super().special(kind, content, data)

    def _class(self, source: str, name: str) -> type:
        if name not in self.classes:
            space: dict[str, Any] = {"np": np, "__name__": "given"}
            code = f"from __future__ import annotations\n{source}"
            exec(compile(code, "given", "exec"), space)
            self.classes[name] = space[name]
        return self.classes[name]


def _plain_state(state: dict[str, Any]) -> dict[str, Any]:
    """The state of a bit generator as plain numbers."""
    return {
        k: _plain_state(v) if isinstance(v, dict) else v if isinstance(v, str) else
        [int(n) for n in v] if isinstance(v, np.ndarray) else int(v)
        for k, v in state.items()
    }  # fmt: skip
