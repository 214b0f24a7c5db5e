r"""All equations of a derivation, one after the other, for given arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gan_numpy.derive import nodes
from gan_numpy.derive.errors import at
from gan_numpy.derive.evaluate import Evaluation
from gan_numpy.derive.places import Overlap, written
from gan_numpy.derive.ranges import indexed_dims
from gan_numpy.derive.values import Value, number, over_letters, with_letters
from gan_numpy.derive.vocabulary import Vocabulary


def known_values(
    words: Vocabulary, arrays: Mapping[str, Any]
) -> tuple[dict[str, Value], dict[str, int]]:
    """The arrays as values with named axes, and the sizes of the axes."""
    known: dict[str, Value] = {}
    sizes: dict[str, int] = {}
    for name, array in arrays.items():
        dims = words.dims(name)
        data = np.asarray(array)
        if data.dtype.kind not in "fiub" or data.ndim != len(dims):
            continue
        kept = data if data.dtype.kind in "ib" else data.astype(np.float64)
        known[name] = Value(kept, (), dims) if dims else number(float(data))
        sizes.update(zip(dims, data.shape, strict=True))
    for merged, parts in words.split.items():
        if merged in sizes and "pieces" in arrays:
            sizes[parts[1]] = int(arrays["pieces"])
            sizes[parts[0]] = sizes[merged] // sizes[parts[1]]
    for dim, size in sizes.items():  # N is the number of samples, if nothing else
        if dim.isalnum() and dim not in known:
            known[dim] = number(size)
    for name, dim in words.sizes.items():
        if dim in sizes:
            known[name] = number(sizes[dim])
    return known, sizes


def solve(
    equations: list[nodes.Equation], words: Vocabulary, arrays: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    """What each equation defines, as a plain array.

    Raises
    ------
    FormulaError
    """
    known, sizes = known_values(words, arrays)
    found: dict[str, np.ndarray] = {}
    for equation in ordered(equations):
        evaluation = Evaluation(words, known, sizes)
        with np.errstate(all="ignore"):
            value = evaluation.equation(equation)
            known[equation.target] = defined(equation, value, evaluation)
        found[equation.target] = known[equation.target].data
    return found


def ordered(equations: list[nodes.Equation]) -> list[nodes.Equation]:
    """Each after those that define what it uses; the order is kept otherwise."""
    open_ones, done = list(equations), []
    while open_ones:
        later = {e.target for e in open_ones}
        ready = next((e for e in open_ones if not (_used(e) & later)), open_ones[0])
        open_ones.remove(ready)
        done.append(ready)
    return done


def _used(equation: nodes.Equation) -> set[str]:
    names = {n.name for n in equation.right.walk() if isinstance(n, nodes.Name)}
    return names - {equation.target}


def defined(equation: nodes.Equation, value: Value, context: Evaluation) -> Value:
    """The array that an equation makes of the value of its right side."""
    words, sizes = context.words, context.sizes
    dims = words.dims(equation.target)
    shape = tuple(sizes[d] for d in dims)
    if equation.at is None:
        if dims and not value.dims and value.constant:
            return Value(np.full(shape, float(value.data)), (), dims)
        row = isinstance(equation.right, nodes.Transposed) and not dims
        return _merged(replace(value, turned=value.turned and row), words, sizes)
    names = [n.name for n in equation.at if isinstance(n, nodes.Name)]
    plain = len(names) == len(equation.at) == len(set(names))
    if plain and not equation.adds or plain and not dims:
        return _along(names, value, equation, context)
    dims = indexed_dims(dims, len(equation.at), words.split)
    shape = tuple(sizes[d] for d in dims)
    if len(equation.at) != len(dims) or not dims or value.dims:
        says = f"all indices of {equation.target} must stand at the left"
        raise at(equation, "shape", says)
    free = frozenset(k for n in equation.at for k in context.letters(n))
    spare = tuple(k for k in value.letters if k not in free)
    value = over_letters(np.sum, value, spare)
    indices = [context.value(n, free) for n in equation.at]
    try:
        data = written(shape, indices, value, equation.adds)
    except Overlap as error:
        raise at(equation, "overlap-overwritten", str(error)) from None
    return _merged(Value(data, (), dims), words, sizes)


def _along(
    names: list[str], value: Value, equation: nodes.Equation, context: Evaluation
) -> Value:
    """target_nj = ...: an axis for each letter, then those of the value."""
    letters = tuple(names)
    node = equation.at or ()
    dims = tuple(
        context.ranges.axis(n, n.name) for n in node if isinstance(n, nodes.Name)
    )
    sizes = [context.sizes[d] for d in dims]
    data = with_letters(value, letters)
    data = np.broadcast_to(data, (*sizes, *data.shape[len(letters) :]))
    return _merged(
        Value(np.array(data), (), dims + value.dims), context.words, context.sizes
    )


def _merged(value: Value, words: Vocabulary, sizes: Mapping[str, int]) -> Value:
    """Two axes that are one elsewhere become that one."""
    for whole, (a, b) in words.split.items():
        for k in range(len(value.dims) - 1):
            if value.dims[k : k + 2] == (a, b):
                dims = (*value.dims[:k], whole, *value.dims[k + 2 :])
                shape = value.data.shape
                data = value.data.reshape(*shape[:k], -1, *shape[k + 2 :])
                return Value(data, value.letters, dims)
    return value
