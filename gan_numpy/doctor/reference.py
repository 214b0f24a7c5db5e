"""What samples are compared with: real examples, and one point for each mode."""

from __future__ import annotations

import warnings

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.doctor.patient import Reference
from gan_numpy.evaluation.modes import MIXTURES

TRAIN, TEST, FITTED = 5_000, 256, 2_000  # at most: a probe is to be cheap
VALUES = 2_000_000  # of training examples, at most
UNKNOWN_MODES = 10  # centers of k-means where neither means nor labels are known


def reference_of(data: Dataset) -> Reference:
    """That of a data set, from fixed rows of it."""
    rng = np.random.default_rng(0)
    most = max(FITTED // 4, min(TRAIN, VALUES // data.features))
    rows = rng.permutation(len(data.train))[:most]
    train = data.scaled("train", rows, np.float64)
    test = data.scaled("test", rng.permutation(len(data.test))[:TEST], np.float64)
    if data.name in MIXTURES:
        centers = MIXTURES[data.name][0]()
        return Reference(train, test, centers, numbered(len(centers)))
    if "train" in data.labels:
        classes = data.labels["train"][rows]
        names = np.unique(classes)
        means = np.stack([train[classes == c].mean(axis=0) for c in names])
        return Reference(train, test, means, tuple(str(c) for c in names))
    return reference_of_examples(train, test)


def reference_of_examples(
    train: np.ndarray, test: np.ndarray | None = None
) -> Reference:
    """That of bare examples; the last ones stand for a test set, if there is none."""
    from sklearn.cluster import KMeans

    train = np.asarray(train, dtype=np.float64).reshape(len(train), -1)
    if test is None:
        rows = np.random.default_rng(0).permutation(len(train))
        held = min(TEST, len(train) // 4)
        train, test = train[rows[held:]][:TRAIN], train[rows[:held]]
    k = min(UNKNOWN_MODES, len(train))
    with warnings.catch_warnings():  # of examples that are all the same
        warnings.simplefilter("ignore")
        means = KMeans(k, n_init=1, random_state=0).fit(train[:FITTED]).cluster_centers_
    return Reference(train, np.asarray(test, np.float64), means, numbered(k))


def numbered(n: int) -> tuple[str, ...]:
    """Names of modes that have none."""
    return tuple(str(k) for k in range(n))
