r"""The arrays that a derivation may name: they are the exercise's own."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from gan_numpy.derive.vocabulary import VOCABULARIES, Arrays
from gan_numpy.exercises.base import Exercise, source_of
from gan_numpy.exercises.checks import backward_check, gradient_of, value_check


def targets(exercise: Exercise) -> tuple[str, ...]:
    """What is to be derived: "dx", "dW", "db"."""
    check = exercise.check
    if isinstance(check, backward_check | gradient_of):
        return tuple(f"d{k}" for k in check.wrt)
    assert isinstance(check, value_check)
    each = VOCABULARIES[exercise.name].each
    return ("p",) if each else check.outputs


def names_in_cache(function: Callable[..., Any]) -> list[str]:
    """The names that a backward gives to the parts of its cache."""
    for node in ast.walk(ast.parse(source_of(function))):
        if isinstance(node, ast.Assign) and getattr(node.value, "id", "") == "cache":
            (target,) = node.targets
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            return [n.id for n in parts if isinstance(n, ast.Name)]
    return []


def arrays_of(exercise: Exercise, arguments: Arrays, cache: Any = None) -> Arrays:
    """All that a formula may name: inputs, cotangent, what is in the cache."""
    words = VOCABULARIES[exercise.name]
    found = dict(arguments)
    names = names_in_cache(exercise.reference) if cache is not None else []
    held = cache if isinstance(cache, tuple) and len(names) > 1 else (cache,)
    found.update(zip(names, held, strict=False))
    if words.also is not None:
        found.update(words.also(found))
    return found


def example(exercise: Exercise, seed: int = 0) -> Arrays:
    """The arrays of an ordinary case."""
    check = exercise.check
    inputs = check.ordinary_inputs(seed)  # type: ignore[attr-defined]
    if isinstance(check, backward_check):
        y, cache = check.forward(*inputs.values())
        dy = np.random.default_rng(seed).standard_normal(np.shape(y))
        first = next(iter(parameters(exercise)))
        return arrays_of(exercise, {**inputs, first: dy}, cache)
    if VOCABULARIES[exercise.name].each:
        (name,) = (k for k, v in inputs.items() if isinstance(v, dict))
        part = next(iter(inputs[name].values()))
        return {**{k: v for k, v in inputs.items() if k != name}, "p": part.ravel()}
    return arrays_of(exercise, inputs)


def parameters(exercise: Exercise) -> list[str]:
    """The names of the arguments of an exercise's function."""
    code = exercise.reference.__code__
    return list(code.co_varnames[: code.co_argcount])
