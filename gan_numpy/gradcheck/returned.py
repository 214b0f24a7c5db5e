r"""What a backward returned, as arrays by name; anything else is said clearly.

Understood are one gradient for each argument, in order (each in the structure of its
argument, or flat); a dict, whose keys may be ``W`` or ``dW``; and ``(dx, grads)`` as a
layer returns it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gan_numpy.gradcheck.adapt import Problem, is_real
from gan_numpy.gradcheck.calls import StudentError, defined_at
from gan_numpy.gradcheck.structure import Leaf, leaf_names, parts

Found = dict[str, Any]


def _gradient(name: str, value: Any, where: str) -> np.ndarray:
    if value is None:
        raise StudentError("none", f"{name} is None\n{where}")
    try:
        array = np.array(value)  # a copy: it may be written to later
    except (ValueError, TypeError):
        raise StudentError("type", f"{name} is a ragged list\n{where}") from None
    if array.dtype.kind not in "fiub":
        kind = "complex" if array.dtype.kind == "c" else type(value).__name__
        raise StudentError(
            "type", f"{name} is {kind}, not an array of numbers\n{where}"
        )
    return array


def _keyed(returned: Mapping[Any, Any], key: Any) -> Any | None:
    """The key under which a gradient stands: "W", "dW", "d_W" or "grad_W"."""
    spelled = (key, f"d{key}", f"d_{key}", f"grad_{key}")
    return next((k for k in spelled if k in returned), None)


def _within(template: Any, returned: Any, wanted: set[str]) -> Found | None:
    """The gradients of one argument; None if it has another structure."""
    names = [n for n in leaf_names(template) if n in wanted]
    if isinstance(template, Leaf):
        return {template.name: returned}
    if isinstance(template, Mapping) and isinstance(returned, Mapping):
        found: Found = {}
        for k, part in template.items():
            if not set(leaf_names(part)) & wanted:
                continue
            key = _keyed(returned, k)
            below = None if key is None else _within(part, returned[key], wanted)
            if below is None:
                return None
            found |= below
        return found
    if isinstance(returned, Mapping):
        keys = {n: _keyed(returned, n) for n in names}
        if None in keys.values():
            return None
        return {n: returned[k] for n, k in keys.items()}
    if isinstance(returned, (tuple, list)):
        return _one_by_one(parts(template).values(), returned, wanted)
    return {names[0]: returned} if len(names) == 1 else None


def _one_by_one(templates: Any, returned: Any, wanted: set[str]) -> Found | None:
    """A sequence: one part for each part that is differentiated, or one for each."""
    every = list(templates)
    some = [t for t in every if set(leaf_names(t)) & wanted]
    leaves = [Leaf(n) for t in some for n in leaf_names(t) if n in wanted]
    for chosen in (some, every, leaves):
        if len(chosen) != len(returned):
            continue
        found: Found | None = {}
        for template, part in zip(chosen, returned, strict=True):
            below = _within(template, part, wanted)
            found = None if found is None or below is None else found | below
        if found is not None:
            return found
    return None


def _all(returned: Any, problem: Problem) -> Found | None:
    """The gradients of all arguments."""
    wanted = set(problem.wrt)
    if isinstance(returned, tuple) and len(returned) > 1 and _is_empty(returned[-1]):
        returned = returned[:-1] if len(returned) > 2 else returned[0]
    groups = {k: t for k, t in problem.templates.items() if set(leaf_names(t)) & wanted}
    for_each = _one_for_each(returned, problem, groups)
    if for_each is not None:
        return for_each
    if len(groups) == 1:
        (name, template), *_ = groups.items()
        if not isinstance(returned, Mapping) or _keyed(returned, name) is None:
            alone = _alone(template, returned, wanted)
            if alone is not None:
                return alone
    if isinstance(returned, Mapping):
        return _by_name(groups, returned, wanted)
    values = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    found = _one_by_one(groups.values(), values, wanted)
    if found is None and len(values) == 2 and len(groups) > 2:  # ((dx, dy), grads)
        if isinstance(values[0], (tuple, list)):
            found = _one_by_one(groups.values(), [*values[0], values[1]], wanted)
    return found


def _is_empty(value: Any) -> bool:
    """The gradients of a layer without parameters."""
    return isinstance(value, (Mapping, list, tuple)) and not value


def _one_for_each(returned: Any, problem: Problem, groups: Found) -> Found | None:
    """One for each argument with arrays, labels and indices included."""
    held = {n for n, v in problem.inputs.items() if isinstance(v, np.ndarray)}
    every = {k: t for k, t in problem.templates.items() if set(leaf_names(t)) & held}
    if not isinstance(returned, (tuple, list)) or len(every) == len(groups):
        return None
    if len(returned) != len(every):
        return None
    found: Found = {}
    for (name, template), part in zip(every.items(), returned, strict=True):
        if name in groups:
            below = _within(template, part, set(problem.wrt))
            if below is None:
                return None
            found |= below
    return found


def _alone(template: Any, returned: Any, wanted: set[str]) -> Found | None:
    """What is returned is the gradient of the only argument, or a tuple with it."""
    if isinstance(template, Leaf) and isinstance(returned, tuple):
        return {template.name: returned[0]} if len(returned) == 1 else None
    return _within(template, returned, wanted)


def _by_name(groups: Found, returned: Mapping[Any, Any], wanted: set[str]) -> Found:
    """A dict with a key for each argument or for each array; what is missing is told.

    Raises
    ------
    StudentError
    """
    found: Found = {}
    for name, template in groups.items():
        key = _keyed(returned, name)
        below = None if key is None else _within(template, returned[key], wanted)
        if below is None and not isinstance(template, Leaf):
            below = _within(template, returned, wanted)
        below = below or {}
        found |= below
    names = [n for t in groups.values() for n in leaf_names(t) if n in wanted]
    missing = [n for n in names if n not in found]
    if missing:
        shown = ", ".join(map(str, returned))
        raise StudentError("count", f"no gradient d{missing[0]}: the keys are {shown}")
    return found


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
    expected = ", ".join(f"d{k}" for k in problem.wrt)
    try:
        found = _all(returned, problem)
    except StudentError as error:
        says = f"{error.message}; expected {expected}\n{where}"
        raise StudentError(error.tag, says, error.spot) from None
    if found is None:
        raise StudentError("count", f"{_counted(returned)} {expected}\n{where}")
    return {k: _gradient(f"d{k}", found[k], where) for k in problem.wrt}


def _counted(returned: Any) -> str:
    """What was returned in place of what was expected."""
    count = len(returned) if isinstance(returned, (tuple, list)) else 1
    s = "" if count == 1 else "s"
    inner = [type(v).__name__ for v in returned] if count > 1 else []
    if {"dict", "list", "tuple"} & set(inner):
        return f"it returns ({', '.join(inner)}), which does not fit the inputs:"
    return f"it returns {count} gradient{s}, expected"


def with_numbers(problem: Problem, dy: Any) -> Problem:
    """The problem, with its plain numbers differentiated if the backward returns their
    gradients: by name, or only so the count is right."""
    numbers = [k for k, v in problem.inputs.items() if is_real(v)]
    if problem.fixed or not numbers:
        return problem
    values = problem.fresh()
    returned = problem.backward(np.array(dy), problem.forward(values)[1], values)
    by_name = isinstance(returned, Mapping)
    if by_name:
        numbers = [k for k in numbers if _keyed(returned, k) is not None]
    chosen = [k for k in problem.inputs if k in problem.wrt or k in numbers]
    floats = {k: np.asarray(problem.inputs[k], dtype=np.float64) for k in numbers}
    wider = replace(problem, wrt=chosen, inputs={**problem.inputs, **floats})
    try:
        more = by_name or _all(returned, problem) is None
        if numbers and more and _all(returned, wider) is not None:
            wider.value(wider.fresh())
            return wider
    except Exception:  # then they are what they were
        return problem
    return problem


def differentiating(problem: Problem, dy: Any) -> Problem:
    """The problem, with its arrays of integers as floats if the backward returns a
    gradient for each of those, too."""
    arrays = [k for k, v in problem.inputs.items() if isinstance(v, np.ndarray)]
    whole = [k for k in arrays if problem.inputs[k].dtype.kind in "iu"]
    if not set(whole) - set(problem.wrt) or problem.fixed:
        return problem
    values = problem.fresh()
    returned = problem.backward(np.array(dy), problem.forward(values)[1], values)
    wider = replace(problem, wrt=arrays)
    try:
        found = _all(returned, wider)
    except StudentError:
        found = None
    given = [k for k in whole if found is not None and found.get(k) is not None]
    if found is None or not given:
        return problem
    chosen = [k for k in arrays if k in problem.wrt or k in given]
    floats = {k: problem.inputs[k].astype(np.float64) for k in chosen}
    wider = replace(problem, wrt=chosen, inputs={**problem.inputs, **floats})
    try:
        wider.value(wider.fresh())
    except Exception:  # labels, indices: nothing to differentiate
        return problem
    return wider
