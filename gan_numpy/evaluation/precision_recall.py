r"""Improved precision and recall: quality and coverage, each a number of its own.

A set of features :math:`\Phi` stands for the region covered by balls around its points,
each reaching to its point's k-th nearest neighbor within the set:

.. math::
    f(\phi, \Phi) = \big[\,\exists\, \phi' \in \Phi :
        \lVert \phi - \phi' \rVert \le \lVert \phi' - NN_k(\phi', \Phi) \rVert \,\big].

Precision is the share of the samples that lie in the region of the real images, recall
the share of the real images that lie in the region of the samples:

.. math::
    precision = \frac{1}{|\Phi_g|} \sum_{\phi_g} f(\phi_g, \Phi_r), \qquad
    recall = \frac{1}{|\Phi_r|} \sum_{\phi_r} f(\phi_r, \Phi_g).

One far outlier has a huge ball, and both values depend on the numbers of points:
compare at equal numbers only.

Source: Kynkäänniemi et al., arXiv:1904.06991, eqs. 1 and 2, with their k = 3.
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

NEIGHBORS = 3
POINTS = 5_000  # of each set, in the table


def precision_recall(
    samples: np.ndarray,
    real: np.ndarray,
    k: int = NEIGHBORS,
    block_values: int = BLOCK_VALUES,
) -> tuple[float, float]:
    """Precision and recall of samples, both 0 to 1.

    Parameters
    ----------
    samples, real : (N, d), (M, d)
        Features; more than `k` of each.
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
    samples = check_points("samples", samples, least=k + 1)
    real = check_points("real examples", real, k + 1, samples.shape[1])
    real_radii = kth_neighbor(real, k, block_values)
    sample_radii = kth_neighbor(samples, k, block_values)
    precise = np.zeros(len(samples), bool)
    recalled = np.zeros(len(real), bool)
    for rows, d2 in squared_distances(samples, real, block_values):
        precise[rows] = (d2 <= real_radii).any(axis=1)
        recalled |= (d2 <= sample_radii[rows, None]).any(axis=0)
    return float(precise.mean()), float(recalled.mean())


def measure(subject: Subject) -> Measurement:
    """Improved precision and recall."""
    a, b, test = subject.features(POINTS, SAMPLES, REAL, TEST)
    found, real = precision_recall(a, test), precision_recall(b, test)
    texts = "samples that look like real ones", "real ones that a sample looks like"
    rows = [
        Row(key, key, found[i], real[i], "higher", len(a), texts[i])
        for i, key in enumerate(("precision", "recall"))
    ]
    return Measurement(rows)
