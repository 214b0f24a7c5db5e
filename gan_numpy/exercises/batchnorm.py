r"""Lesson 12: batch normalization backward (Ioffe and Szegedy, arXiv:1502.03167)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Factor, Mistake, Term
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import backward_check
from gan_numpy.exercises.corners import Corner, Maker


def batchnorm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray
) -> tuple[np.ndarray, Any]:
    r"""y = gamma xhat + beta, xhat = (x - mean)/std, over the batch (axis 0)."""
    mean = x.mean(axis=0)
    std = np.sqrt(x.var(axis=0) + 1e-5)
    xhat = (x - mean) / std
    return gamma * xhat + beta, (xhat, gamma, std)


def batchnorm_backward(
    dy: np.ndarray, cache: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""The gradients of <dy, batchnorm(x)>, through the mean and the variance too.

    Parameters
    ----------
    dy : (N, features)
    cache : what batchnorm_forward returned, (xhat, gamma, std)

    Returns
    -------
    dx : (N, features)
    dgamma, dbeta : (features,)
    """
    xhat, gamma, std = cache
    dgamma = (dy * xhat).sum(axis=0)
    dbeta = dy.sum(axis=0)
    d = gamma * dy
    mean_path = d.mean(axis=0)
    variance_path = xhat * (d * xhat).mean(axis=0)
    dx = (d - mean_path - variance_path) / std
    return dx, dgamma, dbeta


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    # a small scale, so that the epsilon of the forward matters
    x = rng.standard_normal((7, 5)) * np.array([0.02, 0.5, 1.0, 2.0, 3.0]) + 1.0
    return {"x": x, "gamma": 0.5 + rng.random(5), "beta": rng.standard_normal(5)}


def _candidates(
    inputs: dict[str, Any], y: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    x, gamma = inputs["x"], inputs["gamma"]
    mean, variance = x.mean(axis=0), x.var(axis=0)
    std = np.sqrt(variance + 1e-5)
    xhat = (x - mean) / std
    d = gamma * dy / std
    ones = np.ones_like(x)
    terms = [
        Term("mean path", -d.mean(axis=0) * ones),
        Term("variance path", -xhat * (d * xhat).mean(axis=0)),
        Term("direct path", d),
    ]
    statistics = "mean and variance are treated as constants: both paths are missing"
    summed = "the mean path is a sum where a mean is meant"
    variance_sum = "the variance path is a sum where a mean is meant"
    whole = d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)
    mistakes = [
        Mistake("statistics-constant", statistics, d),
        Mistake("mean-path-summed", summed, whole - (len(x) - 1) * d.mean(axis=0)),
        Mistake(
            "variance-path-summed",
            variance_sum,
            whole - (len(x) - 1) * xhat * (d * xhat).mean(axis=0),
        ),
        Mistake(
            "epsilon-missing",
            "the epsilon of the forward is missing in the standard deviation",
            whole * std / np.sqrt(variance),
        ),
    ]
    factors = [
        Factor("gamma", gamma),
        Factor("1/std", 1 / std, "std-missing", "std-twice"),
        Factor("std", std, "std-twice", "std-missing"),
    ]
    raw = Mistake(
        "not-normalized", "x is used where xhat is meant", (dy * x).sum(axis=0)
    )
    centered = Mistake(
        "std-missing",
        "x - mean is used where xhat is meant: 1/std is missing",
        (dy * (x - mean)).sum(axis=0),
    )
    return {
        "x": Candidates(factors=factors, terms=terms, mistakes=mistakes),
        "gamma": Candidates(
            factors=[Factor("gamma", gamma)],
            mistakes=[
                raw,
                centered,
                Mistake("xhat-missing", "the factor xhat is missing", dy.sum(axis=0)),
            ],
        ),
        "beta": Candidates(factors=[Factor("gamma", gamma)]),
    }


