r"""Reading and writing an array at computed indices: ``x_{n, c, h s + i, w s + j}``.

An index that is no whole number, or that lies outside, reads 0; nothing is written
there.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.derive.values import LARGEST, Misfit, Value, with_letters


class Overlap(ValueError):
    """One entry would get several values."""


def _alone(index: Value) -> bool:
    """A letter by itself, from 0 in steps of 1."""
    return len(index.letters) == 1 and np.array_equal(
        index.data, np.arange(index.data.size)
    )


def gathered(of: Value, indices: list[Value]) -> Value:
    """The value at these indices; axes without one are kept.

    Parameters
    ----------
    of : Value
    indices : list of Value
        One number for each combination of letters.
    """
    if any(i.dims for i in indices):
        raise Misfit("an index is a number, not an array")
    front = len(of.letters)
    letters = [i.letters[0] for i in indices if _alone(i)]
    sizes = of.data.shape[front:]
    plain = all(map(_alone, indices)) and len(set(letters)) == len(letters)
    if plain and not set(letters) & set(of.letters):
        if all(i.data.size == s for i, s in zip(indices, sizes, strict=False)):
            return Value(of.data, of.letters + tuple(letters), of.dims[len(indices) :])
    union = of.letters + tuple(
        dict.fromkeys(k for i in indices for k in i.letters if k not in of.letters)
    )
    places, valid = placed(of, indices, union)
    data = of.data[places]
    shape = valid.shape + (1,) * (data.ndim - valid.ndim)
    return Value(data * valid.reshape(shape), union, of.dims[len(indices) :])


def placed(
    of: Value, indices: list[Value], union: tuple[str, ...]
) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Whole numbers for each index, and where they are indices at all."""
    front = len(of.letters)
    own = [
        Value(np.arange(n), (k,))
        for k, n in zip(of.letters, of.data.shape[:front], strict=True)
    ]
    lined = [with_letters(i, union) for i in (*own, *indices)]
    shape = np.broadcast_shapes(*(a.shape for a in lined)) if lined else ()
    if int(np.prod(shape)) > LARGEST:
        raise Misfit("these indices name too many entries")
    valid = np.ones(shape, dtype=bool)
    places = []
    for a, size in zip(lined, of.data.shape, strict=False):
        a = np.broadcast_to(np.asarray(a, dtype=np.float64), shape)
        whole = np.rint(a)
        inside = (np.abs(a - whole) < 1e-9) & (whole >= 0) & (whole < size)
        valid &= inside
        places.append(np.where(inside, whole, 0).astype(np.intp))
    return tuple(places), valid


def written(
    shape: tuple[int, ...], indices: list[Value], value: Value, adds: bool
) -> np.ndarray:
    """A new array of zeros with the value at these indices."""
    letters = tuple(dict.fromkeys(k for i in indices for k in i.letters))
    of = Value(np.zeros(shape), (), ("",) * len(shape))
    places, valid = placed(of, indices, letters)
    data = np.broadcast_to(with_letters(value, letters), valid.shape)
    out = np.zeros(shape)
    chosen = tuple(p[valid] for p in places)
    if adds:
        np.add.at(out, chosen, data[valid])
    else:
        flat = np.ravel_multi_index(chosen, shape)
        if np.unique(flat).size < flat.size:
            raise Overlap("several right sides reach the same entry: add them up, +=")
        out[chosen] = data[valid]
    return out
