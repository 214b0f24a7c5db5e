"""Real handwritten digits, 8x8, that ship with scikit-learn: no download.

1,797 images by 13 writers, 16 gray levels: the test part of the UCI data set
"Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak, 1998).
"""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from gan_numpy.datasets.base import Dataset

TRAIN, VALIDATION = 1297, 250  # the other 250 are the test set


def load() -> Dataset:
    """The digits, shuffled once with a fixed seed and split 1297 / 250 / 250.

    The file's order goes writer by writer; shuffled, every split has every writer.
    """
    pixels, classes = as_shipped()
    order = np.random.default_rng(0).permutation(len(pixels))
    images = pixels[order].astype(np.uint8)
    targets = classes[order].astype(np.int64)
    cuts = [TRAIN, TRAIN + VALIDATION]
    train, validation, test = np.split(images, cuts)
    labels = dict(zip(("train", "validation", "test"), np.split(targets, cuts)))
    return Dataset("digits", train, validation, test, 16.0, (8, 8), labels)


def as_shipped() -> tuple[np.ndarray, np.ndarray]:
    """Pixels (1797, 64), 0..16, float64, and classes (1797,), int, not shuffled.

    They are read from scikit-learn's file: its function gives the same, but to import
    it takes seconds, longer than the first epochs of a training. It is asked where the
    file is not in its place.
    """
    package = find_spec("sklearn")
    if package is not None and package.origin is not None:
        table = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
        if table.is_file():
            with gzip.open(table, "rt", encoding="ascii") as lines:
                rows = np.loadtxt(lines, delimiter=",")
            return rows[:, :-1], rows[:, -1].astype(int)
    from sklearn.datasets import load_digits

    source = load_digits()
    return source.data, source.target
