r"""The exercises: each is one function to write, and is defined once.

>>> from gan_numpy.exercises import get_exercise
>>> get_exercise("relu_backward").title
'The rectifier backward'
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "Exercise": "base",
    "Mutant": "base",
    "build_mutant": "base",
    "all_exercises": "registry",
    "get_exercise": "registry",
}
__all__ = ["Exercise", "Mutant", "all_exercises", "build_mutant", "get_exercise"]


def __getattr__(name: str) -> Any:
    """Import on first use: the pytest plugin must not cost an ordinary run NumPy."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