def _of(n: int, features: int, scale: float = 1.0) -> Maker:
    """A gamma of both signs."""

    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        gamma = rng.standard_normal(features)
        x = scale * rng.standard_normal((n, features)) + 1.0
        return {"x": x, "gamma": gamma, "beta": rng.standard_normal(features)}

    return inputs


def _constant_feature(rng: np.random.Generator) -> dict[str, Any]:
    """Features of variance 0, and a gamma of 0."""
    given = _of(7, 5)(rng)
    given["x"][:, 2] = 0.75
    given["gamma"][4] = 0.0
    return given


CORNERS = (
    Corner("a batch of two", _of(2, 5)),
    Corner("a batch of three", _of(3, 5)),
    Corner("a gamma of both signs", _of(11, 5)),
    Corner("a constant feature, and a gamma of 0", _constant_feature),
    Corner("a single feature", _of(7, 1)),
    Corner("more features than samples", _of(3, 11)),
    Corner("x of the size 0.001, where epsilon counts", _of(7, 5, 1e-3)),
)


BATCHNORM = Exercise(
    batchnorm_backward,
    lesson="12",
    title="Batch normalization backward",
    statement=(
        "y = gamma xhat + beta with xhat = (x - mean)/std over the batch.\n"
        "x reaches y directly, through the mean and through the variance: return\n"
        "dx, dgamma and dbeta for any dy."
    ),
    check=backward_check(
        batchnorm_forward,
        batchnorm_backward,
        _inputs,
        ("x", "gamma", "beta"),
        _candidates,
        batch=False,
        corners=CORNERS,
    ),
    mutants=(
        mutant("mean-path-missing", "d - mean_path - variance", "d - variance"),
        mutant("variance-path-missing", " - variance_path) /", ") /"),
        mutant("statistics-constant", "(d - mean_path - variance_path)", "d"),
        mutant("mean-path-sign", "d - mean_path", "d + mean_path"),
        mutant("variance-path-sign", "- variance_path)", "+ variance_path)"),
        mutant("mean-path-summed", "d.mean(axis=0)", "d.sum(axis=0)"),
        mutant(
            "variance-path-summed",
            "(d * xhat).mean(axis=0)",
            "(d * xhat).sum(axis=0)",
        ),
        mutant("gamma-missing", "d = gamma * dy", "d = dy"),
        mutant("gamma-extra", "d = gamma * dy", "d = gamma**2 * dy"),
        mutant("std-missing", "variance_path) / std", "variance_path)"),
        mutant("std-twice", "variance_path) / std", "variance_path) / std**2"),
        mutant(
            "std-missing gamma-missing",
            "    dx = (d - mean_path - variance_path) / std",
            "    dx = (d - mean_path - variance_path) / gamma",
        ),
        mutant("ddof", "variance_path) / std", "variance_path) / std * np.sqrt(6 / 7)"),
        mutant(
            "epsilon-missing",
            "variance_path) / std",
            "variance_path) / np.sqrt(std**2 - 1e-5)",
        ),
        mutant("mean-twice", "(dy * xhat).sum(axis=0)", "(dy * xhat).mean(axis=0)"),
        mutant("xhat-missing", "(dy * xhat).sum(axis=0)", "dy.sum(axis=0)"),
        mutant("gamma-extra", "dbeta = dy.sum", "dbeta = gamma * dy.sum"),
        mutant("not-summed", "dbeta = dy.sum(axis=0)", "dbeta = dy"),
        mutant("wrong-axis", "dbeta = dy.sum(axis=0)", "dbeta = dy.sum(axis=1)"),
        mutant(
            "direct-path-missing",
            "(d - mean_path - variance_path)",
            "(-mean_path - variance_path)",
        ),
    ),
    hints=(
        "Three paths lead from x to y: direct, through the mean, through the variance.",
        "dx = (d - mean(d) - xhat mean(d xhat))/std with d = gamma dy",
    ),
    given=(batchnorm_forward,),
    points=3,
)

EXERCISES = (BATCHNORM,)
