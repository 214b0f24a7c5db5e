r"""All exercises, in the order of the lessons."""

from __future__ import annotations

import importlib
from functools import cache

from .base import Exercise

MODULES = (
    "numerical",
    "bce",
    "dense",
    "maxout",
    "dropout",
    "optimal",
    "losses",
    "algorithm1",
    "dirac",
    "modes",
    "optimizers",
    "parzen",
    "batchnorm",
    "conv",
    "conv_transpose",
    "critics",
    "penalty",
    "spectral",
    "classes",
    "conditional",
)


@cache
def all_exercises() -> dict[str, Exercise]:
    """Every exercise by the name of its function."""
    found: dict[str, Exercise] = {}
    for module in MODULES:
        for exercise in importlib.import_module(f".{module}", __package__).EXERCISES:
            found[exercise.name] = exercise
    return found


def get_exercise(name: str) -> Exercise:
    """The exercise of this name.

    Raises
    ------
    KeyError
        If there is none.
    """
    return all_exercises()[name]
