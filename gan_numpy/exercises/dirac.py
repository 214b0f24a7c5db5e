r"""Lesson 07: the Dirac-GAN of Mescheder et al. (arXiv:1801.04406), one step."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Constant
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import value_check
from gan_numpy.exercises.corners import Corner
from gan_numpy.exercises.functions import sigmoid
from gan_numpy.exercises.values import Formulas


def dirac_step(
    theta: float, psi: float, lr: float, gamma: float = 0.0
) -> tuple[float, float]:
    r"""One simultaneous step of both players of the Dirac-GAN.

    The data are a point at 0, the generator a point at theta, D's logit is psi * x.
    With f(t) = -log(1 + exp(-t)) the value is V = f(psi theta) + f(0): theta descends
    V, psi ascends it, less R1's penalty gamma/2 psi^2.

    Returns
    -------
    theta, psi : float
        After the step; both gradients are taken at the old point.
    """
    slope = sigmoid(-psi * theta)
    new_theta = theta - lr * slope * psi
    new_psi = psi + lr * (slope * theta - gamma * psi)
    return float(new_theta), float(new_psi)


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    theta, psi = rng.uniform(0.4, 1.6, 2)
    return {"theta": float(theta), "psi": -float(psi), "lr": 0.13, "gamma": 0.31}


def _moved(step: Any) -> Any:
    """The two moves, in place of the new position."""

    def run(theta: float, psi: float, lr: float, gamma: float) -> tuple[Any, Any]:
        returned = step(theta, psi, lr, gamma)
        if not isinstance(returned, tuple) or len(returned) != 2:
            return returned
        return returned[0] - theta, returned[1] - psi

    return run


def _alternating(theta: float, psi: float, lr: float, gamma: float) -> Any:
    """theta moves first, psi's gradient is taken at the new theta."""
    move = -lr * sigmoid(-psi * theta) * psi
    new = theta + move
    return move, lr * (sigmoid(-psi * new) * new - gamma * psi)


def _alternating_d(theta: float, psi: float, lr: float, gamma: float) -> Any:
    """psi moves first."""
    move = lr * (sigmoid(-psi * theta) * theta - gamma * psi)
    new = psi + move
    return -lr * sigmoid(-new * theta) * new, move


def _at(theta: float, psi: float, lr: float, gamma: float) -> Corner:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        return {"theta": theta, "psi": psi, "lr": lr, "gamma": gamma}

    return Corner(f"theta = {theta}, psi = {psi}, gamma = {gamma}", inputs)


CORNERS = (
    _at(1.3, 0.7, 0.2, 0.3),
    _at(-0.9, 0.6, 0.2, 0.3),
    _at(-1.1, -0.8, 0.05, 0.3),
    _at(0.6, -1.2, 0.3, 0.0),
    _at(0.0, 0.9, 0.1, 0.1),
    _at(0.7, 0.0, 0.1, 0.1),
    _at(0.0, 0.0, 0.1, 0.5),
    _at(5.0, -4.0, 1.5, 10.0),
)


DIRAC = Exercise(
    dirac_step,
    lesson="07",
    title="The Dirac-GAN, one step",
    statement=(
        "V(theta, psi) = f(psi theta) + f(0), f(t) = -log(1 + e^-t), f'(t) ="
        " sigma(-t).\n"
        "theta descends V, psi ascends V - gamma/2 psi^2; both gradients are taken at\n"
        "the old point (simultaneous). Return the new theta and psi."
    ),
    check=value_check(
        dirac_step,
        _inputs,
        Formulas(
            mistakes={
                "alternating": (
                    "one player moves first and the other sees it: alternating steps",
                    _alternating,
                ),
                "alternating-d-first": (
                    "psi moves first and theta sees it: alternating steps",
                    _alternating_d,
                ),
                "argument-sign": (
                    "f' is sigma(-t), not sigma(t)",
                    lambda t, p, lr, g: (
                        -lr * sigmoid(p * t) * p,
                        lr * (sigmoid(p * t) * t - g * p),
                    ),
                ),
                "slope-missing": (
                    "the slope f'(psi theta) is missing",
                    lambda t, p, lr, g: (-lr * p, lr * (t - g * p)),
                ),
                "variables-swapped": (
                    "theta and psi are swapped: dV/dtheta holds psi, dV/dpsi theta",
                    lambda t, p, lr, g: (
                        -lr * sigmoid(-p * t) * t,
                        lr * (sigmoid(-p * t) * p - g * p),
                    ),
                ),
            },
            terms={
                "of the penalty": lambda t, p, lr, g: (None, -lr * g * p),
                "of the value": lambda t, p, lr, g: (None, lr * sigmoid(-p * t) * t),
            },
            constants=(Constant("lr", 0.13),),
        ),
        outputs=("theta's move", "psi's move"),
        repeats=9,
        wrap=_moved,
        corners=CORNERS,
    ),
    mutants=(
        mutant("sign", "theta - lr", "theta + lr"),
        mutant("sign", "psi + lr", "psi - lr"),
        mutant(
            "alternating",
            "(slope * theta -",
            "(sigmoid(-psi * new_theta) * new_theta -",
        ),
        mutant("argument-sign", "sigmoid(-psi * theta)", "sigmoid(psi * theta)"),
        mutant("slope-missing", "sigmoid(-psi * theta)", "1.0"),
        mutant("variables-swapped", "slope * psi", "slope * theta"),
        mutant("lr-missing", "theta - lr * slope", "theta - slope"),
        mutant("lr-extra", "psi + lr * (", "psi + lr * lr * ("),
        mutant("of-the-penalty-missing", " - gamma * psi", ""),
        mutant("of-the-penalty-sign", " - gamma * psi", " + gamma * psi"),
        mutant("of-the-penalty-twice", " - gamma * psi", " - 2 * gamma * psi"),
        mutant(
            "of-the-value-missing",
            "(slope * theta - gamma * psi)",
            "(-gamma * psi)",
        ),
        mutant("count", "float(new_theta), float(new_psi)", "float(new_theta)"),
    ),
    hints=(
        "dV/dtheta = f'(psi theta) psi and dV/dpsi = f'(psi theta) theta.",
        "theta - lr s psi, psi + lr (s theta - gamma psi), with s = sigma(-psi theta)",
    ),
    given=(sigmoid,),
)

EXERCISES = (DIRAC,)
