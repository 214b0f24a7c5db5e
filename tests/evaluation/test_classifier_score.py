from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy

from gan_numpy.evaluation.classifier_score import classifier_score


def test_from_one_to_the_number_of_classes():
    constant = np.tile([0.1, 0.2, 0.7], (50, 1))
    assert classifier_score(constant) == pytest.approx(1, abs=1e-12)
    assert classifier_score(np.tile(np.eye(10), (5, 1))) == pytest.approx(10, abs=1e-12)


def test_classes_that_are_missing_or_uncertain_cost():
    """Sure of 3 classes in 1:1:2, the score is exp of their entropy."""
    p = np.eye(5)[[0, 1, 2, 2]]
    assert classifier_score(p) == pytest.approx(np.exp(entropy([1, 1, 2])), abs=1e-12)
    blurred = 0.8 * np.eye(4) + 0.05
    assert 1 < classifier_score(blurred) < 4


def test_agrees_with_scipy(rng):
    p = rng.dirichlet(np.ones(6), 40)
    expected = np.exp(np.mean([entropy(row, p.mean(axis=0)) for row in p]))
    assert classifier_score(p) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("p", [[[0.5, 0.6]], [[-0.5, 1.5]], [[np.nan, 1]], [0.5, 0.5]])
def test_bad_input(p):
    with pytest.raises(ValueError, match="probabilities"):
        classifier_score(np.array(p))
