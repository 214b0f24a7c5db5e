from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gan_numpy.datasets import load_dataset
from gan_numpy.errors import UserError
from gan_numpy.evaluation.classifier import (
    LARGE,
    SMALL,
    recipe_for,
    train_classifier,
)

QUICK = dataclasses.replace(SMALL, hidden=(16,), epochs=1)


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits")


def test_digits_are_told_apart(digits, digits_classifier):
    """At most 8 of 250; nearest neighbors get 4 of them wrong."""
    assert digits_classifier.test_error <= 0.032
    wrong = digits_classifier.predict(digits.scaled("test")) != digits.labels["test"]
    assert digits_classifier.test_error == wrong.mean()


def test_probabilities_features_and_logits_fit_together(digits, digits_classifier):
    x = digits.scaled("test")
    logits, p = digits_classifier.logits(x), digits_classifier.probabilities(x)
    features = digits_classifier.features(x)
    assert logits.shape == p.shape == (250, 10) and features.shape == (250, 128)
    assert logits.dtype == p.dtype == features.dtype == np.float64
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-12)
    assert features.min() == 0
    head = digits_classifier.network.layers["out"].params
    np.testing.assert_allclose(features @ head["W"] + head["b"], logits, atol=1e-4)


def test_blocks_do_not_show(digits, digits_classifier):
    """More images than go through the network at once."""
    x = np.tile(digits.scaled("test"), (9, 1))
    np.testing.assert_allclose(
        digits_classifier.logits(x)[-250:],
        digits_classifier.logits(x[:250]),
        atol=1e-5,
    )


def test_same_seed_same_bits(digits):
    one, two, other = (train_classifier(digits, s, recipe=QUICK) for s in (0, 0, 1))
    fresh = train_classifier(digits, 0, cache=False, recipe=QUICK)
    assert one.weights_hash == two.weights_hash == fresh.weights_hash
    assert other.weights_hash != one.weights_hash


def test_the_second_time_comes_from_disk(digits, own_cache, monkeypatch):
    first = train_classifier(digits, recipe=QUICK)
    assert len(list(own_cache.iterdir())) == 1

    def forbidden(*args):
        raise AssertionError("trained again")

    monkeypatch.setattr("gan_numpy.evaluation.classifier._train", forbidden)
    assert train_classifier(digits, recipe=QUICK).weights_hash == first.weights_hash
    changed = {k: v.copy() for k, v in digits.labels.items()}
    changed["train"][0] = (changed["train"][0] + 1) % 10
    with pytest.raises(AssertionError, match="trained again"):
        train_classifier(dataclasses.replace(digits, labels=changed), recipe=QUICK)


def test_the_users_choice_of_kernels_does_not_change_the_judge(digits, monkeypatch):
    native = train_classifier(digits, cache=False, recipe=QUICK)
    monkeypatch.setenv("GAN_NUMPY_KERNELS", "reference")
    assert native.weights_hash == (
        train_classifier(digits, cache=False, recipe=QUICK).weights_hash
    )


def test_the_recipe_follows_the_size(digits):
    assert recipe_for(digits) is SMALL
    tall = dataclasses.replace(digits, train=np.zeros((10_000, 64), np.uint8))
    assert recipe_for(tall) is LARGE


def test_unlabeled_data_and_bad_images(digits, digits_classifier):
    with pytest.raises(UserError, match="ring has no labels of its train"):
        train_classifier(load_dataset("ring"))
    few = dataclasses.replace(
        digits, train=digits.train[:9], labels={k: v for k, v in digits.labels.items()}
    )
    with pytest.raises(UserError, match="at least 64"):
        train_classifier(few)
    with pytest.raises(ValueError, match=r"\(N, 64\), got \(3, 5\)"):
        digits_classifier.logits(np.zeros((3, 5)))
    with pytest.raises(ValueError, match="not finite"):
        digits_classifier.features(np.full((3, 64), np.nan))


def test_two_epochs_of_mnist(mnist_dir):
    """The whole recipe, sixteen epochs, reaches 1.6 %."""
    data = load_dataset("mnist", mnist_dir)
    recipe = dataclasses.replace(LARGE, epochs=2)
    assert train_classifier(data, recipe=recipe).test_error < 0.06
