r"""An array as it is shown: its shape and its first two-dimensional slice, short."""

from __future__ import annotations

from typing import Any

import numpy as np

ROWS, COLUMNS = 7, 8


class Table:
    """Every array that is shown, once.

    Attributes
    ----------
    arrays : list of dict
        ``shape``, ``rows`` (numbers of three digits), ``part`` (which entries they are,
        if not all).
    """

    def __init__(self) -> None:
        self.arrays: list[dict[str, Any]] = []
        self.places: dict[tuple[Any, ...], int] = {}

    def add(self, value: Any) -> int:
        """The place of an array in the table."""
        array = np.asarray(value)
        key = (array.shape, str(array.dtype), array.tobytes())
        if key not in self.places:
            self.places[key] = len(self.arrays)
            self.arrays.append(described(array))
        return self.places[key]


def described(array: np.ndarray) -> dict[str, Any]:
    """Plain data of an array."""
    shape = [int(n) for n in array.shape]
    if array.size == 0:
        return {
            "shape": shape,
            "kind": str(array.dtype),
            "rows": [],
            "top": 0,
            "part": "",
        }
    plane = array.reshape(-1, *shape[-2:])[0] if array.ndim > 2 else array
    plane = np.atleast_2d(plane)[:ROWS, :COLUMNS]
    finite = (
        np.abs(array[np.isfinite(array)])
        if array.dtype.kind == "f"
        else np.abs(array.astype(np.float64))
    )
    top = float(finite.max(initial=0))
    rows = [[_short(v) for v in row] for row in plane.tolist()]
    part = _part(array.shape) if plane.size < array.size else ""
    return {
        "shape": shape,
        "kind": str(array.dtype),
        "rows": rows,
        "top": top,
        "part": part,
    }


def _part(shape: tuple[int, ...]) -> str:
    """The entries that are shown, as they would be indexed."""
    most = [ROWS, COLUMNS][-min(len(shape), 2) :]
    ends = [f":{m}" if n > m else ":" for n, m in zip(shape[-2:], most, strict=True)]
    return ", ".join(["0"] * (len(shape) - 2) + ends)


def _short(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    number = float(value)
    if not np.isfinite(number):
        return str(number)
    short = float(f"{number:.3g}")
    return int(short) if short == int(short) and abs(short) < 1e6 else short
