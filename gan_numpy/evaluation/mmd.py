r"""Maximum mean discrepancy: how far two sets are apart in the eyes of a kernel.

With the Gaussian kernel :math:`k(x, y) = \exp(-\lVert x - y\rVert^2 / 2\sigma^2)` the
unbiased estimate of the squared discrepancy is

.. math::
    MMD^2_u = \frac{1}{m(m-1)} \sum_{i \ne j} k(x_i, x_j)
            + \frac{1}{n(n-1)} \sum_{i \ne j} k(y_i, y_j)
            - \frac{2}{mn} \sum_{i,j} k(x_i, y_j).

Being unbiased it is negative about half of the time if the distributions are equal.
Whether a value is large is told by permutations: if nothing tells the sets apart, any
other split of the pooled points is as good. With :math:`a \in \{0, 1\}^{m+n}` marking
the points of the first set, all three sums follow from :math:`a^\top K a`,
:math:`a^\top K 1` and :math:`1^\top K 1`, so that one pass over the kernel matrix, in
blocks, serves all permutations.

:math:`\sigma` is the median distance between pooled points. In high dimension all
distances are alike and the test sees little but means: a large p-value is no proof of
equality (Ramdas et al., arXiv:1406.2083).

Source: Gretton et al., "A Kernel Two-Sample Test", JMLR 13, 2012: eq. 3, and section 8
for the median.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_numpy.evaluation.distances import (
    BLOCK_VALUES,
    check_points,
    squared_distances,
)
from gan_numpy.evaluation.measurement import Measurement, Row
from gan_numpy.evaluation.subject import REAL, SAMPLES, TEST, Subject

PERMUTATIONS = 500
POINTS = 2_000  # of each set, in the table
MEDIAN_POINTS = 1000  # points, at most, whose distances give the median


@dataclass(frozen=True)
class MMDResult:
    """The estimate, its bandwidth, and how often chance gives as much.

    Attributes
    ----------
    mmd2 : float
        Unbiased; may be negative.
    sigma : float
    p_value : float
        Share of the permutations, the given split among them, with at least this value.
    """

    mmd2: float
    sigma: float
    p_value: float


def median_distance(points: np.ndarray, rng: np.random.Generator) -> float:
    """Median distance between different points, of at most 1,000 drawn ones."""
    some = points[rng.permutation(len(points))[:MEDIAN_POINTS]]
    ((_, d2),) = squared_distances(some, some, len(some) ** 2)
    return float(np.sqrt(np.median(d2[np.triu_indices(len(some), 1)])))


def mmd_test(
    x: np.ndarray,
    y: np.ndarray,
    sigma: float | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    block_values: int = BLOCK_VALUES,
) -> MMDResult:
    """Unbiased MMD² and its permutation p-value.

    Parameters
    ----------
    x, y : (m, d), (n, d)
        Two points at least.
    sigma : float, optional
        The kernel's bandwidth; the median distance by default.
    permutations : int
    seed : int
    block_values : int
        Entries of the kernel matrix held at once.

    Raises
    ------
    ValueError
        If shapes do not fit, a value is not finite, or the bandwidth is not positive.
    """
    x = check_points("the first points", x, least=2)
    y = check_points("the second points", y, 2, x.shape[1])
    rng = np.random.default_rng(seed)
    points, m, n = np.concatenate([x, y]), len(x), len(y)
    if sigma is None:
        sigma = median_distance(points, rng)
    if not sigma > 0:
        raise ValueError(
            f"the bandwidth must be more than 0, got {sigma}: most points coincide"
        )
    first = np.zeros((m + n, 1 + permutations))
    first[:m, 0] = 1  # the given split, then permuted ones
    for column in range(1, 1 + permutations):
        first[rng.permutation(m + n)[:m], column] = 1
    within, row_sums = np.zeros(1 + permutations), np.empty(m + n)
    for rows, d2 in squared_distances(points, points, block_values):
        kernel = np.exp(d2 / (-2 * sigma**2))
        kernel[np.arange(len(kernel)), np.arange(rows.start, rows.stop)] = 0
        within += np.einsum("ij,ij->j", first[rows], kernel @ first)
        row_sums[rows] = kernel.sum(axis=1)
    total, to_all = row_sums.sum(), row_sums @ first
    across = to_all - within
    other = total - 2 * to_all + within
    values = within / (m * (m - 1)) + other / (n * (n - 1)) - 2 * across / (m * n)
    p_value = float(np.mean(values >= values[0]))
    return MMDResult(float(values[0]), float(sigma), p_value)


def measure(subject: Subject) -> Measurement:
    """Maximum mean discrepancy."""
    a, b, test = subject.points(POINTS, SAMPLES, REAL, TEST)
    found, real = mmd_test(a, test), mmd_test(b, test)
    n, sigma = len(a), f"median sigma {found.sigma:.3g}"
    p = found.p_value, real.p_value
    text = f"kernel distance, {sigma}"
    rows = [
        Row("mmd2", "MMD², unbiased", found.mmd2, real.mmd2, "lower", n, text),
        Row("p_value", "MMD p-value", *p, "> 0.05", n, "chance gives as much"),
    ]
    note = (
        "MMD: with the median bandwidth a kernel in many dimensions sees little more "
        "than means; a large p-value does not prove equality"
    )
    return Measurement(rows, [note])
