r"""What a factor or a term may be made of at a place: values in scope, and usual ones.

Each expression comes once: of two that have the same value there (``len(x)`` and
``x.shape[0]``) only the first, and those of the student's own lines come along.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from gan_numpy.gradcheck.repair.edits.names import arrays_in, sizes_in
from gan_numpy.gradcheck.repair.edits.site import (
    as_array,
    is_integer,
    is_number,
    numpy_name,
)
from gan_numpy.gradcheck.repair.edits.texts import value_of

MOST_OF_A_NUMBER = 3
Pool = dict[str, tuple[str, Any]]  # text -> (kind of factor, value)


class Values:
    """Expressions by their values: one of each array, a few of each number.

    Two sizes may be the same here and not elsewhere.
    """

    def __init__(self) -> None:
        self.seen: Counter[tuple[Any, ...]] = Counter()

    def new(self, value: Any) -> bool:
        """Whether this is one of the first of its value; it is remembered."""
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            return False
        flat = array.astype(np.float64).ravel()
        sums = [float(flat.sum()), float(flat @ weights(flat.size))]
        if not all(np.isfinite(sums)):
            return False
        key = (array.shape, *(f"{s:.9e}" for s in sums))
        self.seen[key] += 1
        return self.seen[key] <= (1 if array.ndim else MOST_OF_A_NUMBER)


@lru_cache(maxsize=256)
def weights(size: int) -> np.ndarray:
    """Numbers that tell arrays of a size apart by one inner product."""
    return np.sin(1.0 + np.arange(size)) + 0.1


def evaluate(texts: Iterable[tuple[str, str]], scope: dict[str, Any]) -> Iterator[Any]:
    """(text, kind, value) of those that can be evaluated."""
    for text, kind in texts:
        value = value_of(text, scope)
        if value is not None:
            yield text, kind, value


def factor_texts(scope: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Names, sizes, and the derivatives of what the names look like."""
    np_ = numpy_name(scope)
    yield "2", "constant"
    yield "0.5", "constant"
    yield "-1", "sign"
    for name, value in scope.items():
        if is_number(value):
            yield name, "factor-missing"
    for text, _ in sizes_in(scope):
        yield text, "factor-missing"
    arrays = arrays_in(scope)
    for name, array in arrays.items():
        if array.dtype == bool:
            yield name, "mask-missing"
            yield f"(~{name})", "mask-missing"
            continue
        yield name, "factor-missing"
    for name, array in arrays.items():
        yield f"{name}[..., None]", "factor-missing"
        if array.ndim == 1:
            yield f"{name}[:, None, None]", "factor-missing"
        if array.dtype == bool or not array.size:
            continue
        if array.min() < 0 < array.max() or (array.min() == 0 < array.max()):
            yield f"({name} > 0)", "mask-missing"
            yield f"({name} < 0)", "mask-missing"
        if np.abs(array).max() <= 1:
            yield f"(1 - {name} ** 2)", "derivative-missing"
        if array.min() >= 0 and array.max() <= 1:
            yield f"({name} * (1 - {name}))", "derivative-missing"
            yield f"(1 - {name})", "factor-missing"
    for name, value in scope.items():
        if is_number(value) and not is_integer(value):
            yield f"{np_}.sign({name})", "derivative-missing"
            yield f"(1 - {name})", "factor-missing"
            yield f"{np_}.sqrt({name})", "factor-missing"
        elif is_integer(value):
            yield f"({name} - 1)", "factor-missing"
    numbers = [name for name, value in scope.items() if is_number(value)]
    for a in numbers:
        for b in numbers:
            if a != b and not is_integer(scope[a]) and is_integer(scope[b]):
                yield f"(1 - {a} ** {b})", "factor-missing"
    for text, _ in sizes_in(scope):
        yield f"{np_}.sqrt({text})", "factor-missing"
    floats = [k for k, a in arrays.items() if a.dtype.kind == "f"]
    for i, a in enumerate(floats[:8]):
        for b in floats[i + 1 : 8]:
            yield f"({a} + {b})", "factor-missing"
    for name, array in arrays.items():
        if array.dtype.kind == "f":
            yield f"({name} ** 2)", "factor-missing"
            if array.size and array.min() > 0:
                yield f"{np_}.sqrt({name})", "factor-missing"
            if array.size and np.abs(array).max() < 20:
                yield f"{np_}.exp({name})", "derivative-missing"
                yield f"{np_}.exp(-{name})", "derivative-missing"
                yield f"{np_}.sign({name})", "derivative-missing"
                yield f"{np_}.cos({name})", "derivative-missing"
                yield f"{np_}.sin({name})", "derivative-missing"
                yield f"(1 - {np_}.tanh({name}) ** 2)", "derivative-missing"


