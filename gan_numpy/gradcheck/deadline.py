r"""The one limit of time of a check: whoever may take long asks the clock.

Who does not ask is interrupted, see `gan_numpy.gradcheck.repair.alarm`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class OutOfTime(BaseException):
    """The time of the search has gone: it ends at once, wherever it is."""


_over: ContextVar[Callable[[], bool] | None] = ContextVar("over", default=None)


@contextmanager
def until(over: Callable[[], bool]) -> Iterator[None]:
    """From now on `in_time` raises once ``over`` says so."""
    token = _over.set(over)
    try:
        yield
    finally:
        _over.reset(token)


def is_late() -> bool:
    """The time has gone."""
    over = _over.get()
    return over is not None and over()


def in_time() -> None:
    """Asked before everything that may take long.

    Raises
    ------
    OutOfTime
        If the time has gone.
    """
    if is_late():
        raise OutOfTime
