r"""Lesson 08: momentum and Adam (Kingma and Ba, arXiv:1412.6980), one step each."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Constant
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import value_check
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.values import Formulas


def momentum_step(
    w: np.ndarray, v: np.ndarray, g: np.ndarray, lr: float, mu: float
) -> tuple[np.ndarray, np.ndarray]:
    r"""One step of gradient descent with momentum.

    Parameters
    ----------
    w, v, g : arrays of the same shape
        Parameter, velocity, gradient; none is written to.
    lr, mu : float
        Learning rate and momentum.

    Returns
    -------
    w, v : arrays
        The velocity moves first, v <- mu v - lr g, and w moves by the new one.
    """
    new_v = mu * v - lr * g
    return w + new_v, new_v


def adam_step(
    w: np.ndarray,
    m: np.ndarray,
    v: np.ndarray,
    g: np.ndarray,
    t: int,
    lr: float,
    b1: float,
    b2: float,
    eps: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Step t (1, 2, ...) of Adam.

    Parameters
    ----------
    w, m, v, g : arrays of the same shape
        Parameter, first and second moment, gradient; none is written to.
    t : int
        The number of this step; the first is 1.

    Returns
    -------
    w, m, v : arrays
        The moments without the bias correction, which is applied to w's move only.
    """
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1**t)
    v_hat = v / (1 - b2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def _momentum_inputs(rng: np.random.Generator) -> dict[str, Any]:
    w, v, g = rng.standard_normal((3, 5, 3))
    return {"w": w, "v": v, "g": g, "lr": 0.13, "mu": 0.71}


def _moved(step: Any) -> Any:
    """The move of w in place of w, then the rest."""

    def run(w: np.ndarray, *rest: Any) -> Any:
        returned = step(w, *rest)
        if not isinstance(returned, tuple) or len(returned) < 2:
            return returned
        new = np.asarray(returned[0])
        return ((new - w).astype(new.dtype), *returned[1:])

    return run


def _momentum(lr: float, mu: float, *shape: int, at_rest: bool = False) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        w, v, g = (np.array(rng.standard_normal(shape)) for _ in range(3))
        return {"w": w, "v": v * (not at_rest), "g": g, "lr": lr, "mu": mu}

    return inputs


MOMENTUM_CORNERS = (
    Corner("mu = 0", _momentum(0.1, 0.0, 5, 3)),
    Corner("mu = 0.99 and lr = 2", _momentum(2.0, 0.99, 5, 3)),
    Corner("w a vector", _momentum(0.1, 0.9, 7)),
    Corner("w of four axes", _momentum(0.1, 0.9, 3, 2, 1, 5)),
    Corner("a velocity of 0", _momentum(0.1, 0.9, 5, 3, at_rest=True)),
)


MOMENTUM = Exercise(
    momentum_step,
    lesson="08",
    title="A step with momentum",
    statement="v <- mu v - lr g, then w <- w + v. Return the new w and v.",
    check=value_check(
        momentum_step,
        _momentum_inputs,
        Formulas(
            terms={
                "mu v": lambda w, v, g, lr, mu: (mu * v, mu * v),
                "lr g": lambda w, v, g, lr, mu: (-lr * g, -lr * g),
            },
            mistakes={
                "nesterov": (
                    "w moves by mu v - lr g with the new v: Nesterov's step",
                    lambda w, v, g, lr, mu: (mu * (mu * v - lr * g) - lr * g, None),
                ),
                "old-velocity": (
                    "w moves by the old velocity: v must be updated first",
                    lambda w, v, g, lr, mu: (v, None),
                ),
                "lr-of-velocity": (
                    "the learning rate multiplies the velocity as well",
                    lambda w, v, g, lr, mu: (lr * (mu * v - g), lr * (mu * v - g)),
                ),
                "damped": (
                    "the gradient is damped by 1 - mu: an average, not this momentum",
                    lambda w, v, g, lr, mu: (mu * v - lr * (1 - mu) * g,) * 2,
                ),
            },
        ),
        outputs=("w's move", "v"),
        wrap=_moved,
        corners=MOMENTUM_CORNERS,
    ),
    mutants=(
        mutant("sign", "w + new_v", "w - new_v"),
        mutant("lr-g-sign", "- lr * g", "+ lr * g"),
        mutant("mu-v-missing", "mu * v - lr", "-lr"),
        mutant("lr-g-missing", "mu * v - lr * g", "mu * v"),
        mutant("damped", "lr * g", "lr * (1 - mu) * g"),
        mutant("nesterov", "w + new_v", "w + mu * new_v - lr * g"),
        mutant("old-velocity", "w + new_v", "w + v"),
        mutant("lr-extra", "w + new_v", "w + lr * new_v"),
        mutant("lr-of-velocity", "mu * v - lr * g", "lr * (mu * v - g)"),
        mutant("mutated", "    return", "    w += 0.1\n    w = w - 0.1\n    return"),
        mutant("mutated", "new_v = mu * v - lr * g", "v *= mu; v -= lr * g; new_v = v"),
    ),
    hints=(
        "The velocity is a sum of two terms, and w moves by all of it.",
        "v = mu * v - lr * g; w = w + v",
    ),
    points=1,
)


def _adam_inputs(rng: np.random.Generator) -> dict[str, Any]:
    w, m, g = rng.standard_normal((3, 5, 3))
    v = 0.2 + rng.random((5, 3))
    rates = {"lr": 0.19, "b1": 0.83, "b2": 0.93, "eps": 1e-3}
    w *= rates["lr"]  # of the size of its move: a move is what is left of a difference
    return {"w": w, "m": m, "v": v, "g": g, "t": int(rng.integers(1, 6)), **rates}


def _adam(t: int, *shape: int, start: bool = False, **rates: float) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        w, m, g = (np.array(rng.standard_normal(shape)) for _ in range(3))
        v = np.array(0.1 + rng.random(shape))
        moments = {"m": m * (not start), "v": v * (not start)}
        usual = {"lr": 0.1, "b1": 0.9, "b2": 0.999, "eps": 1e-8}
        w *= usual["lr"]  # as above, or rounding of w would count thirtyfold
        return {"w": w, **moments, "g": g, "t": t, **usual, **rates}

    return inputs


def _no_gradient(rng: np.random.Generator) -> dict[str, Any]:
    given = _adam(1, 5, start=True)(rng)
    given["g"][[1, 3]] = 0.0
    return given


ADAM_CORNERS = (
    Corner("t = 1 and moments of 0", _adam(1, 5, 3, start=True)),
    Corner("t = 1", _adam(1, 5, 3)),
    Corner("t = 2", _adam(2, 5, 3)),
    Corner("t = 7", _adam(7, 5, 3)),
    Corner("t = 1000", _adam(1000, 5, 3)),
    Corner("t = 100000", _adam(100000, 5, 3)),
    Corner("eps = 0.5", _adam(3, 5, 3, eps=0.5)),
    Corner("b1 = 0", _adam(3, 5, 3, b1=0.0)),
    Corner("w a vector, eps = 1e-8", _adam(4, 7)),
    Corner("entries of the gradient that are 0", _no_gradient),
)


def adam_variant(change: str) -> Any:
    """The move of Adam with a part changed."""

    def step(
        w: Any,
        m: Any,
        v: Any,
        g: Any,
        t: int,
        lr: float,
        b1: float,
        b2: float,
        eps: float,
    ) -> Any:
        if change == "betas":
            b1, b2 = b2, b1
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * (g if change == "not-squared" else g**2)
        c1, c2 = 1 - b1**t, 1 - b2**t
        if change in ("m", "both"):
            c1 = 1.0
        if change in ("v", "both"):
            c2 = 1.0
        if change == "beta":
            c1, c2 = 1 - b1, 1 - b2
        if change == "t":
            c1, c2 = 1 - b1 ** (t + 1), 1 - b2 ** (t + 1)
        root = np.sqrt(v / c2) + eps
        if change == "no-root":
            root = v / c2 + eps
        if change == "eps-inside":
            root = np.sqrt(v / c2 + eps)
        if change == "eps-missing":
            root = np.sqrt(v / c2)
        moments = change in ("betas", "not-squared")
        return -lr * m / c1 / root, (m if moments else None), (v if moments else None)

    return step


ADAM_MISTAKES = {
    "no-correction-of-m": ("the bias correction of m, 1 - b1^t, is missing", "m"),
    "no-correction-of-v": ("the bias correction of v, 1 - b2^t, is missing", "v"),
    "no-bias-correction": ("both bias corrections are missing", "both"),
    "beta-for-beta-power": ("divided by 1 - beta where 1 - beta^t is meant", "beta"),
    "t-off-by-one": ("t + 1 is used: the first step has t = 1", "t"),
    "no-root": ("the root of v is missing", "no-root"),
    "eps-inside-root": ("eps is inside the root, it belongs outside", "eps-inside"),
    "eps-missing": ("eps is missing", "eps-missing"),
    "betas-swapped": ("b1 and b2 are swapped", "betas"),
    "not-squared": ("v averages g where g squared is meant", "not-squared"),
}

ADAM = Exercise(
    adam_step,
    lesson="08",
    title="A step of Adam",
    statement=(
        "m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2,\n"
        "w <- w - lr m^ / (sqrt(v^) + eps), m^ = m/(1 - b1^t), v^ = v/(1 - b2^t).\n"
        "Return w, m, v (m and v without the correction). The first step has t = 1."
    ),
    check=value_check(
        adam_step,
        _adam_inputs,
        Formulas(
            mistakes={
                tag: (says, adam_variant(change))
                for tag, (says, change) in ADAM_MISTAKES.items()
            },
            terms={
                "b m": lambda w, m, v, g, t, lr, b1, b2, eps: (None, b1 * m, b2 * v),
                "1 - b g": lambda w, m, v, g, t, lr, b1, b2, eps: (
                    None,
                    (1 - b1) * g,
                    (1 - b2) * g**2,
                ),
            },
            constants=(Constant("lr", 0.19),),
        ),
        outputs=("w's move", "m", "v"),
        wrap=_moved,
        repeats=5,
        corners=ADAM_CORNERS,
    ),
    mutants=(
        mutant("no-correction-of-m", "m / (1 - b1**t)", "m"),
        mutant("no-correction-of-v", "v / (1 - b2**t)", "v"),
        mutant(
            "no-bias-correction",
            "lr * m_hat / (np.sqrt(v_hat)",
            "lr * m / (np.sqrt(v)",
        ),
        mutant(
            "beta-for-beta-power",
            "    v_hat = v / (1 - b2**t)\n",
            "    m_hat, v_hat = m / (1 - b1), v / (1 - b2)\n",
        ),
        mutant("t-off-by-one", "    m_hat =", "    t = t + 1\n    m_hat ="),
        mutant("no-root", "np.sqrt(v_hat)", "v_hat"),
        mutant("eps-inside-root", "(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat + eps)"),
        mutant("eps-missing", "(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat)"),
        mutant("betas-swapped", "    m = b1", "    b1, b2 = b2, b1\n    m = b1"),
        mutant("sign", "w - lr", "w + lr"),
        mutant("lr-missing", "lr * m_hat", "m_hat"),
        mutant("mutated", "m = b1 * m + (1 - b1) * g", "m *= b1; m += (1 - b1) * g"),
        mutant("count", "+ eps), m, v\n", "+ eps)\n"),
    ),
    hints=(
        "At t = 1 the corrected moments are g and g squared: w moves by lr sign(g).",
        "w - lr * (m/(1 - b1**t)) / (np.sqrt(v/(1 - b2**t)) + eps)",
    ),
    points=3,
)

EXERCISES = (MOMENTUM, ADAM)
