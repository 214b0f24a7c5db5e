r"""Nearest training examples: does the generator copy?

For each sample the nearest training example and its Euclidean distance. Alone the
number says nothing, so it stands beside the same for test examples, which no generator
has seen and which are as near to the training set as an honest sample should be:
samples that are *nearer* are suspect. The share of samples nearer than 99 % of the test
examples are is .01 for a generator as good as the data, and 1 for one that copies.

Distances of pixels are blind to a copy shifted by one pixel (Theis, van den Oord and
Bethge, arXiv:1511.01844): a small share does not prove that nothing is memorized.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_numpy.evaluation.distances import BLOCK_VALUES, check_points, nearest
from gan_numpy.evaluation.measurement import Measurement, Row
from gan_numpy.evaluation.subject import SAMPLES, TEST, Subject

POINTS = 2_000  # samples and test examples, in the table
SUSPECT = 0.01  # quantile of the test examples' distances below which a sample is near


@dataclass(frozen=True)
class Neighbors:
    """Nearest training examples of samples and of test examples.

    Attributes
    ----------
    index : (N,) int64 ndarray
        The training example nearest to each sample.
    distance : (N,) float64 ndarray
        Its Euclidean distance.
    test_distance : (T,) float64 ndarray
        The same for test examples.
    """

    index: np.ndarray
    distance: np.ndarray
    test_distance: np.ndarray

    @property
    def too_near(self) -> float:
        """Share of the samples nearer than 99 % of the test examples, 0 to 1."""
        return float(np.mean(self.distance <= self._limit))

    @property
    def too_near_test(self) -> float:
        """The same share of the test examples: .01, but for ties."""
        return float(np.mean(self.test_distance <= self._limit))

    @property
    def _limit(self) -> float:
        return float(np.quantile(self.test_distance, SUSPECT))


def nearest_training(
    samples: np.ndarray,
    test: np.ndarray,
    train: np.ndarray,
    block_values: int = BLOCK_VALUES,
) -> Neighbors:
    """Nearest training examples of samples, beside those of test examples.

    Parameters
    ----------
    samples, test, train : (N, d), (T, d), (M, d)
    block_values : int
        Distances held at once.

    Raises
    ------
    ValueError
        If shapes do not fit or a value is not finite.
    """
    train = check_points("training examples", train)
    samples = check_points("samples", samples, features=train.shape[1])
    test = check_points("test examples", test, features=train.shape[1])
    index, distance = nearest(samples, train, block_values)
    _, test_distance = nearest(test, train, block_values)
    return Neighbors(index, distance, test_distance)


def measure(subject: Subject) -> Measurement:
    """Nearest training examples."""
    a, test = subject.points(POINTS, SAMPLES, TEST)
    found = nearest_training(a, test, subject.data.scaled("train", dtype=np.float64))
    medians = float(np.median(found.distance)), float(np.median(found.test_distance))
    n, copies = len(a), (found.too_near, found.too_near_test)
    rows = [
        Row(key, label, *values, better, n, text)
        for key, label, values, better, text in (
            (
                "median_distance",
                "nearest training example",
                medians,
                f"{medians[1]:.3g}",
                "median distance; real: test examples",
            ),
            (
                "too_near",
                "suspiciously near",
                copies,
                "0.01",
                "nearer than 99 % of test examples",
            ),
        )
    ]
    note = "nearest training example: in pixels, blind to a copy shifted by one"
    return Measurement(rows, [note] if subject.data.image_shape else [])
