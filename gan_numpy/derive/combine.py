r"""Small steps of an evaluation: cases, factors in brackets, axes as letters."""

from __future__ import annotations

import numpy as np

from gan_numpy.derive import nodes
from gan_numpy.derive.nodes import Node
from gan_numpy.derive.values import Value, entrywise


def gathered_axis(value: Value, dim: str, letter: str) -> Value:
    """One of its own axes as a letter."""
    k = len(value.letters) + value.dims.index(dim)
    dims = tuple(d for d in value.dims if d != dim)
    return Value(np.moveaxis(value.data, k, 0), (letter, *value.letters), dims)


def choose(condition: Value, then: Value, otherwise: Value) -> Value:
    """``then`` where the condition holds, entry by entry."""
    zero = entrywise(
        lambda a, b: np.zeros(np.broadcast_shapes(a.shape, b.shape)), then, otherwise
    )
    whole = entrywise(
        lambda a, b: np.zeros(np.broadcast_shapes(a.shape, b.shape)), zero, condition
    )

    def spread(v: Value) -> np.ndarray:
        return entrywise(lambda a, b: a + b, whole, as_numbers(v)).data

    lined = [
        Value(spread(v), whole.letters, whole.dims)
        for v in (condition, then, otherwise)
    ]
    data = np.where(lined[0].data != 0, lined[1].data, lined[2].data)
    return Value(data, whole.letters, whole.dims)


def flattened(node: nodes.Product) -> list[tuple[str, Node]]:
    """The factors, those of products in brackets among them."""
    found: list[tuple[str, Node]] = []
    for operator, factor in node.factors:
        inner = operator == " " and not found
        if inner and isinstance(factor, nodes.Product):
            found += flattened(factor)
        else:
            found.append((operator, factor))
    return found


def as_numbers(value: Value) -> Value:
    """The same value in float64: a condition counts as 1 where it holds, else 0."""
    if value.data.dtype == np.float64:
        return value
    return Value(
        value.data.astype(np.float64),
        value.letters,
        value.dims,
        value.turned,
        value.constant,
    )
