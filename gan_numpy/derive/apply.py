r"""The value of a function that a formula calls."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from gan_numpy.derive import nodes
from gan_numpy.derive.errors import at
from gan_numpy.derive.functions import ENTRYWISE, PAIRWISE
from gan_numpy.derive.values import (
    Misfit,
    Value,
    entrywise,
    number,
    over_axes,
    transposed,
)

COUNTS = {"clip": 3, "where": 3, "outer": 2, "inner": 2, "dot": 2}


def apply(node: nodes.Applied, values: list[Value], context: Any) -> Value:
    """Call a function of `functions.FUNCTIONS`.

    Parameters
    ----------
    node : Applied
    values : list of Value
        Its arguments.
    context : Evaluation
    """
    name, v = node.function, values
    if name == "einsum":
        return einsum(node, v)
    if name in ENTRYWISE:
        _count(node, v, 1)
        data = ENTRYWISE[name](v[0].data)
        return Value(data, v[0].letters, v[0].dims, v[0].turned, v[0].constant)
    if name in PAIRWISE and (len(v) > 1 and node.axes is None):
        return reduce(lambda a, b: entrywise(PAIRWISE[name], a, b), v)
    _count(node, v, COUNTS.get(name, 1))
    return OF_ARRAYS[name.replace("imum", "")](node, v, context)


def _count(node: nodes.Applied, values: list[Value], count: int) -> None:
    if len(values) != count:
        s = "" if count == 1 else "s"
        says = f"{node.function} takes {count} argument{s}, not {len(values)}"
        raise at(node, "syntax", says)


def _reduction(f: Callable[..., np.ndarray]) -> Any:
    return lambda node, v, context: over_axes(f, v[0], node.axes)


def _mean(node: nodes.Applied, v: list[Value], context: Any) -> Value:
    """Over the batch, where no axis is given."""
    return over_axes(np.mean, v[0], node.axes or (0,))


def _norm(node: nodes.Applied, v: list[Value], context: Any) -> Value:
    return over_axes(lambda a, axis: np.sqrt(np.sum(a**2, axis=axis)), v[0], node.axes)


def _inner(node: nodes.Applied, v: list[Value], context: Any) -> Value:
    """The sum of the products of all entries."""
    if v[0].dims != v[1].dims:
        raise Misfit(f"{v[0].shape()} and {v[1].shape()} have no inner product")
    return over_axes(np.sum, entrywise(np.multiply, *v), None)


def _outer(node: nodes.Applied, v: list[Value], context: Any) -> Value:
    if len(v[0].dims) != 1 or len(v[1].dims) != 1:
        raise Misfit("an outer product is one of two vectors")
    column = Value(v[0].data[..., None], v[0].letters, (v[0].dims[0], v[1].dims[0]))
    row = Value(v[1].data[..., None, :], v[1].letters, column.dims)
    return entrywise(np.multiply, column, row)


def _trace(node: nodes.Applied, v: list[Value], context: Any) -> Value:
    if len(v[0].dims) != 2 or v[0].dims[0] != v[0].dims[1]:
        raise Misfit(f"{v[0].shape()} is not square: it has no trace")
    return Value(np.trace(v[0].data, axis1=-2, axis2=-1), v[0].letters)


def _diag(node: nodes.Applied, v: list[Value], context: Any) -> Value:
    if len(v[0].dims) != 1:
        raise Misfit("diag makes a matrix of a vector")
    data = v[0].data[..., None] * np.eye(v[0].data.shape[-1])
    return Value(data, v[0].letters, v[0].dims * 2)


def _ones(node: nodes.Applied, v: list[Value], context: Any) -> Value:
    name = getattr(node.arguments[0], "name", "")
    if name not in context.sizes:
        raise at(node, "name", "ones(N) takes the name of a size")
    return Value(np.ones(context.sizes[name]), (), (name,), constant=True)


def _len(node: nodes.Applied, v: list[Value], context: Any) -> Value:
    if not v[0].dims:
        raise Misfit("a number has no length")
    return number(v[0].data.shape[len(v[0].letters)])


def _onehot(node: nodes.Applied, v: list[Value], context: Any) -> Value:
    """One more axis, at which a 1 stands in the place that the integer names."""
    words, name = context.words, getattr(node.arguments[0], "name", "")
    dim = words.valued.get(words.aliases.get(name, name))
    if dim is None:
        raise at(node, "name", "onehot is of an array of indices, such as the winners")
    data = v[0].data[..., None] == np.arange(context.sizes[dim])
    return Value(data * 1.0, v[0].letters, (*v[0].dims, dim))


def _where(node: nodes.Applied, v: list[Value], context: Any) -> Value:
    arguments = node.arguments
    cases = nodes.Cases(node.start, node.end, *arguments)
    free = frozenset(k for value in v for k in value.letters)
    found: Value = context.value(cases, free)
    return found


def _clip(node: nodes.Applied, v: list[Value], context: Any) -> Value:
    low, high = v[1], v[2]
    return entrywise(np.minimum, entrywise(np.maximum, v[0], low), high)


OF_ARRAYS: dict[str, Callable[[nodes.Applied, list[Value], Any], Value]] = {
    "sum": _reduction(np.sum),
    "max": _reduction(np.max),
    "min": _reduction(np.min),
    "mean": _mean,
    "norm": _norm,
    "inner": _inner,
    "dot": _inner,
    "outer": _outer,
    "trace": _trace,
    "diag": _diag,
    "ones": _ones,
    "len": _len,
    "onehot": _onehot,
    "where": _where,
    "clip": _clip,
    "transpose": lambda node, v, context: transposed(v[0]),
}


def einsum(node: nodes.Applied, values: list[Value]) -> Value:
    """einsum("ni,nj->ij", x, dy): axes with one letter must be the same."""
    match = re.fullmatch(
        r"([a-zA-Z]+(?:,[a-zA-Z]+)*)->([a-zA-Z]*)", node.text.replace(" ", "")
    )
    if match is None:
        raise at(node, "syntax", 'einsum begins with a rule such as "ni,nj->ij"')
    sides = match[1].split(",")
    if len(sides) != len(values) or any(v.letters for v in values):
        raise at(node, "syntax", "einsum needs one group of letters for each array")
    dims: dict[str, str] = {}
    for side, value in zip(sides, values, strict=True):
        if len(side) != len(value.dims):
            raise Misfit(
                f"{side} has {len(side)} letters, the array is {value.shape()}"
            )
        for letter, dim in zip(side, value.dims, strict=True):
            if dims.setdefault(letter, dim) != dim:
                raise Misfit(f"{letter} runs over {dim} and over {dims[letter]}")
    if not set(match[2]) <= set(dims) or len(set(match[2])) < len(match[2]):
        raise at(node, "syntax", f"the letters {match[2]!r} must be some of the others")
    data = np.einsum(match[0], *(v.data * 1.0 for v in values))
    return Value(np.asarray(data), (), tuple(dims[k] for k in match[2]))
