r"""The values of many expressions before a statement, as the rows of a matrix.

Expressions are put together from those with known values, so that none is compiled:
products of two and three, sums of products over an axis. A statement in a loop is
visited several times; its values are stacked, and the first axis is that of the visits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gan_numpy.gradcheck.deadline import in_time
from gan_numpy.gradcheck.repair.edits.names import arrays_in, sizes_in
from gan_numpy.gradcheck.repair.edits.pools import factor_texts, special_terms
from gan_numpy.gradcheck.repair.edits.site import as_array, is_number
from gan_numpy.gradcheck.repair.edits.texts import value_of

Rows = tuple[list[tuple[int, str, str]], np.ndarray]
MOST = 6000
MOST_LIMITS = 6  # numbers that an array is compared with
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
LARGEST = 4000  # entries of a value that is still looked at


@dataclass(frozen=True)
class Entry:
    """An expression, how far-fetched it is, and its value at each visit."""

    text: str
    weight: int
    value: np.ndarray
    kind: str = "factor-missing"


class Library:
    """Expressions in the names of some scopes (one for each visit of a statement)."""

    def __init__(self, scopes: list[dict[str, Any]], written: list[str]) -> None:
        self.scopes = scopes
        arrays = arrays_in(scopes[-1])
        self.arrays = [
            e for k in arrays if (e := self._entry(k, 1)) and e.value.dtype.kind == "f"
        ]
        self.numbers = [
            e
            for k, v in scopes[-1].items()
            if is_number(v) and (e := self._entry(k, 1))
        ]
        self.texts = written
        found = (t.strip("-") for w in written for t in NUMBER.findall(w))
        self.limits = [t for t in dict.fromkeys(found) if float(t)]
        self.written = [e for t in written if (e := self._entry(f"({t})", 1))]
        self.factors: list[Entry] | None = None
        self.terms: list[Entry] | None = None
        self.made: dict[tuple[str, tuple[int, ...]], Rows] = {}

    def _entry(self, text: str, weight: int) -> Entry | None:
        in_time()
        values = []
        for scope in self.scopes:
            value = value_of(text, scope)
            if not is_number(value) and as_array(value) is None:
                return None
            values.append(np.asarray(value))
        if len({v.shape for v in values}) > 1 or values[0].size > LARGEST:
            return None
        kind = "mask-missing" if values[0].dtype == bool else "factor-missing"
        return Entry(text, weight, np.stack(values), kind)

    def multipliers(self, shape: tuple[int, ...]) -> Rows:
        """What may multiply values of a shape, one row for each expression."""
        if self.factors is None:
            with np.errstate(all="ignore"):
                self.factors = list(self._multipliers())[:MOST]
        return self._rows("factors", self.factors, shape)

    def summands(self, shape: tuple[int, ...]) -> Rows:
        """What may be added to values of a shape."""
        if self.terms is None:
            with np.errstate(all="ignore"):
                self.terms = list(self._summands())[:MOST]
        return self._rows("terms", self.terms, shape)

    def softmaxes(self, shape: tuple[int, ...]) -> Rows:
        """The gradient before a softmax, of each array that looks like one."""
        return self._rows("softmaxes", list(self._softmaxes()), shape)

    def _softmaxes(self) -> Iterator[Entry]:
        for a in self.arrays:
            for axis in range(1, a.value.ndim):
                total = a.value.sum(axis=axis)
                if a.value.min() < 0 or not np.allclose(total, 1):
                    continue
                for g in self.arrays:
                    if g.value.shape == a.value.shape and g is not a:
                        product = a.value * g.value
                        mean = product.sum(axis=axis, keepdims=True)
                        kept = f"({a.text} * {g.text}).sum({axis - 1}, keepdims=True)"
                        text = f"{a.text} * ({g.text} - {kept})"
                        value = product - a.value * mean
                        yield Entry(text, 2, value, "derivative-missing")

    def _multipliers(self) -> Iterator[Entry]:
        single = []
        for text, kind in factor_texts(self.scopes[-1]):
            entry = self._entry(text, 1)
            if entry is not None:
                single.append(replace(entry, kind=kind))
        yield from single
        yield from self.written
        for size, _ in sizes_in(self.scopes[-1]):
            number = self._entry(size, 1)
            for a in self.arrays if number is not None else ():
                assert number is not None
                value = a.value / _lifted(number.value, a.value.ndim)
                yield Entry(f"({a.text} / {size})", 2, value)
        yield from self._thresholds()
        plain = [*self.arrays, *self.numbers]
        for i, a in enumerate(plain):
            for b in plain[i + 1 :]:
                both = _together(a.value, b.value)
                if both is not None:
                    yield Entry(f"({a.text} + {b.text})", 2, both[0] + both[1])
                    yield Entry(f"({a.text} - {b.text})", 2, both[0] - both[1])
        rest = [e for e in single if e.value.ndim > 1 or e.text[0].isalpha()][:60]
        for i, a in enumerate(rest):
            in_time()
            for b in rest[i + 1 :]:
                pair = _together(a.value, b.value)
                if pair is not None:
                    yield Entry(f"({a.text} * {b.text})", 2, pair[0] * pair[1])
                    yield Entry(f"({a.text} / {b.text})", 2, pair[0] / pair[1])

    def _thresholds(self) -> Iterator[Entry]:
        """Where an array is below a number that is written, or has a name."""
        names = {e.text: e.value for e in self.numbers}
        limits = dict.fromkeys([*names, *self.limits])
        for a in self.arrays:
            for text in list(limits)[:MOST_LIMITS]:
                number = names.get(text)
                c = float(text) if number is None else _lifted(number, a.value.ndim)
                size = np.abs(a.value)
                forms = ((f"(np.abs({a.text}) < {text})", size < c),)
                forms += ((f"({a.text} < {text})", a.value < c),)  # type: ignore
                for form, value in forms:
                    yield Entry(form, 2, value, "mask-missing")
                    yield Entry(f"(~{form})", 2, ~value, "mask-missing")

    def _summands(self) -> Iterator[Entry]:
        one = self._entry("1", 1)
        if one is not None:
            yield one
        yield from self.arrays
        yield from self.numbers
        yield from self.written
        pairs = list(self._pairs())
        for n in self.numbers:
            for a in self.arrays:
                value = _lifted(n.value, a.value.ndim) * a.value
                pairs.append(Entry(f"({n.text} * {a.text})", 2, value))
        yield from pairs
        names = {a.text: a.value[-1] for a in self.arrays}
        for text, _ in special_terms(self.scopes[-1], names, self.texts):
            special = self._entry(text, 1)
            if special is not None:
                yield special
        yield from self._reductions(pairs)
        for p in pairs:
            in_time()
            for a in self.arrays:
                both = _together(p.value, a.value)
                if both is not None:
                    yield Entry(f"{p.text} * {a.text}", 3, both[0] * both[1])

    def _pairs(self) -> Iterator[Entry]:
        for a in self.arrays:
            in_time()
            for b in self.arrays:
                x, z = a.value, b.value
                both = _together(x, z) if a.text <= b.text else None
                if both is not None:
                    yield Entry(f"({a.text} * {b.text})", 2, both[0] * both[1])
                if x.ndim == z.ndim == 3:
                    flat, turned = z.swapaxes(1, 2), x.swapaxes(1, 2)
                    if x.shape[2] == z.shape[1]:
                        yield Entry(f"{a.text} @ {b.text}", 2, x @ z)
                    if x.shape[2] == z.shape[2]:
                        yield Entry(f"{a.text} @ {b.text}.T", 2, x @ flat)
                    if x.shape[1] == z.shape[1]:
                        yield Entry(f"{a.text}.T @ {b.text}", 2, turned @ z)

    def _reductions(self, pairs: list[Entry]) -> Iterator[Entry]:
        """Sums and means over each axis; a kept one times a name, too."""
        summed = [e for e in pairs if "@" not in e.text]
        for e in self.arrays + summed:
            in_time()
            for axis in range(e.value.ndim - 1 if e.value.ndim > 2 else 0):
                for how in ("sum", "mean"):
                    kept = getattr(e.value, how)(axis=axis + 1, keepdims=True)
                    text = f"{e.text}.{how}(axis={axis}, keepdims=True)"
                    yield Entry(text, e.weight + 1, kept)
                    if how == "sum":
                        gone = kept.squeeze(axis + 1)
                        yield Entry(f"{e.text}.sum(axis={axis})", e.weight, gone)
                    for a in self.arrays:
                        both = _together(a.value, kept)
                        if both is not None:
                            text_ = f"{a.text} * {text}"
                            yield Entry(text_, e.weight + 2, both[0] * both[1])

    def _rows(self, which: str, entries: list[Entry], shape: tuple[int, ...]) -> Rows:
        """Those that broadcast to the shape; of equal values only the first."""
        key = which, shape
        if key not in self.made:
            self.made[key] = _stacked(entries, (len(self.scopes), *shape))
        return self.made[key]


def _lifted(value: np.ndarray, ndim: int) -> np.ndarray:
    """With axes of size 1 behind that of the visits, to broadcast as one visit does."""
    missing = ndim - value.ndim
    return value.reshape(value.shape[0], *(1,) * missing, *value.shape[1:])


def _together(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Both with the same number of axes; None if they do not broadcast."""
    ndim = max(a.ndim, b.ndim)
    a = _lifted(a, ndim) if a.ndim < ndim else a
    b = _lifted(b, ndim) if b.ndim < ndim else b
    fits = all(s == t or s == 1 or t == 1 for s, t in zip(a.shape, b.shape))
    return (a, b) if fits else None


