r"""Dicts, lists and tuples of arrays, taken apart into named arrays and put together.

Parameters may come as ``{"W": W, "b": b}``, as ``[(W, b), (V, c)]`` or nested deeper,
outputs as ``(h, c)``. Everything else in this package works on arrays by name, so that
no entry of any of them is passed over.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Path = tuple[Any, ...]


@dataclass(frozen=True)
class Leaf:
    """The place of a value: its name among all of them."""

    name: str


@dataclass(frozen=True)
class Slot:
    """The place of an output in the vector of all outputs."""

    start: int
    shape: tuple[int, ...]


def holds_arrays(value: Any) -> bool:
    """A dict, list or tuple with an array somewhere in it."""
    return isinstance(value, (dict, list, tuple)) and any(
        isinstance(v, np.ndarray) or holds_arrays(v) for v in parts(value).values()
    )


def parts(container: Any) -> dict[Any, Any]:
    """What a dict, list or tuple holds, by key or by number."""
    return dict(
        container.items() if isinstance(container, Mapping) else enumerate(container)
    )


def rebuilt(container: Any, change: Callable[[Any, Any], Any]) -> Any:
    """The same kind of container, each value v of key k replaced by change(k, v)."""
    new = {k: change(k, v) for k, v in parts(container).items()}
    if isinstance(container, dict):
        made = copy.copy(container)
        made.update(new)
        return made
    if hasattr(container, "_fields"):  # a named tuple
        return type(container)(*new.values())
    return list(new.values()) if isinstance(container, list) else tuple(new.values())


def paths(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The values in a container, each with the keys that lead to it."""
    if not holds_arrays(value):
        yield path, value
        return
    for k, v in parts(value).items():
        yield from paths(v, (*path, k))


def spelled(path: Path) -> str:
    """layers[0].W"""
    words = [f"[{k}]" if isinstance(k, int) else f".{k}" for k in path]
    return "".join(words).removeprefix(".")


def names_of(every: list[Path]) -> dict[Path, str]:
    """For each path the shortest end that names no other: W, or hidden.W."""
    named: dict[Path, str] = {}
    for path in every:
        for start in range(len(path) - 1, -1, -1):
            end = path[start:]
            others = [p for p in every if p != path and p[-len(end) :] == end]
            if start == 0 or (isinstance(end[0], str) and not others):
                named[path] = spelled(end)
                break
    return named


def taken_apart(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values by name, and for each argument a template that says where they belong."""
    found = [pair for k, v in arguments.items() for pair in paths(v, (k,))]
    named = names_of([path for path, _ in found])

    def template(value: Any, path: Path) -> Any:
        if path in named:
            return Leaf(named[path])
        return rebuilt(value, lambda k, v: template(v, (*path, k)))

    values = {named[path]: value for path, value in found}
    return values, {k: template(v, (k,)) for k, v in arguments.items()}


def put_together(template: Any, values: Mapping[str, Any]) -> Any:
    """The argument of a template, with these values in it."""
    if isinstance(template, Leaf):
        return values[template.name]
    return rebuilt(template, lambda _, part: put_together(part, values))


def leaf_names(template: Any) -> list[str]:
    """The names in a template, in order."""
    if isinstance(template, Leaf):
        return [template.name]
    return [n for part in parts(template).values() for n in leaf_names(part)]


def packed(y: Any) -> tuple[Any, Any]:
    """Outputs as one vector, with a template; a single output as it is, with None."""
    if not isinstance(y, (tuple, dict)) and not (isinstance(y, list) and _ragged(y)):
        return y, None
    arrays: list[np.ndarray] = []

    def slot(value: Any) -> Any:
        if isinstance(value, (tuple, dict)) or (
            isinstance(value, list) and _ragged(value)
        ):
            return rebuilt(value, lambda _, v: slot(v))
        array = np.asarray(value)
        start = sum(a.size for a in arrays)
        arrays.append(array.ravel())
        return Slot(start, array.shape)

    template = slot(y)
    if not arrays:
        return y, None
    return np.concatenate(arrays), template


def unpacked(vector: np.ndarray, template: Any) -> Any:
    """The outputs (or their cotangents) that a vector holds."""
    if template is None:
        return vector
    if isinstance(template, Slot):
        end = template.start + int(np.prod(template.shape))
        return vector[template.start : end].reshape(template.shape)
    return rebuilt(template, lambda _, part: unpacked(vector, part))


def _ragged(values: list[Any]) -> bool:
    """A list that is not one array: of arrays of several shapes, or of tuples."""
    if any(isinstance(v, (tuple, dict)) for v in values):
        return True
    try:
        return np.array(values).dtype.kind == "O"
    except ValueError:
        return True
