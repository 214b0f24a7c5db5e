"""Real handwritten digits, 8x8, that ship with scikit-learn: no download.

1,797 images by 13 writers, 16 gray levels: the test part of the UCI data set
"Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak, 1998).
"""

from __future__ import annotations

import numpy as np

from gan_numpy.datasets.base import Dataset

TRAIN, VALIDATION = 1297, 250  # the other 250 are the test set


def load() -> Dataset:
    """The digits, shuffled once with a fixed seed and split 1297 / 250 / 250.

    The file's order goes writer by writer; shuffled, every split has every writer.
    """
    from sklearn.datasets import load_digits

    source = load_digits()
    order = np.random.default_rng(0).permutation(len(source.data))
    images = source.data[order].astype(np.uint8)
    targets = source.target[order].astype(np.int64)
    cuts = [TRAIN, TRAIN + VALIDATION]
    train, validation, test = np.split(images, cuts)
    labels = dict(zip(("train", "validation", "test"), np.split(targets, cuts)))
    return Dataset("digits", train, validation, test, 16.0, (8, 8), labels)
