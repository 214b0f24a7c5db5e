"""What a hostile submission is: what is handed in, and how it may be graded.

Every one answers ``relu_backward`` unless it says otherwise, stands between two honest
students (``aaa`` and ``zzz``), and must earn nothing, change nothing and let the others
be graded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gan_numpy.exercises.base import source_of
from gan_numpy.exercises.dense import RELU

GIVEN = source_of(RELU.given[0])
HEAD = "import numpy as np\n\n\n" + GIVEN + "\n\n"
NEIGHBOR = "# NEIGHBOR-5520 wrote this\n"  # must never be seen by anybody else
HONEST = NEIGHBOR + HEAD + source_of(RELU.reference)
FREE = (
    "os socket signal time ctypes resource sys struct json _thread gc mmap atexit"
    " re fcntl"
)
MARK = "hostile-mark"  # in the name of whatever an attack leaves outside

Build = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """One hostile submission.

    Attributes
    ----------
    kind : str
        points, replies, walls, texts or intake.
    source : str or bytes
        The content of ``NAME.py``; ``{place}`` is a folder that everybody may write to,
        ``{tty}`` a terminal, ``{mark}`` a name for what is left behind.
    build : function of the folder of submissions, optional
        Hands in something else than a file of that content.
    exercise : str
    free : bool
        The instructor allows ``os`` and its like: the walls alone must hold.
    """

    kind: str
    source: str | bytes = ""
    build: Build | None = None
    exercise: str = "relu_backward"
    free: bool = False


def body(*lines: str, top: str = "", forward: str = GIVEN) -> str:
    """A relu_backward with these lines, after some lines at top level."""
    inside = "\n".join(f"    {line}" for block in lines for line in block.split("\n"))
    head = f"import numpy as np\n\n\n{forward}\n\n{top}\n"
    return f"{head}\ndef relu_backward(dy, cache):\n{inside}\n"


def walls(*lines: str, top: str = "", answer: str = "return dy") -> Case:
    """An attack on the system by code that may import everything; a wrong answer."""
    code = "import " + ", ".join(FREE.split())
    return Case("walls", body(code, *lines, answer, top=top), free=True)


def quietly(text: str) -> str:
    """Lines whose exceptions are passed over."""
    inside = "\n".join(f"    {line}" for line in text.strip("\n").split("\n"))
    return f"try:\n{inside}\nexcept BaseException: pass"


def telling(text: str) -> str:
    """Lines that leave what they found in ``x``; it is told in an exception."""
    inside = "\n".join(f"    {line}" for line in text.strip("\n").split("\n"))
    return (
        f"x = 'nothing'\ntry:\n{inside}\nexcept BaseException as e: x = repr(e)\n"
        "raise ValueError(f'found {x}')"
    )
