r"""What a search has exchanged, and how to put it back if it is interrupted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar, Token
from types import CodeType, FunctionType
from typing import Any


class Ledger:
    """How to put back what is exchanged while the block runs."""

    def __init__(self) -> None:
        self.codes: dict[FunctionType, CodeType] = {}
        self.names: dict[tuple[int, str], dict[str, Any]] = {}
        self.undo: list[Callable[[], object]] = []

    def exchanging(self, functions: Iterable[FunctionType]) -> None:
        """The code of these functions is about to be another one."""
        for function in functions:
            self.codes.setdefault(function, function.__code__)

    def adding(self, space: dict[str, Any], names: Iterable[str]) -> None:
        """These names are about to be put into a module."""
        for name in names:
            self.names[id(space), name] = space

    def put_back(self) -> None:
        """All of it is as it was."""
        for function, code in self.codes.items():
            function.__code__ = code
        for (_, name), space in self.names.items():
            space.pop(name, None)
        for undo in reversed(self.undo):
            undo()


_ledger: ContextVar[Ledger | None] = ContextVar("ledger", default=None)


def opened(book: Ledger) -> Token[Ledger | None]:
    """From now on `ledger` is this one."""
    return _ledger.set(book)


def closed(token: Token[Ledger | None]) -> None:
    """No longer."""
    _ledger.reset(token)


def ledger() -> Ledger:
    """That of the block which may be interrupted; one that nobody reads outside."""
    return _ledger.get() or Ledger()