def _stacked(entries: list[Entry], shape: tuple[int, ...]) -> Rows:
    texts, rows = [], []
    for e in entries:
        value = e.value
        if value.ndim > len(shape):
            continue
        value = _lifted(value, len(shape)) if value.ndim < len(shape) else value
        if value.shape != shape:
            if any(s not in (1, t) for s, t in zip(value.shape, shape)):
                continue
            value = np.broadcast_to(value, shape)
        texts.append((e.weight, e.text, e.kind))
        rows.append(value.ravel())
    if not rows:
        return [], np.zeros((0, int(np.prod(shape))))
    matrix = np.array(rows, dtype=np.float64)
    keep = _distinct(matrix)
    return [texts[k] for k in keep], matrix[keep]


def _distinct(matrix: np.ndarray) -> np.ndarray:
    """The first row of each value, finite ones only."""
    weights = np.sin(1.0 + np.arange(matrix.shape[1])) + 0.1
    with np.errstate(all="ignore"):
        size = np.sqrt((matrix * matrix).sum(axis=1))
        along = (matrix @ weights) / np.where(size > 0, size, 1.0)
    fine = np.flatnonzero(np.isfinite(size) & (size > 0))
    rounded = np.stack([np.log(size[fine]), along[fine]], axis=1).round(9)
    first = np.unique(rounded, axis=0, return_index=True)[1]
    return np.asarray(fine[np.sort(first)])
