r"""What a backward returned, as arrays by name; anything else is said clearly."""

from __future__ import annotations

from collections.abc import Mapping
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


def _in_order(returned: Any, problem: Problem, where: str) -> dict[str, Any]:
    """A tuple, or one array, in the order of the inputs."""
    values = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    if len(values) == 2 and isinstance(values[1], Mapping):  # a layer: (dx, grads)
        names = [k for k in problem.wrt if k not in values[1]]
        first = list(values[0]) if isinstance(values[0], tuple) else [values[0]]
        if len(first) == len(names):
            return {**dict(zip(names, first, strict=True)), **values[1]}
    wrt = problem.wrt
    arrays = [k for k, v in problem.inputs.items() if isinstance(v, np.ndarray)]
    if len(values) != len(wrt) and len(values) == len(arrays):
        wrt = problem.wrt = arrays  # integers are differentiated too: it returns them
        for k in arrays:
            problem.inputs[k] = problem.inputs[k].astype(np.float64)
    if len(values) != len(wrt):
        expected = ", ".join(f"d{k}" for k in wrt)
        s = "" if len(values) == 1 else "s"
        message = (
            f"it returns {len(values)} gradient{s}, expected {len(wrt)}: {expected}"
        )
        raise StudentError("count", f"{message}\n{where}")
    return dict(zip(wrt, values, strict=True))


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
