"""Long tables take turns: each run of the tests takes a part, another after a change.

Which part follows from the package's own text, so that the same code is always tested
alike and every part is taken before long. ``GAN_NUMPY_TURN=2`` chooses another one;
each table has a switch of its own that takes it whole.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")
PACKAGE = Path(__file__).parents[1] / "gan_numpy"


@cache
def turn() -> int:
    """Whose turn it is: a number that changes with the package."""
    chosen = os.environ.get("GAN_NUMPY_TURN")
    if chosen is not None:
        return int(chosen)
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:4], "big")


def share(items: Iterable[Item], parts: int, switch: str, shift: int = 0) -> list[Item]:
    """Every so many items of a table, beginning with the one whose turn it is.

    Parameters
    ----------
    items : iterable
    parts : int
        Runs that it takes to have tried all of them.
    switch : str
        The variable that takes all at once, with the value ``all``.
    shift : int
        For another part than that of another test of the same table.
    """
    first = 0 if os.environ.get(switch) == "all" else (turn() + shift) % parts
    step = 1 if os.environ.get(switch) == "all" else parts
    return list(items)[first::step]
