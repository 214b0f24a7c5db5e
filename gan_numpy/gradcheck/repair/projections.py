r"""A gradient by its inner products with a few random directions.

Their true values are slopes of the forward: a gradient that is wrong anywhere passes
with probability zero, and a slope costs four calls whatever the size of the array.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gan_numpy.gradcheck.adapt import Problem
from gan_numpy.gradcheck.deadline import in_time
from gan_numpy.gradcheck.numeric import directional

DIRECTIONS = 4
AGREE = 1e-7
SURE = 1e-4  # the error of a slope that tells, of its size
ROUNDING = 1e-12  # of an inner product, of the length of the gradient


@dataclass
class Projections:
    """The true inner products of a gradient with some directions."""

    shape: tuple[int, ...]
    directions: np.ndarray
    values: np.ndarray
    errors: np.ndarray

    @property
    def vanish(self) -> bool:
        """The gradient is zero: whatever is multiplied with it is right."""
        return bool((abs(self.values) <= 10 * self.errors + 1e-9).all())

    def agree(self, got: np.ndarray) -> bool:
        """The array has the shape and the inner products."""
        if got.shape != self.shape:
            return False
        flat = got.astype(np.float64).ravel()
        power = float(flat @ flat)
        if not math.isfinite(power):
            return False
        rtol = 3e-5 if got.dtype == np.float32 else AGREE
        size = math.sqrt(power / flat.size)  # of a typical inner product
        gap = abs(self.directions @ flat - self.values)
        return bool((gap <= rtol * (size + abs(self.values)) + 10 * self.errors).all())


def gradients_of_solution(problem: Problem, dy: np.ndarray) -> dict[str, np.ndarray]:
    """The gradients of the solution; none where there is no solution."""
    if problem.solution is None:
        return {}
    try:
        return problem.solution(problem, dy)
    except (Exception, SystemExit):  # it need not bear what we have drawn
        return {}


def by_solution(
    problem: Problem, k: str, dy: np.ndarray, g: np.ndarray, rng: np.random.Generator
) -> Projections | None:
    """Those of the solution's gradient g, if it has the slope of the forward.

    One slope is enough for that, and spares the others; None if it does not tell.
    """
    x = problem.inputs[k]
    if g.shape != x.shape or not np.all(np.isfinite(g)):
        return None
    flat = g.astype(np.float64).ravel()
    length = float(np.linalg.norm(flat))
    ((u, slope),) = directional(forward_in(problem, k), x, dy, rng, 1)
    size = length / math.sqrt(max(flat.size, 1)) + abs(slope.value)
    gap = abs(float(flat @ u.ravel()) - slope.value)
    if slope.kink or gap > AGREE * size + 10 * slope.error or slope.error > SURE * size:
        return None
    directions = rng.standard_normal((DIRECTIONS, flat.size))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    errors = np.full(DIRECTIONS, ROUNDING * length)
    return Projections(x.shape, directions, directions @ flat, errors)


def by_slopes(
    problem: Problem, k: str, dy: np.ndarray, rng: np.random.Generator
) -> Projections | None:
    """Those of the forward's differences; None where it has a kink."""
    x = problem.inputs[k]
    slopes = directional(forward_in(problem, k), x, dy, rng, DIRECTIONS)
    good = [(u, s) for u, s in slopes if not s.kink and np.isfinite(s.error)]
    if len(good) < 2:
        return None
    return Projections(
        x.shape,
        np.stack([u.ravel() for u, _ in good]),
        np.array([s.value for _, s in good]),
        np.array([s.error for _, s in good]),
    )


def forward_in(problem: Problem, k: str) -> Callable[[np.ndarray], np.ndarray]:
    """The forward as a function of one input."""

    def value(x: np.ndarray) -> np.ndarray:
        in_time()
        return np.array(problem.value(problem.fresh({k: x})))

    return value
