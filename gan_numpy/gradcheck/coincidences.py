r"""Which numbers of a call have several meanings: sizes that coincide.

If N and the number of classes are both 4, a factor of 4 may be either; so may a window
of 2 by 2, and a factor of 2 may be the root of 4. A name must not rest on such a
number. Axes are told apart by leaving out one entry: what must be cut together is one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np

from gan_numpy.gradcheck.adapt import Problem
from gan_numpy.gradcheck.findings import Finding
from gan_numpy.gradcheck.probes import attempt
from gan_numpy.gradcheck.trial import Trial

Axis = tuple[str, int]
MOST = 5  # axes of one size; more are not told apart


def axes_by_size(problem: Problem) -> dict[int, list[Axis]]:
    """The axes of the inputs that have each size."""
    found: dict[int, list[Axis]] = {}
    for name, array in problem.inputs.items():
        if isinstance(array, np.ndarray):
            for axis, size in enumerate(array.shape):
                found.setdefault(size, []).append((name, axis))
    return found


def can_be_cut(problem: Problem, axes: tuple[Axis, ...]) -> bool:
    """The forward works with one entry less along all of these axes."""
    cut = {name: problem.inputs[name] for name, _ in axes}
    for name, axis in axes:
        size = cut[name].shape[axis]
        cut[name] = np.take(cut[name], range(size - 1), axis=axis)
    y = attempt(lambda: np.asarray(problem.value(problem.fresh(cut))))
    return y is not None and y.dtype.kind in "fiub"


def independent(problem: Problem, axes: list[Axis]) -> list[tuple[Axis, ...]]:
    """The smallest sets of these axes that can be cut; they share no axis."""
    found: list[tuple[Axis, ...]] = []
    for count in range(1, len(axes) + 1):
        for some in combinations(axes, count):
            free = not any(set(some) & set(other) for other in found)
            if free and can_be_cut(problem, some):
                found.append(some)
    return found


def spelled(axes: tuple[Axis, ...]) -> str:
    """x.shape[0]"""
    name, axis = axes[0]
    return f"{name}.shape[{axis}]"


def meanings(problem: Problem, y: np.ndarray) -> Iterator[tuple[float, str]]:
    """Numbers that may turn up as a factor, with what they are."""
    yield 2.0, "a factor of two"
    sizes: set[int] = set()
    for size, axes in axes_by_size(problem).items():
        if size < 3:
            if size == 2:
                yield 2.0, spelled((axes[0],))
            continue
        sizes.add(size)
        told = independent(problem, axes) if 1 < len(axes) <= MOST else []
        for some in told or [(axes[0],)]:
            yield float(size), spelled(some)
            if any(problem.inputs[k].ndim == axis + 1 for k, axis in some):
                yield math.sqrt(size), f"the root of {spelled(some)}"
    for name, value in problem.scalars().items():
        if value not in (0.0, 1.0) and math.isfinite(value):
            yield value, name
    for name, array in problem.arrays().items():  # what one output sees of an image
        if array.ndim > 2 and y.ndim == array.ndim and len(y) == len(array):
            window = math.prod(array.shape[2:]) / max(math.prod(y.shape[2:]), 1)
            if window > 1 and window == round(window):
                yield float(window), f"the size of a window of {name}"


def cautious(trial: Trial, finding: Finding) -> Finding:
    """The finding, but a factor that may be several things gets no name."""
    if finding.verdict != "scale" or finding.evidence is None:
        return finding
    c = finding.evidence.ratio
    names = ambiguous(trial.problem, trial.y, c) if 0 < c < math.inf else []
    if not names:
        return finding
    says = (
        f"a factor {c:.6g}, and several numbers are as large here:"
        f" {', '.join(names)}. Check with sizes that differ"
    )
    return replace(finding, tags=("factor-ambiguous",), says=says)


def ambiguous(problem: Problem, y: np.ndarray, c: float) -> list[str]:
    """The names of all numbers that equal the factor c or 1/c, if there are several.

    Parameters
    ----------
    problem : Problem
    y : array
        The output.
    c : float
        student = c * true.
    """
    size = abs(c) if abs(c) > 1 else 1 / abs(c) if c else 0.0
    names = [
        name
        for value, name in meanings(problem, y)
        if math.isclose(max(abs(value), 1 / abs(value)), size, rel_tol=1e-6)
    ]
    names = list(dict.fromkeys(names))
    return names if len(names) > 1 else []
