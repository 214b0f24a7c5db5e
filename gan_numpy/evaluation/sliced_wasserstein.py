r"""Sliced Wasserstein distance: transport along random lines, where it is only sorting.

In one dimension the optimal transport keeps the order, so that

.. math:: W_2^2(X, Y) = \int_0^1 \left(F_X^{-1}(t) - F_Y^{-1}(t)\right)^2 dt

takes a sort. Averaged over random directions :math:`\theta` of the unit sphere,

.. math:: SW_2^2(X, Y) = E_\theta\, W_2^2(\langle X, \theta\rangle,
                                          \langle Y, \theta\rangle).

A shift by :math:`\delta` costs :math:`\langle\delta, \theta\rangle^2` along a line, and
:math:`\lVert\delta\rVert^2 / d` on average.

Source: Bonneel et al., "Sliced and Radon Wasserstein Barycenters of Measures", J. Math.
Imaging Vis. 51, 2015; for generators Deshpande et al., arXiv:1803.11188.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.evaluation.distances import check_points
from gan_numpy.evaluation.measurement import ALL, Measurement, Row
from gan_numpy.evaluation.subject import REAL, SAMPLES, TEST, Subject

DIRECTIONS = 500
BLOCK = 50  # directions at once


def wasserstein_1d(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    r""":math:`W_2^2` of the columns, exactly, for any two numbers of rows.

    Both quantile functions are constant between the multiples of 1/n and of 1/m, which
    are counted here in whole steps of 1/(nm).

    Parameters
    ----------
    x, y : (n, S), (m, S)

    Returns
    -------
    (S,)
    """
    x, y = np.sort(x, axis=0), np.sort(y, axis=0)
    n, m = len(x), len(y)
    ends = np.union1d(m * np.arange(1, n + 1), n * np.arange(1, m + 1))
    widths = np.diff(ends, prepend=0) / (n * m)
    return widths @ (x[(ends - 1) // m] - y[(ends - 1) // n]) ** 2


def sliced_wasserstein(
    x: np.ndarray, y: np.ndarray, directions: int = DIRECTIONS, seed: int = 0
) -> float:
    r""":math:`SW_2^2`, averaged over random directions.

    Parameters
    ----------
    x, y : (n, d), (m, d)
    directions : int
        At least 1.
    seed : int

    Raises
    ------
    ValueError
        If shapes do not fit or a value is not finite.
    """
    x = check_points("the first points", x)
    y = check_points("the second points", y, features=x.shape[1])
    if directions < 1:
        raise ValueError(f"directions must be at least 1, got {directions}")
    theta = np.random.default_rng(seed).normal(size=(x.shape[1], directions))
    theta /= np.linalg.norm(theta, axis=0)
    parts = np.split(theta, range(BLOCK, directions, BLOCK), axis=1)
    values = [wasserstein_1d(x @ part, y @ part) for part in parts]
    return float(np.concatenate(values).mean())


def measure(subject: Subject) -> Measurement:
    """Sliced Wasserstein distance."""
    a, b, test = subject.points(ALL, SAMPLES, REAL, TEST)
    values = sliced_wasserstein(a, test), sliced_wasserstein(b, test)
    text = "transport along random lines, squared"
    row = Row("sw2", "sliced Wasserstein W2²", *values, "lower", len(a), text)
    return Measurement([row])
