"""A trained judge, shared by the tests that need one."""

from __future__ import annotations

import pytest

from gan_numpy.datasets import load_dataset
from gan_numpy.evaluation.classifier import Classifier, train_classifier


@pytest.fixture(scope="session")
def digits_classifier() -> Classifier:
    """The classifier of scikit-learn's digits, trained once (a second or two)."""
    return train_classifier(load_dataset("digits"), cache=False)
