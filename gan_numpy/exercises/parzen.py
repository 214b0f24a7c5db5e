r"""Lesson 11: the Parzen window estimate of the log-likelihood."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import value_check
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.values import Formulas


def parzen_log_likelihood(
    x: np.ndarray, centers: np.ndarray, sigma: float
) -> np.ndarray:
    r"""The log density of each test point under a mixture of Gaussians.

    Parameters
    ----------
    x : (M, dim)
        Test points, far from all centers too: no density may become log 0.
    centers : (N, dim)
        The centers, of weight 1/N each.
    sigma : float
        The standard deviation of every Gaussian in every direction.

    Returns
    -------
    (M,)
    """
    dim = x.shape[1]
    d2 = ((x[:, None] - centers) ** 2).sum(axis=2)
    e = -d2 / (2 * sigma**2)
    top = e.max(axis=1)
    log_sum = top + np.log(np.exp(e - top[:, None]).sum(axis=1))
    return log_sum - np.log(len(centers)) - dim / 2 * np.log(2 * np.pi * sigma**2)


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "x": rng.standard_normal((7, 5)),
        "centers": rng.standard_normal((11, 5)),
        "sigma": 0.83,
    }


def _log_sum(e: np.ndarray) -> np.ndarray:
    top = e.max(axis=1)
    return np.asarray(top + np.log(np.exp(e - top[:, None]).sum(axis=1)))


def _estimate(
    x: np.ndarray, c: np.ndarray, s: float, power: float = 2, half: float = 2
) -> np.ndarray:
    d2 = ((x[:, None] - c) ** 2).sum(axis=2)
    normal = np.log(len(c)) + x.shape[1] / 2 * np.log(2 * np.pi * s**2)
    return _log_sum(-(d2 ** (power / 2)) / (half * s**power)) - normal


def _constant(formula: Any) -> Any:
    return lambda x, c, s: np.full(len(x), formula(len(c), x.shape[1], s))


def _of(points: int, centers: int, dim: int, sigma: float, away: float = 0) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        x = rng.standard_normal((points, dim)) + away
        return {"x": x, "centers": rng.standard_normal((centers, dim)), "sigma": sigma}

    return inputs


def _on_a_center(rng: np.random.Generator) -> dict[str, Any]:
    """Each point is a center, and other centers are 100 widths away."""
    centers = 5 * rng.standard_normal((7, 3))
    return {"x": centers[:5].copy(), "centers": centers, "sigma": 0.05}


CORNERS = (
    Corner(
        "points 85 widths from all centers",
        lambda rng: {
            "x": np.full((3, 2), 3.0),
            "centers": np.zeros((5, 2)),
            "sigma": 0.05,
        },
        "underflow",
        "non-finite",
        "exp underflows",
    ),
    Corner("a point on a center, others 100 widths away", _on_a_center),
    Corner("more points than centers", _of(13, 5, 3, 0.6)),
    Corner("one dimension", _of(7, 11, 1, 0.4)),
    Corner("two dimensions", _of(7, 11, 2, 0.4)),
    Corner("a single center", _of(7, 1, 3, 0.7)),
    Corner("a single point", _of(1, 7, 3, 0.7)),
    Corner("sigma = 3", _of(7, 11, 5, 3.0)),
    Corner("sigma = 0.05, points 30 away", _of(7, 11, 5, 0.05, 30.0)),
)


PARZEN = Exercise(
    parzen_log_likelihood,
    lesson="11",
    title="The Parzen window log-likelihood",
    statement=(
        "log p(x) = log 1/N sum_j N(x; c_j, sigma^2 I)\n"
        "         = logsumexp_j(-|x - c_j|^2 / 2 sigma^2) - log N\n"
        "           - dim/2 log(2 pi sigma^2).\n"
        "It must not underflow far away: take the largest exponent out first."
    ),
    check=value_check(
        parzen_log_likelihood,
        _inputs,
        Formulas(
            terms={
                "log N": _constant(lambda n, d, s: -np.log(n)),
                "normalizer": _constant(
                    lambda n, d, s: -d / 2 * np.log(2 * np.pi * s**2)
                ),
                "log sigma": _constant(lambda n, d, s: -d * np.log(s)),
                "log 2 pi": _constant(lambda n, d, s: -d / 2 * np.log(2 * np.pi)),
            },
            mistakes={
                "dimension-missing": (
                    "the normalizer is that of one dimension: the factor dim is"
                    " missing",
                    lambda x, c, s: _estimate(x, c, s)
                    + (x.shape[1] - 1) / 2 * np.log(2 * np.pi * s**2),
                ),
                "distance-not-squared": (
                    "the distance is not squared in the exponent",
                    lambda x, c, s: _estimate(x, c, s, 1, 2 * s),
                ),
                "half-missing-in-exponent": (
                    "the 2 of 2 sigma^2 is missing in the exponent",
                    lambda x, c, s: _estimate(x, c, s, 2, 1),
                ),
                "sigma-not-squared": (
                    "sigma is not squared in the exponent",
                    lambda x, c, s: _estimate(x, c, s, 2, 2 / s),
                ),
                "largest-only": (
                    "only the nearest center counts: a max where a log-sum is meant",
                    lambda x, c, s: -((x[:, None] - c) ** 2).sum(2).min(1) / (2 * s**2)
                    - np.log(len(c))
                    - x.shape[1] / 2 * np.log(2 * np.pi * s**2),
                ),
                "mean-of-logs": (
                    "the mean of the logs, not the log of the mean",
                    lambda x, c, s: -((x[:, None] - c) ** 2).sum(2).mean(1) / (2 * s**2)
                    - x.shape[1] / 2 * np.log(2 * np.pi * s**2),
                ),
                "log-missing": (
                    "it is the density, not its logarithm",
                    lambda x, c, s: np.exp(_estimate(x, c, s)),
                ),
            },
        ),
        outputs=("log p",),
        corners=CORNERS,
    ),
    mutants=(
        mutant("log-n-missing", " - np.log(len(centers))", ""),
        mutant("log-n-sign", "- np.log(len(centers))", "+ np.log(len(centers))"),
        mutant("normalizer-missing", " - dim / 2 * np.log(2 * np.pi * sigma**2)", ""),
        mutant("normalizer-sign", "- dim / 2", "+ dim / 2"),
        mutant("log-sigma-missing", "np.pi * sigma**2)", "np.pi)"),
        mutant("log-2-pi-missing", "2 * np.pi * sigma**2", "sigma**2"),
        mutant("dimension-missing", "dim / 2", "1 / 2"),
        mutant("normalizer-twice", "dim / 2", "dim"),
        mutant(
            "distance-not-squared",
            "-d2 / (2 * sigma**2)",
            "-np.sqrt(d2) / (2 * sigma**2)",
        ),
        mutant("half-missing-in-exponent", "-d2 / (2 * sigma**2)", "-d2 / sigma**2"),
        mutant("sigma-not-squared", "-d2 / (2 * sigma**2)", "-d2 / (2 * sigma)"),
        mutant(
            "largest-only",
            "top + np.log(np.exp(e - top[:, None]).sum(axis=1))",
            "top",
        ),
        mutant(
            "sign",
            "return log_sum - np.log(len(centers)) - dim / 2 *",
            "return -log_sum + np.log(len(centers)) + dim / 2 *",
        ),
        mutant(
            "underflow",
            "top + np.log(np.exp(e - top[:, None]).sum(axis=1))",
            "np.log(np.exp(e).sum(axis=1))",
        ),
        mutant("mean-of-logs", "log_sum - np.log(len(centers))", "e.mean(axis=1)"),
        mutant("exception", "e - top[:, None]", "e - top"),
    ),
    hints=(
        "There are three terms: the log-sum over centers, the weight 1/N, the"
        " normalizer.",
        "logsumexp(-d2/(2 s^2)) - log N - dim/2 log(2 pi s^2)",
    ),
    points=3,
)

EXERCISES = (PARZEN,)
