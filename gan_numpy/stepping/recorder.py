r"""What every line of a function did: which arrays it made or changed.

The interpreter's trace hook stops before each line; what differs from the line before
is what that line has done. Nothing in the function is changed for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

import numpy as np

MOST_STEPS = 250
RETURNED = "returned"


@dataclass
class Step:
    """One line that ran.

    Attributes
    ----------
    code : CodeType
        Of the function that it is in.
    line : int
        In its file.
    made : dict
        The arrays and numbers that it made or changed, by name, as copies.
    given : dict
        What the call of its function was given, the same object for all of its lines.
    """

    code: CodeType
    line: int
    made: dict[str, Any]
    given: dict[str, Any] = field(default_factory=dict)


@dataclass
class Recording:
    """All lines of a call, in the order in which they ran.

    Attributes
    ----------
    steps : list of Step
    left : int
        How many more lines ran than are recorded.
    error : str
        What it raised.
    value : object
        What it returned.
    """

    steps: list[Step] = field(default_factory=list)
    left: int = 0
    error: str = ""
    value: Any = None


def parts(name: str, value: Any, depth: int = 0) -> dict[str, Any]:
    """The arrays and numbers of a value; those of a dict or a tuple have long names."""
    if isinstance(value, (bool, np.bool_)) or value is None:
        return {}
    if isinstance(value, (int, float, np.number)):
        return {name: value}
    if isinstance(value, np.ndarray):
        return {name: value} if value.dtype.kind in "fiub" else {}
    found: dict[str, Any] = {}
    if depth < 2 and isinstance(value, (dict, tuple, list)) and len(value) <= 12:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in pairs:
            found.update(parts(f"{name}[{key}]", part, depth + 1))
    return found


class _Frame:
    """The names of a running function, and the line that is at work in it."""

    def __init__(self, frame: FrameType) -> None:
        self.given = self.before = self.seen(frame)
        self.line: int | None = None

    def seen(self, frame: FrameType) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in frame.f_locals.items():
            if name.isidentifier():
                found.update(parts(name, value))
        return {
            k: np.array(v) if isinstance(v, np.ndarray) else v for k, v in found.items()
        }

    def made(self, frame: FrameType) -> dict[str, Any]:
        now = self.seen(frame)
        found = {k: v for k, v in now.items() if not _same(self.before.get(k), v)}
        self.before = now
        return found


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) != isinstance(b, np.ndarray):
        return False
    if isinstance(a, np.ndarray):
        same = a.dtype == b.dtype and a.shape == b.shape
        return same and a.tobytes() == b.tobytes()
    return bool(a is b or a == b)


def record(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    followed: Callable[[CodeType], bool],
    most: int = MOST_STEPS,
) -> Recording:
    """Call a function and record its lines, and those of the functions ``followed``.

    Parameters
    ----------
    function : callable
    arguments : tuple
    followed : function of a code object
        Whether its lines are recorded.
    most : int
        Lines are recorded up to this number; the function runs to its end.
    """
    found = Recording()
    frames: dict[FrameType, _Frame] = {}

    def ended(frame: FrameType, extra: dict[str, Any]) -> None:
        state = frames[frame]
        if state.line is None:
            return
        if len(found.steps) >= most:
            found.left += 1
            return
        made = {**state.made(frame), **extra}
        found.steps.append(Step(frame.f_code, state.line, made, state.given))

    def local(frame: FrameType, event: str, value: Any) -> Any:
        if event == "line":
            ended(frame, {})
            frames[frame].line = frame.f_lineno
        elif event == "return":
            ended(frame, parts(RETURNED, value))
            del frames[frame]
        return local

    def called(frame: FrameType, event: str, value: Any) -> Any:
        if not frame.f_code.co_name.startswith("<") and followed(frame.f_code):
            frames[frame] = _Frame(frame)
            return local
        return None

    previous = sys.gettrace()
    sys.settrace(called)
    try:
        found.value = function(*arguments)
    except Exception as error:  # the student's; its place is the last line
        found.error = f"{type(error).__name__}: {error}"
    finally:
        sys.settrace(previous)
    return found
