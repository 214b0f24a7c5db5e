r"""The same problem with other numbers, and with other sizes.

A repair must hold where it was not found. What the caller gave is redrawn from its own
values (so that probabilities stay probabilities, and labels labels); sizes are changed
where the forward accepts it, so that none of them is equal to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from gan_numpy.gradcheck.adapt import Problem

Slot = tuple[str, int]  # an input and one of its axes; -1 for a whole number
Sizes = dict[Slot, int]
POOL = (3, 4, 5, 6, 7, 8, 9, 10, 2, 12)


def redrawn(
    problem: Problem, rng: np.random.Generator, sizes: Sizes | None = None
) -> Problem:
    """Other values in the same shapes, or in those that have the given sizes."""
    sizes = sizes or {}
    inputs = dict(problem.inputs)
    for k, v in inputs.items():
        if is_drawn(v):
            shape = tuple(sizes.get((k, a), s) for a, s in enumerate(v.shape))
            inputs[k] = like(v, shape, rng)
        elif (k, -1) in sizes:
            inputs[k] = sizes[k, -1]
    return replace(problem, inputs=inputs)


def moved(problem: Problem, rng: np.random.Generator) -> Problem:
    """The given values, each a little larger or smaller: what they are they stay."""
    inputs = dict(problem.inputs)
    for k, v in inputs.items():
        if is_drawn(v) and v.dtype.kind == "f" and not np.all(v == np.round(v)):
            inputs[k] = v * (1 + 0.2 * rng.uniform(-1, 1, v.shape))
    return replace(problem, inputs=inputs)


def numbers_moved(problem: Problem, rng: np.random.Generator) -> Problem:
    """The numbers among the inputs a little smaller: 0.5 need not be a half.

    As they were if the forward does not bear it.
    """
    inputs = {
        k: v * (1 - 0.15 * rng.uniform(0.2, 1)) if is_fraction(v) else v
        for k, v in problem.inputs.items()
    }
    changed = replace(problem, inputs=inputs)
    return changed if works(changed) else problem


def is_fraction(v: Any) -> bool:
    """A number that is not whole."""
    real = isinstance(v, (float, np.floating))
    return real and bool(np.isfinite(v)) and float(v) % 1 != 0


def is_drawn(v: Any) -> bool:
    """An array of numbers, whose values may be others."""
    return isinstance(v, np.ndarray) and v.dtype.kind in "fiu" and v.size > 0


def like(v: np.ndarray, shape: tuple[int, ...], rng: np.random.Generator) -> Any:
    """Numbers like those of v."""
    if v.ndim > 1 and v.dtype.kind == "f" and np.allclose(v.sum(axis=-1), 1):
        rows = v.reshape(-1, v.shape[-1])
        if np.all((rows == 0) | (rows == 1)):  # one label in each row
            hot = np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]
            return hot.astype(v.dtype)
        p = rng.choice(v.ravel(), shape)
        return p / p.sum(axis=-1, keepdims=True)
    drawn = rng.choice(v.ravel(), shape)
    if v.dtype.kind != "f" or np.all(v == np.round(v)):
        return drawn
    return drawn * (1 + 0.1 * rng.uniform(-1, 1, shape))


def works(problem: Problem) -> bool:
    """The forward takes these inputs and answers with finite numbers."""
    try:
        with np.errstate(all="ignore"):
            y = np.asarray(problem.value(problem.fresh()))
    except (Exception, SystemExit):
        return False
    return y.dtype.kind in "fiub" and bool(np.all(np.isfinite(y)))


def keeps_form(problem: Problem, changed: Problem) -> bool:
    """It works, and where the output was as large as an input it still is.

    A layer that keeps the size of an image need not do so for a kernel of even size,
    and its backward need not be right there.
    """
    if not works(changed):
        return False
    before, after = _shape(problem), _shape(changed)
    slots = slots_of(problem)
    if len(before) != len(after):
        return False
    for old, new in zip(before, after, strict=True):
        same = [(k, a) for k, a in slots.get(old, []) if a >= 0]
        if same and not any(changed.inputs[k].shape[a] == new for k, a in same):
            return False
    return True


def _shape(problem: Problem) -> tuple[int, ...]:
    return np.shape(problem.value(problem.fresh()))


def slots_of(problem: Problem) -> dict[int, list[Slot]]:
    """The axes of each size (and whole numbers of that value)."""
    found: dict[int, list[Slot]] = {}
    for k, v in problem.inputs.items():
        if isinstance(v, np.ndarray):
            for axis, size in enumerate(v.shape):
                if size > 1:
                    found.setdefault(size, []).append((k, axis))
    for k, v in problem.inputs.items():
        if isinstance(v, (int, np.integer)) and int(v) in found:
            found[int(v)].append((k, -1))
    return found


def tied(
    problem: Problem, rng: np.random.Generator, stop: Callable[[], bool]
) -> list[tuple[Slot, ...]]:
    """Axes that must change together: the smallest sets that the forward lets change.

    Square matrices and equal sizes come apart here: of x (8, 4), W (4, 4), b (4,) the
    columns of x go with the rows of W, and b with the columns of W.
    """
    classes: list[tuple[Slot, ...]] = []
    batch = next((v.shape[0] for v in problem.inputs.values() if np.ndim(v)), 0)
    for size, slots in slots_of(problem).items():
        left = list(slots)
        rows = tuple(s for s in slots if s[1] == 0)
        if size == batch and len(rows) > 1 and _changes(problem, rng, rows, size):
            classes.append(rows)  # what has a row for each sample
            left = [s for s in left if s not in rows]
        for count in range(1, len(slots) + 1):
            for some in combinations(left, count) if len(left) <= 8 else [tuple(left)]:
                if not set(some) <= set(left) or stop():
                    continue
                if _changes(problem, rng, some, size):
                    classes.append(some)
                    left = [s for s in left if s not in some]
    return classes


def _changes(
    problem: Problem, rng: np.random.Generator, some: tuple[Slot, ...], size: int
) -> bool:
    return any(
        works(redrawn(problem, rng, dict.fromkeys(some, other)))
        for other in (size + 1, 2 * size)
    )


def resized(
    problem: Problem,
    rng: np.random.Generator,
    stop: Callable[[], bool],
    count: int = 2,
) -> Iterator[Problem]:
    """Problems of other sizes, pairwise different where that is possible."""
    classes = tied(problem, rng, stop)
    if not classes:
        return
    made = 0
    for attempt in range(12):
        if stop() and made:
            return
        pool = [int(s) for s in POOL if s > 2]
        sizes: Sizes = {}
        for some in classes:
            for size in _tries(pool, attempt, rng):
                trial = {**sizes, **dict.fromkeys(some, size)}
                if keeps_form(problem, redrawn(problem, rng, trial)):
                    sizes = trial
                    pool = [p for p in pool if p != size]
                    break
        changed = redrawn(problem, rng, sizes)
        if sizes and keeps_form(problem, changed):
            yield changed
            made += 1
        if made == count:
            return


def _tries(pool: list[int], attempt: int, rng: np.random.Generator) -> list[int]:
    """Sizes in an order of preference: small ones first, then by chance."""
    return pool if attempt == 0 else [int(s) for s in rng.permutation(pool)]
