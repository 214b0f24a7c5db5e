r"""Density and coverage: precision and recall that outliers do not fool.

Around each real point :math:`X_i` is the ball :math:`B_i` that reaches to its k-th
nearest real neighbor, as for `gan_numpy.evaluation.precision_recall`. Density counts
the balls that each sample lies in, coverage the balls that have a sample at all:

.. math::
    density = \frac{1}{kM} \sum_{j=1}^M \sum_{i=1}^N [\,Y_j \in B_i\,], \qquad
    coverage = \frac1N \sum_{i=1}^N [\,\exists\, j : Y_j \in B_i\,].

Only real points have balls: a wild sample covers nothing, where it would raise the
recall, and one outlier among the real points adds little to a density.

If both sets are from one distribution all orders of the points are equally likely, and
the expectations follow without knowing it. A ball has no sample if the k points that
are nearest to its center, of all N + M - 1, are real:

.. math::
    E[density] = 1, \qquad
    E[coverage] = 1 - \prod_{i=1}^k \frac{N - i}{N + M - i},

.969 for k = 5 and equal numbers: coverage does not reach 1. Density is no share: it
passes 1 where samples crowd into the middle of the data, the farther the higher the
dimension. Both depend on the numbers of points, and in high dimension on few points
that are everybody's neighbor.
Balls are closed here; points that repeat (all of one color, say) have balls of radius 0
full of copies, and neither number then means anything.

Source: Naeem et al., arXiv:2002.09797, section 3.2, and section 4 for the expectations
and k = 5.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.evaluation.distances import (
    BLOCK_VALUES,
    check_points,
    kth_neighbor,
    squared_distances,
)
from gan_numpy.evaluation.measurement import Measurement, Row
from gan_numpy.evaluation.subject import REAL, SAMPLES, TEST, Subject

NEIGHBORS = 5
POINTS = 5_000  # of each set, in the table


def density_coverage(
    samples: np.ndarray,
    real: np.ndarray,
    k: int = NEIGHBORS,
    block_values: int = BLOCK_VALUES,
) -> tuple[float, float]:
    """Density (0 or more) and coverage (0 to 1) of samples.

    Parameters
    ----------
    samples, real : (M, d), (N, d)
        Features; more than `k` real ones.
    k : int
    block_values : int
        Distances held at once.

    Raises
    ------
    ValueError
        If there are too few points, shapes do not fit or a value is not finite.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    real = check_points("real examples", real, least=k + 1)
    samples = check_points("samples", samples, features=real.shape[1])
    radii = kth_neighbor(real, k, block_values)
    pairs, covered = 0, np.zeros(len(real), bool)
    for rows, d2 in squared_distances(real, samples, block_values):
        inside = d2 <= radii[rows, None]
        pairs += int(np.count_nonzero(inside))
        covered[rows] = inside.any(axis=1)
    return pairs / (k * len(samples)), float(covered.mean())


def expected_coverage(real: int, samples: int, k: int = NEIGHBORS) -> float:
    """Coverage of samples that are from the distribution of the real ones, on average.

    Parameters
    ----------
    real, samples, k : int
        Numbers of points, and of neighbors.
    """
    i = np.arange(1, k + 1)
    return float(1 - np.prod((real - i) / (real + samples - i)))


def measure(subject: Subject) -> Measurement:
    """Density and coverage."""
    a, b, test = subject.features(POINTS, SAMPLES, REAL, TEST)
    found, real, n = density_coverage(a, test), density_coverage(b, test), len(a)
    best = f"{expected_coverage(n, n):.3f}"
    texts = "real neighborhoods that a sample is in", "those that have a sample"
    rows = [
        Row(key, key, found[i], real[i], better, n, texts[i])
        for i, (key, better) in enumerate((("density", "1"), ("coverage", best)))
    ]
    note = (
        "density is no share: above 1 samples crowd in the middle of the data; equal "
        "distributions cover less than 1"
    )
    return Measurement(rows, [note])
