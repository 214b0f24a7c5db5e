r"""What a backward returned, as arrays by name; anything else is said clearly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gan_numpy.gradcheck.adapt import Problem
from gan_numpy.gradcheck.calls import StudentError, defined_at


def _gradient(name: str, value: Any, where: str) -> np.ndarray:
    if value is None:
        raise StudentError("none", f"{name} is None\n{where}")
    try:
        array = np.array(value)  # a copy: it may be written to later
    except ValueError:
        raise StudentError("type", f"{name} is a ragged list\n{where}") from None
    if array.dtype.kind not in "fiub":
        kind = "complex" if array.dtype.kind == "c" else type(value).__name__
        raise StudentError(
            "type", f"{name} is {kind}, not an array of numbers\n{where}"
        )
    return array


def _by_key(returned: Mapping[str, Any], wrt: list[str], where: str) -> dict[str, Any]:
    """Keys may be the variable's name or start with d: "W" or "dW"."""
    found, expected = {}, ", ".join(f"d{k}" for k in wrt)
    for name in wrt:
        keys = [
            k for k in (name, f"d{name}", f"d_{name}", f"grad_{name}") if k in returned
        ]
        if not keys:
            shown = ", ".join(map(str, returned))
            message = f"no gradient d{name}: the keys are {shown}; expected {expected}"
            raise StudentError("count", f"{message}\n{where}")
        found[name] = returned[keys[0]]
    return found


def _layers_answer(returned: Any, problem: Problem) -> dict[str, Any] | None:
    """(dx, {"W": dW, ...}), None if it is something else."""
    values = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    if len(values) != 2 or not isinstance(values[1], Mapping):
        return None
    names = [k for k in problem.wrt if k not in values[1]]
    first = list(values[0]) if isinstance(values[0], tuple) else [values[0]]
    if len(first) != len(names):
        return None
    return {**dict(zip(names, first, strict=True)), **values[1]}


def _in_order(returned: Any, problem: Problem, where: str) -> dict[str, Any]:
    """A tuple, or one array, in the order of the inputs."""
    found = _layers_answer(returned, problem)
    if found is not None:
        return found
    values = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    if len(values) != len(problem.wrt):
        expected = ", ".join(f"d{k}" for k in problem.wrt)
        s = "" if len(values) == 1 else "s"
        message = (
            f"it returns {len(values)} gradient{s}, expected {len(problem.wrt)}:"
            f" {expected}"
        )
        raise StudentError("count", f"{message}\n{where}")
    return dict(zip(problem.wrt, values, strict=True))


def differentiating(problem: Problem, dy: Any) -> Problem:
    """The problem, with its arrays of integers as floats if the backward returns a
    gradient for each of those, too."""
    arrays = [k for k, v in problem.inputs.items() if isinstance(v, np.ndarray)]
    if len(arrays) == len(problem.wrt):
        return problem
    values = problem.fresh()
    returned = problem.backward(np.array(dy), problem.forward(values)[1], values)
    several = isinstance(returned, (tuple, list)) and len(returned) == len(arrays)
    alone = len(arrays) == 1 and not isinstance(returned, (tuple, list, Mapping))
    one = len(problem.wrt) == 1 and isinstance(returned, list)
    if not (several or alone) or one or _layers_answer(returned, problem) is not None:
        return problem
    floats = {k: problem.inputs[k].astype(np.float64) for k in arrays}
    return replace(problem, wrt=arrays, inputs={**problem.inputs, **floats})


def gradients(returned: Any, problem: Problem) -> dict[str, np.ndarray]:
    """The student's gradients by the name of their variable, copied.

    Raises
    ------
    StudentError
        None, a wrong number, a missing key, something that is no array; the message
        ends with the line on which the function is defined.
    """
    where = defined_at(problem.source)
    if returned is None:
        raise StudentError("none", f"it returns None: is the return missing?\n{where}")
    if isinstance(returned, list) and len(problem.wrt) == 1:
        returned = np.asarray(returned)
    if isinstance(returned, Mapping):
        found = _by_key(returned, problem.wrt, where)
    else:
        found = _in_order(returned, problem, where)
    return {k: _gradient(f"d{k}", found[k], where) for k in problem.wrt}
