r"""Data copying: are samples nearer to the training set than fresh data are?

Let L be the distance to the nearest training example. For samples :math:`y_j` and
held-out test examples :math:`x_i` count the pairs in which the sample is farther away,

.. math::
    U = \sum_{i=1}^n \sum_{j=1}^m
        [\,L(y_j) > L(x_i)\,] + \tfrac12 [\,L(y_j) = L(x_i)\,], \qquad
    Z = \frac{U - nm/2}{\sqrt{nm(n + m + 1)/12}},

the statistic of Mann and Whitney: if samples and test examples are from one
distribution, Z is nearly N(0, 1), whatever that distribution and the distance are. A
generator that copies has Z far below 0, at worst :math:`-\sqrt{3nm/(n + m + 1)}`, which
all copies get; one whose samples lie off the data is far above, at most at the same
value with a plus.

A generator can copy in one region and be off in another, and the two would cancel. So
space is divided into cells (k-means of the training examples), Z is taken within each,
and

.. math:: C_T = \sum_{\pi} P_n(\pi)\, Z_\pi \Big/ \sum_{\pi} P_n(\pi),

with :math:`P_n(\pi)` the share of the test examples in cell :math:`\pi`, sums over the
cells that have enough of both. As a mean of independent values it spreads less than
N(0, 1) does: with equal cells by the root of their number.

Traps: where the generator draws nothing nothing is judged, so read the share of the
data that the cells hold; copying and bad samples within *one* cell still cancel; and a
distance of features sees a copy only as the features do.

Source: Meehan, Chaudhuri and Dasgupta, arXiv:2004.05675, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded at their first use

from gan_numpy.evaluation.distances import check_points, nearest
from gan_numpy.evaluation.measurement import Measurement, Row
from gan_numpy.evaluation.subject import SAMPLES, TEST, Subject

POINTS = 5_000  # samples and test examples, in the table
# Chosen here: cells so large that the normal approximation holds.
LEAST = 10  # samples, and test examples, without which a cell is not judged
PER_CELL, MOST_CELLS = 50, 50  # test examples in a cell of mean size, and cells


@dataclass(frozen=True)
class DataCopying:
    """The statistic and what it is of.

    Attributes
    ----------
    c_t : float
        Below 0 for copies, about 0 for fresh data, above 0 for samples off the data.
    judged : float
        Share of the test examples whose cell is judged, 0 to 1.
    z : (cells,) float64 ndarray
        Of each cell; NaN for one that is not judged.
    """

    c_t: float
    judged: float
    z: np.ndarray


def mann_whitney_z(samples: np.ndarray, test: np.ndarray) -> float:
    """Z of two sets of distances, (m,) and (n,): below 0 if those of samples are less.

    Ties count half, and leave the denominator as it is: the value is then too near 0.
    """
    m, n = len(samples), len(test)
    ranks = scipy.stats.rankdata(np.concatenate([samples, test]))
    u = ranks[:m].sum() - m * (m + 1) / 2
    return float((u - n * m / 2) / np.sqrt(n * m * (n + m + 1) / 12))


def data_copying(
    samples: np.ndarray,
    test: np.ndarray,
    train: np.ndarray,
    cells: int = 1,
    seed: int = 0,
) -> DataCopying:
    r"""The statistic :math:`C_T`.

    Parameters
    ----------
    samples, test, train : (m, d), (n, d), (t, d)
        Test examples are ones that the generator has never seen.
    cells : int
        How many; at most as many as there are training examples.
    seed : int
        Of k-means.

    Raises
    ------
    ValueError
        If shapes do not fit, a value is not finite, or no cell has 10 samples and 10
        test examples.
    """
    train = check_points("training examples", train, least=cells)
    samples = check_points("samples", samples, features=train.shape[1])
    test = check_points("test examples", test, features=train.shape[1])
    centers = _centers(train, cells, seed)
    home, s, t = (nearest(x, centers)[0] for x in (train, samples, test))
    z = np.full(cells, np.nan)
    for cell in range(cells):
        mine, fresh = samples[s == cell], test[t == cell]
        if min(len(mine), len(fresh)) >= LEAST:
            (_, own), (_, other) = (
                nearest(x, train[home == cell]) for x in (mine, fresh)
            )
            z[cell] = mann_whitney_z(own, other)
    share = np.bincount(t, minlength=cells) / len(test)
    judged = ~np.isnan(z)
    if not judged.any():
        raise ValueError(f"no cell has {LEAST} samples and {LEAST} test examples")
    weight = share[judged].sum()
    return DataCopying(float(share[judged] @ z[judged] / weight), float(weight), z)


def _centers(train: np.ndarray, cells: int, seed: int) -> np.ndarray:
    """Means of the cells, each of which holds a training example."""
    if cells == 1:
        return train.mean(axis=0, keepdims=True)
    from sklearn.cluster import KMeans

    model = KMeans(cells, n_init=1, random_state=seed).fit(train)
    centers: np.ndarray = model.cluster_centers_
    return centers


def measure(subject: Subject) -> Measurement:
    """Data copying, beside that of validation examples."""
    data = subject.data
    n = min(POINTS, *map(len, (subject.samples, subject.test, data.validation)))
    fresh = data.scaled("validation", slice(0, n), np.float64)
    samples, test = subject.points(n, SAMPLES, TEST)
    train = data.scaled("train", dtype=np.float64)
    if data.labels:  # distances of pixels are blind to a shift by one
        features = subject.classifier.features
        fresh, samples, test, train = map(features, (fresh, samples, test, train))
    cells = min(MOST_CELLS, max(1, n // PER_CELL), len(train))
    found, real = (data_copying(x, test, train, cells) for x in (samples, fresh))
    text = f"C_T over {cells} cells: below -3 copies, above 3 off the data"
    rows = [
        Row("c_t", "data copying", found.c_t, real.c_t, "0", n, text),
        Row(
            "judged",
            "data copying, judged",
            found.judged,
            real.judged,
            "1",
            n,
            "share of the data in cells with samples",
        ),
    ]
    note = (
        "data copying: copies and bad samples in one cell cancel; real: validation "
        "examples, which are no copies"
    )
    return Measurement(rows, [note])
