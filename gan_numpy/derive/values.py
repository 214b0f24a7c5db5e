r"""Arrays whose axes have names, so that what fits is decided by meaning, not by size.

A value has the letters of its indices in front, and behind them its own axes: x_n is a
row for each n. ``x`` of shape (N, in) times ``dy`` of shape (N, out) is refused also
where the sizes of N and of in happen to be equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

LARGEST = 4_000_000


class Misfit(ValueError):
    """Two values do not fit together; the sentence says why."""


@dataclass(frozen=True)
class Value:
    """An array.

    Attributes
    ----------
    data : array
        First the axes of the letters, then its own.
    letters : tuple of str
    dims : tuple of str
        The names of its own axes: ("N", "in").
    turned : bool
        A vector that was transposed.
    constant : bool
        Made of numbers and sizes alone.
    """

    data: np.ndarray
    letters: tuple[str, ...] = ()
    dims: tuple[str, ...] = ()
    turned: bool = False
    constant: bool = False

    def shape(self) -> str:
        """(N, in)"""
        names = ", ".join(self.dims)
        return f"({names},)" if len(self.dims) == 1 else f"({names})"


def number(x: float) -> Value:
    """A constant."""
    return Value(np.asarray(float(x)), constant=True)


def with_letters(value: Value, letters: tuple[str, ...]) -> np.ndarray:
    """The data with exactly these letters in front, of size 1 where it has none."""
    own = [value.letters.index(k) for k in letters if k in value.letters]
    rest = range(len(value.letters), value.data.ndim)
    data = value.data.transpose([*own, *rest])
    sizes = iter(data.shape[: len(own)])
    front = [next(sizes) if k in value.letters else 1 for k in letters]
    return data.reshape((*front, *data.shape[len(own) :]))


def union(a: Value, b: Value) -> tuple[str, ...]:
    """The letters of both."""
    return a.letters + tuple(k for k in b.letters if k not in a.letters)


def entrywise(f: Callable[..., np.ndarray], a: Value, b: Value) -> Value:
    """A function of two values, entry by entry; one may have fewer axes.

    Raises
    ------
    Misfit
        If neither has the other's axes, as its last or as its first ones.
    """
    letters = union(a, b)
    x, y = with_letters(a, letters), with_letters(b, letters)
    p, q = a.dims, b.dims
    front = len(letters)
    if len(p) >= len(q):
        dims, y = p, _stretched(y, q, p, front)
    else:
        dims, x = q, _stretched(x, p, q, front)
    sizes = np.broadcast_shapes(x.shape, y.shape)
    if int(np.prod(sizes)) > LARGEST:
        raise Misfit("this has too many entries: sum sooner")
    turned = (a.turned or not p) and (b.turned or not q) and len(dims) == 1
    return Value(f(x, y), letters, dims, turned, a.constant and b.constant)


def _stretched(
    x: np.ndarray, dims: tuple[str, ...], wanted: tuple[str, ...], front: int
) -> np.ndarray:
    missing = [1] * (len(wanted) - len(dims))
    if not dims or wanted[len(missing) :] == dims:
        return x.reshape((*x.shape[:front], *missing, *x.shape[front:]))
    if wanted[: len(dims)] == dims:
        return x.reshape((*x.shape, *missing))
    a, b = (", ".join(d) for d in (dims, wanted))
    raise Misfit(f"({a}) and ({b}) do not fit together entry by entry")


def matrix_product(a: Value, b: Value) -> Value:
    """a b with the meaning of linear algebra; a vector not transposed fits either side.

    Raises
    ------
    Misfit
        If the inner axes are not the same.
    """
    letters = union(a, b)
    x, y = with_letters(a, letters), with_letters(b, letters)
    p, q = a.dims, b.dims
    if len(p) > 2 or len(q) > 2:
        raise Misfit(f"{a.shape()} or {b.shape()} is no matrix: use indices")
    if len(q) == 1 and b.turned:
        if len(p) == 1 and not a.turned:
            return Value(x[..., :, None] * y[..., None, :], letters, (p[0], q[0]))
        raise Misfit("a row, v^T, stands to the right of a row or of a matrix")
    if p[-1] == "?":  # ones as a row, of the length that is needed
        return Value(x.max() * y.sum(axis=len(letters)), letters, q[1:], len(q) == 2)
    if p[-1] != q[0]:
        says = f"in the product of {a.shape()} and {b.shape()} the inner axes differ"
        raise Misfit(f"{says}: {p[-1]} and {q[0]}")
    x = x[..., None, :] if len(p) == 1 else x
    y = y[..., :, None] if len(q) == 1 else y
    z = np.matmul(x, y)
    z = z[..., 0] if len(q) == 1 else z
    if len(p) == 1:
        z = z[..., 0] if len(q) == 1 else z[..., 0, :]
    return Value(z, letters, p[:-1] + q[1:], len(p) == 1 and len(q) == 2)


def product(a: Value, b: Value, operator: str, by_entry: bool) -> Value:
    """What two neighbors mean: scaling, a matrix product, or entry by entry."""
    if not a.dims or not b.dims:
        return entrywise(np.multiply, a, b)
    if operator == "@":
        return matrix_product(a, b)
    square = len(a.dims) == 2 and a.dims[0] == a.dims[1]
    if operator == "*" or (by_entry and not (a.turned or b.turned or square)):
        return entrywise(np.multiply, a, b)
    vectors = len(a.dims) == len(b.dims) == 1 and not (a.turned or b.turned)
    if vectors and a.dims == b.dims:
        return entrywise(np.multiply, a, b)
    try:
        return matrix_product(a, b)
    except Misfit:
        if a.dims == b.dims and not (a.turned or b.turned):
            return entrywise(np.multiply, a, b)
        raise


def transposed(value: Value) -> Value:
    """A matrix with its axes swapped; a vector becomes a row."""
    if len(value.dims) > 2:
        raise Misfit(f"{value.shape()} is no matrix: swap its indices instead")
    if len(value.dims) < 2:
        return replace(value, turned=not value.turned)
    return replace(value, data=np.swapaxes(value.data, -1, -2), dims=value.dims[::-1])


def over_letters(
    f: Callable[..., np.ndarray], value: Value, letters: tuple[str, ...]
) -> Value:
    """A reduction over some letters."""
    axes = tuple(value.letters.index(k) for k in letters)
    if f in (np.argmax, np.argmin):
        if len(axes) > 1:
            raise Misfit("argmax runs over one letter")
        rest = tuple(k for k in value.letters if k not in letters)
        return replace(value, data=f(value.data, axis=axes[0]), letters=rest)
    rest = tuple(k for k in value.letters if k not in letters)
    return replace(value, data=f(value.data, axis=axes), letters=rest)


def over_axes(
    f: Callable[..., np.ndarray], value: Value, axes: tuple[int, ...] | None
) -> Value:
    """A reduction over some of its own axes; over all if there are none."""
    count = len(value.dims)
    chosen = range(count) if axes is None else [a % max(count, 1) for a in axes]
    if any(a >= count for a in chosen) or axes and max(axes) >= count:
        raise Misfit(f"{value.shape()} has no axis {max(axes or (0,))}")
    front = len(value.letters)
    data = (
        f(value.data, axis=tuple(front + a for a in chosen)) if chosen else value.data
    )
    dims = tuple(d for k, d in enumerate(value.dims) if k not in chosen)
    return replace(value, data=data, dims=dims)
