"""The class head of ACGAN and InfoGAN."""

import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.metrics import log_loss

from gan_numpy.objectives import OBJECTIVES, softmax_cross_entropy, with_classes
from tests.numeric import numerical_gradient, relative_error

K = 4


def test_the_cross_entropy_agrees_with_scikit_learn(rng):
    logits, labels = rng.normal(size=(9, K)) * 3, rng.integers(K, size=9)
    loss, gradient = softmax_cross_entropy(logits, labels)
    p = np.exp(log_softmax(logits, axis=1))
    assert loss == pytest.approx(log_loss(labels, p, labels=range(K)))
    numeric = numerical_gradient(
        lambda: softmax_cross_entropy(logits, labels)[0], logits
    )
    assert relative_error(gradient, numeric) < 1e-8


def test_the_cross_entropy_of_large_logits_is_finite():
    logits = np.array([[800.0, -800, 0, 1]], dtype=np.float32)
    loss, gradient = softmax_cross_entropy(logits, np.array([1]))
    assert loss == 1600 and gradient.dtype == np.float32
    np.testing.assert_array_equal(gradient, [[1, -1, 0, 0]])


@pytest.mark.parametrize("real_labels", [True, False], ids=["acgan", "infogan"])
def test_the_gradients_agree_with_differences(real_labels, rng):
    real, fake = rng.normal(size=(7, 1 + K)), rng.normal(size=(5, 1 + K))
    labels = rng.integers(K, size=7) if real_labels else None
    objective = with_classes(
        OBJECTIVES["non_saturating"], labels, rng.integers(K, size=5), 1.7
    )
    _, d_real, d_fake = objective.discriminator(real, fake)
    for values, gradient in ((real, d_real), (fake, d_fake)):
        numeric = numerical_gradient(
            lambda: objective.discriminator(real, fake)[0], values
        )
        assert relative_error(gradient, numeric) < 1e-7
    numeric = numerical_gradient(lambda: objective.generator(fake)[0], fake)
    assert relative_error(objective.generator(fake)[1], numeric) < 1e-7
    assert (d_real[:, 1:] != 0).any() == real_labels


def test_the_information_bound_reaches_log_k():
    """log K - C is 0 for a head that knows nothing, log K for one that is sure."""
    labels = np.arange(K)
    for logits, bound in ((np.zeros((K, K)), 0), (1000 * np.eye(K), np.log(K))):
        loss, _ = softmax_cross_entropy(logits, labels)
        assert np.log(K) - loss == pytest.approx(bound)
