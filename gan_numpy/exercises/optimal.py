r"""Lesson 04: the optimal discriminator and the value of the game (arXiv:1406.2661)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Constant
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import value_check
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.values import Formulas


def optimal_discriminator(pd: np.ndarray, pg: np.ndarray) -> np.ndarray:
    r"""The D that maximizes the value for two densities.

    Parameters
    ----------
    pd, pg : (points,)
        The densities of the data and of the generator on a grid, positive.

    Returns
    -------
    (points,)
        D*(x), between 0 and 1.
    """
    return pd / (pd + pg)


def value(pd: np.ndarray, pg: np.ndarray, D: np.ndarray, dx: float) -> float:
    r"""The value of the game, an integral over a grid.

    Parameters
    ----------
    pd, pg : (points,)
        Densities on a grid.
    D : (points,)
        The discriminator there, strictly between 0 and 1.
    dx : float
        The spacing of the grid.

    Returns
    -------
    float
    """
    return float(np.sum(pd * np.log(D) + pg * np.log(1 - D)) * dx)


def _densities(rng: np.random.Generator) -> dict[str, Any]:
    t = np.linspace(-3, 4, 29)
    mean, width = rng.normal(0.7, 0.3), 0.7 + 0.5 * rng.random()
    pd = np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi)
    pg = np.exp(-(((t - mean) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))
    return {"pd": pd, "pg": pg}


def _tiny(rng: np.random.Generator) -> dict[str, Any]:
    """Far out on the tails, where densities are as small as 1e-120."""
    powers = rng.permutation(np.linspace(-120, 0, 13))
    return {"pd": 10.0**powers, "pg": 10.0 ** powers[::-1]}


def _points(n: int) -> Maker:
    return lambda rng: {"pd": 0.1 + rng.random(n), "pg": 0.1 + 3 * rng.random(n)}


def _equal(rng: np.random.Generator) -> dict[str, Any]:
    pd = 0.1 + rng.random(13)
    return {"pd": pd, "pg": pd.copy()}


OPTIMAL_CORNERS = (
    Corner("densities as small as 1e-120", _tiny),
    Corner("a single point", _points(1)),
    Corner("two equal densities", _equal),
    Corner("a grid of 97 points", _points(97)),
)


OPTIMAL = Exercise(
    optimal_discriminator,
    lesson="04",
    title="The optimal discriminator",
    statement=(
        "At each x, D maximizes p_d log D + p_g log(1 - D).\n"
        "Set the derivative with respect to D to zero and solve."
    ),
    check=value_check(
        optimal_discriminator,
        _densities,
        Formulas(
            mistakes={
                "players-swapped": (
                    "it is p_g/(p_d + p_g): the chance of being generated",
                    lambda pd, pg: pg / (pd + pg),
                ),
                "odds": (
                    "it is the ratio p_d/p_g: that is D/(1 - D), the odds",
                    lambda pd, pg: pd / pg,
                ),
                "log-odds": (
                    "it is log p_d/p_g, the optimal logit; D is its sigmoid",
                    lambda pd, pg: np.log(pd / pg),
                ),
                "difference": (
                    "it is (p_d - p_g)/(p_d + p_g), which is 2 D* - 1",
                    lambda pd, pg: (pd - pg) / (pd + pg),
                ),
                "hard-decision": (
                    "it is a decision, p_d > p_g, not a probability",
                    lambda pd, pg: 1.0 * (pd > pg),
                ),
                "squares": (
                    "the densities are squared",
                    lambda pd, pg: pd**2 / (pd**2 + pg**2),
                ),
                "numerator": (
                    "the sum of the densities in the denominator is missing",
                    lambda pd, pg: pd,
                ),
            }
        ),
        ("D*",),
        corners=OPTIMAL_CORNERS,
    ),
    mutants=(
        mutant("players-swapped", "pd / (pd + pg)", "pg / (pd + pg)"),
        mutant("odds", "pd / (pd + pg)", "pd / pg"),
        mutant("log-odds", "pd / (pd + pg)", "np.log(pd / pg)"),
        mutant("difference", "pd / (pd + pg)", "(pd - pg) / (pd + pg)"),
        mutant("hard-decision", "pd / (pd + pg)", "(pd > pg).astype(float)"),
        mutant("squares", "pd / (pd + pg)", "pd**2 / (pd**2 + pg**2)"),
        mutant("numerator", "pd / (pd + pg)", "pd"),
        mutant("factor-2", "pd / (pd + pg)", "2 * pd / (pd + pg)"),
        mutant("factor-half", "(pd + pg)", "(2 * (pd + pg))"),
    ),
    hints=(
        "d/dD [p_d log D + p_g log(1 - D)] = p_d/D - p_g/(1 - D)",
        "D* = p_d / (p_d + p_g)",
    ),
    points=1,
)


def _value_inputs(rng: np.random.Generator) -> dict[str, Any]:
    d = _densities(rng)
    return {**d, "D": 0.1 + 0.8 * rng.random(29), "dx": 0.17}


def _nearly_sure(rng: np.random.Generator) -> dict[str, Any]:
    """A D within 1e-6 of 0 and of 1."""
    D = rng.permutation(np.r_[10.0 ** -np.arange(1, 7), 1 - 10.0 ** -np.arange(1, 7)])
    return {**_points(12)(rng), "D": D, "dx": 0.05}


def _at_the_optimum(rng: np.random.Generator) -> dict[str, Any]:
    t = np.linspace(-8, 8, 161)
    pd = np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi)
    return {"pd": pd, "pg": pd.copy(), "D": np.full(161, 0.5), "dx": 0.1}


def _vanishing(rng: np.random.Generator) -> dict[str, Any]:
    """Densities of bounded support: they are 0 on a part of the grid."""
    t = np.linspace(0, 1, 17)
    pd, pg = np.maximum(0, 1 - 3 * t), np.maximum(0, 3 * t - 1)
    return {"pd": pd, "pg": pg, "D": 0.1 + 0.8 * rng.random(17), "dx": 1 / 16}


VALUE_CORNERS = (
    Corner("p_g = p_d and D = 1/2, where V is -log 4", _at_the_optimum),
    Corner("a D close to 0 and to 1", _nearly_sure),
    Corner("densities that are 0 on a part of the grid", _vanishing),
    Corner(
        "one point and dx = 2.5",
        lambda rng: {**_points(1)(rng), "D": rng.random(1), "dx": 2.5},
    ),
)


VALUE = Exercise(
    value,
    lesson="04",
    title="The value of the game",
    statement=(
        "V(D, G) = integral of p_d log D + p_g log(1 - D), by a sum over a grid of\n"
        "spacing dx. For p_g = p_d and D = 1/2 it is -log 4."
    ),
    check=value_check(
        value,
        _value_inputs,
        Formulas(
            terms={
                "real part": lambda p, q, D, dx: float(np.sum(p * np.log(D)) * dx),
                "fake part": lambda p, q, D, dx: float(np.sum(q * np.log(1 - D)) * dx),
            },
            mistakes={
                "non-saturating": (
                    "the second term is log D where log(1 - D) is meant",
                    lambda p, q, D, dx: float(np.sum(p * np.log(D)) * dx)
                    + float(np.sum(q * np.log(D)) * dx),
                ),
                "players-swapped": (
                    "the players are swapped: p_g is with log D, p_d with log(1 - D)",
                    lambda p, q, D, dx: float(
                        np.sum(p * np.log(1 - D) + q * np.log(D)) * dx
                    ),
                ),
                "mean": (
                    "it is a mean over the grid, not a sum times dx",
                    lambda p, q, D, dx: float(
                        np.mean(p * np.log(D) + q * np.log(1 - D))
                    ),
                ),
                "densities-missing": (
                    "the densities do not weight the logarithms",
                    lambda p, q, D, dx: float(np.sum(np.log(D) + np.log(1 - D)) * dx),
                ),
            },
            constants=(Constant("dx", 0.17),),
        ),
        ("V",),
        repeats=11,
        corners=VALUE_CORNERS,
    ),
    mutants=(
        mutant("sign", "float(np.sum", "-float(np.sum"),
        mutant("dx-missing", " * dx)", ")"),
        mutant("dx-extra", " * dx)", " * dx**2)"),
        mutant(
            "mean",
            "np.sum(pd * np.log(D) + pg * np.log(1 - D)) * dx",
            "np.mean(pd * np.log(D) + pg * np.log(1 - D))",
        ),
        mutant("fake-part-missing", " + pg * np.log(1 - D)", ""),
        mutant("real-part-missing", "pd * np.log(D) + ", ""),
        mutant("fake-part-sign", "+ pg", "- pg"),
        mutant("real-part-sign", "(pd *", "(-pd *"),
        mutant("non-saturating", "np.log(1 - D)", "np.log(D)"),
        mutant(
            "players-swapped",
            "pd * np.log(D) + pg * np.log(1 - D)",
            "pg * np.log(D) + pd * np.log(1 - D)",
        ),
        mutant(
            "densities-missing",
            "pd * np.log(D) + pg * np.log(1 - D)",
            "np.log(D) + np.log(1 - D)",
        ),
        mutant(
            "log-base",
            "np.sum(pd * np.log(D) + pg * np.log(1 - D))",
            "np.sum(pd * np.log2(D) + pg * np.log2(1 - D))",
        ),
        mutant(
            "not-summed",
            "float(np.sum(pd * np.log(D) + pg * np.log(1 - D)) * dx)",
            "(pd * np.log(D) + pg * np.log(1 - D)) * dx",
        ),
    ),
    hints=(
        "Two terms: the data reward log D, the fakes reward log(1 - D).",
        "V = sum(p_d log D + p_g log(1 - D)) dx",
    ),
    points=1,
)

EXERCISES = (OPTIMAL, VALUE)
