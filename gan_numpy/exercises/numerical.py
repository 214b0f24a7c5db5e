r"""Lesson 00: a derivative by finite differences, the judge of all others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Constant
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import value_check
from gan_numpy.exercises.corners import Corner
from gan_numpy.exercises.values import Formulas


def numerical_gradient(
    f: Callable[[np.ndarray], float], x: np.ndarray, h: float = 1e-5
) -> np.ndarray:
    r"""The gradient of f at x by central differences with step h.

    Parameters
    ----------
    f : function of an array that returns a number
    x : array, any shape
        Must not be changed.
    h : float

    Returns
    -------
    array of the shape of x
        Entry i is the derivative with respect to entry i of x.
    """
    g = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        e = np.zeros_like(x)
        e[i] = h
        g[i] = (f(x + e) - f(x - e)) / (2 * h)
    return g


STEP = 0.03


def _inputs(rng: np.random.Generator) -> dict[str, object]:
    weights = rng.standard_normal((5, 3))

    def f(x: np.ndarray) -> float:
        # a cubic: one-sided differences are off by h f''/2, which h = 0.03 shows
        return float((weights * x**3 + x**2).sum() + x.sum() ** 2)

    return {"f": f, "x": 1 + rng.random((5, 3)), "h": STEP}


def _of_shape(*shape: int) -> Callable[[np.random.Generator], dict[str, object]]:
    """A cubic at a point of this shape; entries of both signs and a zero."""

    def inputs(rng: np.random.Generator) -> dict[str, object]:
        weights = rng.standard_normal(shape)
        x = np.array(rng.standard_normal(shape))
        if x.size > 1:
            x.flat[0] = 0.0

        def f(z: np.ndarray) -> float:
            return float((weights * z**3 + z**2).sum() + z.sum() ** 2)

        return {"f": f, "x": x, "h": 0.01}

    return inputs


CORNERS = (
    Corner("x a vector with entries of both signs, h = 0.01", _of_shape(5)),
    Corner("x of shape (), a single number", _of_shape()),
    Corner("x of three axes, (3, 1, 2)", _of_shape(3, 1, 2)),
)


def _shifts(x: np.ndarray, h: float) -> list[np.ndarray]:
    shifts = []
    for i in np.ndindex(x.shape):
        e = np.zeros_like(x)
        e[i] = h
        shifts.append(e)
    return shifts


def _each(x: np.ndarray, values: list[float]) -> np.ndarray:
    return np.reshape(values, x.shape)


def _not_restored(f: Callable[..., float], x: np.ndarray, h: float) -> np.ndarray:
    """What comes out if each entry stays at its last place while the next is moved."""
    values, x = [], x.copy()
    for e in _shifts(x, h):
        values.append((f(x + e) - f(x - e)) / (2 * h))
        x = x - e
    return _each(x, values)


FORMULAS = Formulas(
    mistakes={
        "one-sided": (
            "it is a forward difference, (f(x + h) - f(x))/h: the error is of order h",
            lambda f, x, h: _each(x, [(f(x + e) - f(x)) / h for e in _shifts(x, h)]),
        ),
        "one-sided-backward": (
            "it is a backward difference, (f(x) - f(x - h))/h: the error is of order h",
            lambda f, x, h: _each(x, [(f(x) - f(x - e)) / h for e in _shifts(x, h)]),
        ),
        "all-at-once": (
            "all entries are moved at once: every entry is the sum of the gradient",
            lambda f, x, h: np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h)),
        ),
        "not-restored": (
            "an entry is not put back before the next one is moved",
            _not_restored,
        ),
    },
    constants=(Constant("1/h", 1 / STEP, missing="step-missing", extra="step-twice"),),
)

NUMERICAL_GRADIENT = Exercise(
    numerical_gradient,
    lesson="00",
    title="A gradient by finite differences",
    statement=(
        "Move one entry of x at a time by h in both directions:\n"
        "    g_i = (f(x + h e_i) - f(x - h e_i)) / 2h.\n"
        "The error is of order h^2. Leave x as it was."
    ),
    check=value_check(
        numerical_gradient,
        _inputs,
        FORMULAS,
        outputs=("the gradient",),
        corners=CORNERS,
    ),
    mutants=(
        mutant("one-sided", "(f(x + e) - f(x - e)) / (2 * h)", "(f(x + e) - f(x)) / h"),
        mutant(
            "one-sided-backward",
            "(f(x + e) - f(x - e)) / (2 * h)",
            "(f(x) - f(x - e)) / h",
        ),
        mutant("factor-2", "(2 * h)", "h"),
        mutant("sign", "f(x + e) - f(x - e)", "f(x - e) - f(x + e)"),
        mutant("step-missing", "(2 * h)", "2"),
        mutant("factor-2 step-missing", " / (2 * h)", ""),
        mutant("all-at-once", "e[i] = h", "e[...] = h"),
        mutant(
            "mutated",
            "e[i] = h",
            "e[i] = h; x += 0 if i == (0,) * x.ndim else 1e-3",
        ),
        mutant(
            "not-restored",
            "    return g",
            "        x = x - e\n    return g",
        ),
    ),
    hints=(
        "Only entry i moves while g_i is computed, by +h and by -h: 2h in all.",
        "g[i] = (f(x + e) - f(x - e)) / (2 * h) with e zero except e[i] = h",
    ),
)

EXERCISES = (NUMERICAL_GRADIENT,)
