r"""The right values in other places: transposed, rotated, shifted, reshaped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import permutations

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Comparison
from gan_numpy.gradcheck.diagnosis.explanation import Explanation, matches
from gan_numpy.gradcheck.diagnosis.fit import Fit
from gan_numpy.gradcheck.diagnosis.stage_shape import axes_subsets

Move = Callable[[np.ndarray], np.ndarray]


def _transposed(axes: tuple[int, ...]) -> Move:
    return lambda n: n.transpose(axes)


def _flipped(axes: tuple[int, ...]) -> Move:
    return lambda n: np.flip(n, axes)


def _rolled(by: int, axis: int) -> Move:
    return lambda n: np.roll(n, by, axis)


def _read_transposed(axes: tuple[int, ...]) -> Move:
    """Transposed in memory, then read with the old shape."""
    return lambda n: n.transpose(axes).reshape(n.shape)


def _written_transposed(axes: tuple[int, ...]) -> Move:
    """Read with the shape of the transpose, then transposed back."""
    back = tuple(int(k) for k in np.argsort(axes))
    return lambda n: n.reshape([n.shape[k] for k in axes]).transpose(back)


def _moves(shape: tuple[int, ...], shifts: bool) -> Iterator[tuple[str, str, Move]]:
    """Ways to move entries about that keep the shape."""
    ndim = len(shape)
    others = [axes for axes in permutations(range(ndim)) if axes != tuple(range(ndim))]
    for axes in others:
        if tuple(shape[k] for k in axes) == shape:
            tag = "transposed" if ndim == 2 else "axes-swapped"
            says = f"it is the true one transposed, axes {axes}"
            yield tag, says, _transposed(axes)
    for axes in axes_subsets(ndim):
        if all(shape[k] > 1 for k in axes):
            half_turn = axes == (ndim - 2, ndim - 1)
            how = "rotated by 180 degrees" if half_turn else f"reversed along {axes}"
            yield "flipped", f"it is the true one {how}", _flipped(axes)
    for k in range(ndim if shifts else 0):
        for by in range(1, shape[k]):
            tag, says = "shifted", f"it is the true one shifted by {by} along axis {k}"
            if 2 * by == shape[k]:
                tag, says = "halves-swapped", f"its two halves along axis {k} exchanged"
            yield tag, says, _rolled(by, k)
    says = "the right values, laid out wrongly: a reshape where a transpose is meant"
    for axes in others:
        yield "wrong-reshape", says, _read_transposed(axes)
        yield "wrong-reshape", says, _written_transposed(axes)


def structure_stage(cmp: Comparison, compound: bool) -> Explanation | None:
    """Try each way to move the entries about."""
    if cmp.want.size < 3:
        return None
    for tag, says, move in _moves(cmp.want.shape, compound):
        moved = replace(
            cmp,
            want=move(cmp.want),
            error=move(cmp.error),
            known=cmp.known & move(cmp.known),
        )
        fit = Fit(moved)
        if 2 * fit.size < cmp.want.size:
            continue
        matched, extra = matches(fit, fit.n, compound)
        if matched:
            return Explanation("transpose", (tag,), says).and_also(extra)
    return None


def elsewhere_stage(fit: Fit) -> Explanation | None:
    """The same values in some other order (a wrong reshape that has no name here)."""
    a, n = np.sort(fit.a), np.sort(fit.n)
    distinct = np.unique(np.round(n / max(fit.scale, 1e-300), 6)).size
    if distinct < 4 or not np.all(np.abs(a - n) <= fit.named * fit.scale + fit.noise):
        return None
    moved = int(fit.wrong().sum())
    if moved < 3:
        return None
    says = (
        f"the right values in the wrong places ({moved} entries): an index or reshape"
    )
    return Explanation("pattern", ("same-values-elsewhere",), says)
