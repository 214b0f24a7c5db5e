"""Nothing of a test goes into the user's own cache directory."""

from __future__ import annotations

import pytest

from gan_numpy.datasets import load_dataset
from gan_numpy.evaluation.classifier import Classifier, train_classifier


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """An empty cache directory of the test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("GAN_NUMPY_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def digits_classifier() -> Classifier:
    """The classifier of scikit-learn's digits, trained once (a second or two)."""
    return train_classifier(load_dataset("digits"), cache=False)
