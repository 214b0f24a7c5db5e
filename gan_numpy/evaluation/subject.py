"""What is evaluated: a generator's samples, beside real data in their place.

A number alone rarely means anything. So each metric is computed twice: for the samples,
and for as many training examples, which no generator beats but by chance - or because
the metric misleads. Both are compared with the test examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.evaluation.baselines import training_images
from gan_numpy.evaluation.classifier import Classifier, train_classifier

SAMPLES, REAL, TEST = "samples", "real", "test"


class NotApplicable(Exception):
    """A metric has no meaning for these data, or too few of them; says why."""


@dataclass(frozen=True)
class Subject:
    """Samples and the data set they are to look like.

    Attributes
    ----------
    samples : (N, features) float64 ndarray
    data : Dataset
    dataset : str
        The data set's name in `gan_numpy.datasets.SOURCES`, or a file's path.
    sigma : float or None
        A fixed bandwidth of the Parzen window.
    progress : bool
        Whether the classifier's training shows a progress bar.
    """

    samples: np.ndarray
    data: Dataset
    dataset: str
    sigma: float | None = None
    progress: bool = False

    @cached_property
    def real(self) -> np.ndarray:
        """Training examples, as many as there are samples (or all), float64."""
        return training_images(self.data, len(self.samples))

    @cached_property
    def test(self) -> np.ndarray:
        """All test examples, float64, in random order.

        The first half of MNIST's test set is cleaner than the second: the first of them
        would not do for all.
        """
        order = np.random.default_rng(0).permutation(len(self.data.test))
        return self.data.scaled("test", order, np.float64)

    def points(self, n: int, *sets: str) -> list[np.ndarray]:
        """The first `n` points of some of the three sets, equally many of each."""
        arrays = [getattr(self, name) for name in sets]
        n = min([n, *map(len, arrays)])
        return [array[:n] for array in arrays]

    @cached_property
    def classifier(self) -> Classifier:
        """The classifier of the data set.

        Raises
        ------
        NotApplicable
            If the data set has no labels, or too few examples.
        """
        try:
            return train_classifier(self.data, progress=self.progress)
        except UserError as error:
            raise NotApplicable(str(error)) from None

    @cached_property
    def _features(self) -> dict[str, np.ndarray]:
        sets = {SAMPLES: self.samples, REAL: self.real, TEST: self.test}
        return {name: self.classifier.features(x) for name, x in sets.items()}

    def features(self, n: int, *sets: str) -> list[np.ndarray]:
        """As `points`, features of the classifier; points of the plane as they are."""
        if self.data.features == 2 and not self.data.labels:
            return self.points(n, *sets)
        arrays = [self._features[name] for name in sets]
        n = min([n, *map(len, arrays)])
        return [array[:n] for array in arrays]
