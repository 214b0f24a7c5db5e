r"""The exercises: each is one function to write, and is defined once.

Read `base` (what an exercise is), one of them, `dense` say, and `checks`; then
`reading` (what people hand in), `running` and `worker` (where it runs), `notebook`
and `pytest_plugin` (who asks).

>>> from gan_numpy.exercises import check
>>> def relu_backward(dy, cache):
...     return dy
>>> check(relu_backward).tags
('mask-missing',)
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "Exercise": "base",
    "Mutant": "base",
    "build_mutant": "base",
    "all_exercises": "registry",
    "check": "notebook",
    "get_exercise": "registry",
}
__all__ = [
    "Exercise",
    "Mutant",
    "all_exercises",
    "build_mutant",
    "check",
    "get_exercise",
]


def __getattr__(name: str) -> Any:
    """Import on first use: the pytest plugin must not cost an ordinary run NumPy."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"gan_numpy.exercises.{_HOME[name]}"), name)
