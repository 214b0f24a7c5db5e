from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import log_softmax as scipy_log_softmax

from gan_numpy.evaluation.softmax import log_softmax, softmax_cross_entropy


def test_log_softmax_agrees_with_scipy(rng):
    logits = 5 * rng.normal(size=(7, 5))
    expected = scipy_log_softmax(logits, axis=1)
    np.testing.assert_allclose(log_softmax(logits), expected, atol=1e-13)


def test_gradient_is_the_derivative(rng):
    logits, labels = rng.normal(size=(7, 5)), rng.integers(5, size=7)
    _, gradient = softmax_cross_entropy(logits, labels)

    def loss(flat):
        return softmax_cross_entropy(flat.reshape(7, 5), labels)[0]

    numeric = approx_fprime(logits.ravel(), loss, 1e-7).reshape(7, 5)
    np.testing.assert_allclose(gradient, numeric, atol=1e-7)


def test_equal_logits_cost_log_k():
    loss, _ = softmax_cross_entropy(np.zeros((4, 10)), np.array([0, 3, 9, 1]))
    assert loss == pytest.approx(np.log(10), abs=1e-14)


def test_huge_logits_stay_finite():
    logits = np.array([[800.0, -800.0], [-800.0, 800.0]])
    loss, gradient = softmax_cross_entropy(logits, np.array([1, 1]))
    assert loss == 800 and np.isfinite(gradient).all()


def test_gradient_keeps_the_dtype_of_the_logits():
    logits = np.zeros((2, 3), np.float32)
    assert softmax_cross_entropy(logits, np.array([0, 1]))[1].dtype == np.float32