def factors_of(scope: dict[str, Any], written: Iterable[str]) -> Pool:
    """Everything that may multiply or divide, once each, as (kind, value)."""
    texts = list(factor_texts(scope))
    texts += [(f"({text})", "factor-missing") for text in written]
    seen, pool = Values(), Pool()
    for text, kind, value in evaluate(texts, scope):
        plain = is_number(value) or as_array(value) is not None
        if plain and np.size(value) <= 5000 and seen.new(value):
            if text in pool or not np.any(np.asarray(value) != 1):
                continue
            is_mask = np.asarray(value).dtype == bool
            pool[text] = ("mask-missing" if is_mask else kind, value)
    return pool


def terms_of(scope: dict[str, Any], written: Iterable[str]) -> Pool:
    """Everything that may be added: names, their products, what the student wrote."""
    seen, pool = Values(), Pool()
    names = {k: a for k, a in arrays_in(scope).items() if a.dtype.kind == "f"}
    texts = [(name, "1") for name in names] + [(f"({text})", "1") for text in written]
    texts += [(name, "1") for name, v in scope.items() if is_number(v)]
    texts += list(_products(names))
    texts += list(special_terms(scope, names, written))
    for name, value in scope.items():
        if is_number(value):
            texts += [(f"{name} * {other}", "1") for other in names]
    for text, kind, value in evaluate(texts, scope):
        array = as_array(value)
        if array is not None and array.size <= 5000 and seen.new(value):
            pool[text] = (kind, value)
        elif is_number(value) and seen.new(value):
            pool[text] = (kind, value)
    return pool


def special_terms(
    scope: dict[str, Any], names: dict[str, np.ndarray], written: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """A vector as a diagonal; labels as rows with a single one; a part of a mean."""
    np_ = numpy_name(scope)
    labels = {k: v for k, v in arrays_in(scope).items() if v.dtype.kind in "iu"}
    for text in (*names, *(t for t in written if t.endswith("]"))):
        value = names.get(text, value_of(text, scope))
        if as_array(value) is not None and value.ndim == 1:
            yield f"{np_}.diag({text})", "1"
    for name, array in names.items():
        for label, index in labels.items():
            if array.ndim == 2 and index.shape == array.shape[:1]:
                yield f"{np_}.eye({name}.shape[1])[{label}]", "1"
        for size, _ in sizes_in(scope):
            yield f"{name} / {size}", "1"


def _products(names: dict[str, np.ndarray]) -> Iterator[tuple[str, str]]:
    for a, x in names.items():
        for b, z in names.items():
            if a <= b and _broadcast(x, z):
                yield f"{a} * {b}", "2"
            if x.ndim == z.ndim == 2 and a != b:
                if x.shape[1] == z.shape[0]:
                    yield f"{a} @ {b}", "2"
                if x.shape[1] == z.shape[1]:
                    yield f"{a} @ {b}.T", "2"
                if x.shape[0] == z.shape[0]:
                    yield f"{a}.T @ {b}", "2"


def _broadcast(a: np.ndarray, b: np.ndarray) -> bool:
    try:
        np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        return False
    return True


def written_texts(*nodes: ast.AST) -> list[str]:
    """The student's own expressions of some size, each once, short ones first."""
    kinds = (ast.BinOp, ast.Compare, ast.Call, ast.Subscript, ast.Attribute)
    found: dict[str, None] = {}
    for node in nodes:
        for n in ast.walk(node):
            loaded = isinstance(getattr(n, "ctx", ast.Load()), ast.Load)
            if isinstance(n, kinds) and loaded:
                text = ast.unparse(n)
                if len(text) <= 60:
                    found.setdefault(text)
    return sorted(found, key=len)[:120]
