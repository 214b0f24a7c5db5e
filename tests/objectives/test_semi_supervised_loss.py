"""K classes and one more: the semi-supervised objective and feature matching."""

import numpy as np
import pytest
from scipy.special import log_softmax, logsumexp

from gan_numpy.objectives import feature_matching, log_sum_exp, semi_supervised_loss
from tests.numeric import numerical_gradient, relative_error

K = 4


@pytest.fixture
def logits(rng):
    """Three batches of different sizes."""
    return [rng.normal(size=(n, K)) - 1 for n in (7, 11, 5)]


def test_it_is_a_softmax_of_k_plus_one_classes(logits, rng):
    """With the logit 0 of the class "generated" appended, all three are log losses."""
    labeled, unlabeled, fake = logits
    labels = rng.integers(K, size=7)

    def extended(values):
        return log_softmax(np.hstack([values, np.zeros((len(values), 1))]), axis=1)

    supervised = -log_softmax(labeled, axis=1)[np.arange(7), labels].mean()
    real = -logsumexp(extended(unlabeled)[:, :K], axis=1).mean()
    generated = -extended(fake)[:, K].mean()
    loss, _ = semi_supervised_loss(labeled, labels, unlabeled, fake)
    assert loss == pytest.approx(supervised + (real + generated) / 2)


def test_the_gradients_agree_with_differences(logits, rng):
    labels = rng.integers(K, size=7)
    labeled, unlabeled, fake = logits

    def loss():
        return semi_supervised_loss(labeled, labels, unlabeled, fake)[0]

    _, gradients = semi_supervised_loss(labeled, labels, unlabeled, fake)
    for values, gradient in zip(logits, gradients):
        assert relative_error(gradient, numerical_gradient(loss, values)) < 1e-7


def test_large_logits_are_finite():
    far = np.array([[500.0, -500], [-800, -900]], dtype=np.float32)
    assert np.isfinite(log_sum_exp(far)).all()
    loss, gradients = semi_supervised_loss(far, np.array([0, 1]), far, far)
    assert np.isfinite(loss)
    assert all(g.dtype == np.float32 and np.isfinite(g).all() for g in gradients)


def test_feature_matching(rng):
    real, fake = rng.normal(size=(7, 3)), rng.normal(size=(5, 3))
    loss, gradient = feature_matching(real, fake)
    assert loss == pytest.approx(((real.mean(axis=0) - fake.mean(axis=0)) ** 2).sum())
    numeric = numerical_gradient(lambda: feature_matching(real, fake)[0], fake)
    assert relative_error(gradient, numeric) < 1e-8
    assert feature_matching(real, real)[0] == 0
