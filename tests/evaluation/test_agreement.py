"""Generators of known obedience before a judge of real digits."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gan_numpy.datasets import load_dataset
from gan_numpy.errors import UserError
from gan_numpy.evaluation.agreement import (
    best_assignment,
    classification_error,
    confusion,
    evaluate_agreement,
    information_bound,
)
from gan_numpy.layers import Dense
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes import get_recipe
from gan_numpy.recipes.parts import making_pairs
from gan_numpy.training.state import initial_state

DATA = load_dataset("digits")
Z = 2
MEANS = np.stack(
    [DATA.scaled("train", DATA.labels["train"] == c).mean(axis=0) for c in range(10)]
)
ORDER = np.random.default_rng(3).permutation(10)


def dense(W, b=0.0):
    layer = Dense(*W.shape, init=normal(1.0), rng=np.random.default_rng(0))
    layer.params["W"][...], layer.params["b"][...] = W, b
    return layer


def drawing(images):
    """A generator that draws the told class's image, whatever z is."""
    W = np.vstack([np.zeros((Z, 64)), images])
    return Sequential([("x", dense(W))])


def nearest_mean(scale=1.0):
    """Outputs 1 + 10: class logits that are largest at the nearest class mean."""
    W = np.hstack([np.zeros((64, 1)), 2 * MEANS.T])
    b = np.concatenate([[0], -np.sum(MEANS**2, axis=1)])
    return Sequential([("y", dense(scale * W, scale * b))])


def state_of(recipe, images, D=None):
    state = initial_state(recipe, DATA, seed=0)
    G = drawing(images)
    if recipe.labels == "conditional":
        G = making_pairs(G, Z, 10)
    return dataclasses.replace(state, G=G, D=D or nearest_mean(), average=None)


def judged(name, images, judge, D=None, samples=1000):
    recipe = get_recipe(name).replace(latent_size=Z)
    state, rng = state_of(recipe, images, D), np.random.default_rng(0)
    return evaluate_agreement(recipe, state, judge, rng, samples)


@pytest.mark.parametrize("name", ["cgan", "acgan", "infogan"])
def test_an_obedient_generator(name, digits_classifier):
    result = judged(name, MEANS, digits_classifier)
    assert result.agreement == 1 and result.by_class == (1.0,) * 10
    assert result.meaning == tuple(range(10)) and result.samples == 1000
    assert result.shuffled == pytest.approx(0.1, abs=0.03)
    assert result.judge_hash == digits_classifier.weights_hash
    assert (result.information is None) == (name == "cgan")
    assert "1.000 agree" in str(result)
    assert result.as_dict()["agreement"] == 1


@pytest.mark.parametrize("name", ["cgan", "acgan"])
def test_a_generator_that_does_not_listen(name, digits_classifier):
    """It draws a 7 for every class: right by chance, and only for 7."""
    result = judged(name, np.tile(MEANS[7], (10, 1)), digits_classifier)
    assert result.agreement == pytest.approx(0.1)
    assert result.by_class[7] == 1 and sum(result.by_class) == 1


def test_categories_in_another_order(digits_classifier):
    """Wrong for an ACGAN, which was told the labels; nothing to an InfoGAN."""
    free = judged("infogan", MEANS[ORDER], digits_classifier)
    bound = judged("acgan", MEANS[ORDER], digits_classifier)
    assert free.agreement == 1 and free.meaning == tuple(ORDER)
    assert free.shuffled == pytest.approx(0.1, abs=0.03)
    assert bound.agreement == pytest.approx(np.mean(ORDER == np.arange(10)))
    assert bound.meaning == tuple(range(10))


def test_two_categories_cannot_mean_one_class(digits_classifier):
    images = MEANS.copy()
    images[3] = MEANS[4]
    assert judged("infogan", images, digits_classifier).agreement == 0.9


def test_the_information_bound_between_nothing_and_log_k(digits_classifier):
    asked = np.repeat(np.arange(10), 5)
    assert information_bound(nearest_mean(0), MEANS[asked], asked) == pytest.approx(0)
    sure = information_bound(nearest_mean(1e3), MEANS[asked], asked)
    assert sure == pytest.approx(np.log(10))
    wrong = information_bound(nearest_mean(1), MEANS[ORDER][asked], asked)
    assert wrong < 0  # a bound, and a bad head gives a bad one
    result = judged("acgan", MEANS, digits_classifier, nearest_mean(1e3))
    assert result.information == pytest.approx(np.log(10))


def test_confusion_and_the_best_assignment():
    counts = confusion(np.array([0, 0, 1, 1, 1]), np.array([2, 2, 2, 0, 2]), 2, 3)
    np.testing.assert_array_equal(counts, [[0, 0, 2], [1, 0, 2]])
    np.testing.assert_array_equal(best_assignment(counts), [2, 0])  # 3, not 2 + 0
    np.testing.assert_array_equal(best_assignment(np.array([[1], [5]])), [-1, 0])


@pytest.mark.parametrize("name", ["acgan", "infogan", "sgan"])
def test_the_discriminators_own_error_on_real_digits(name):
    D, recipe = nearest_mean(), get_recipe(name)
    if name == "sgan":
        head = D.params
        D = Sequential([("y", dense(head["y.W"][:, 1:], head["y.b"][1:]))])
    if name == "infogan":  # its categories are in an order of their own
        columns = np.concatenate([[0], 1 + ORDER])
        D.params["y.W"][...] = D.params["y.W"][:, columns]
        D.params["y.b"][...] = D.params["y.b"][columns]
    x = DATA.scaled("test")
    distances = np.sum((x[:, None] - MEANS) ** 2, axis=2)
    wrong = np.mean(distances.argmin(axis=1) != DATA.labels["test"])
    assert 0.05 < wrong < 0.2
    assert classification_error(recipe, D, DATA) == pytest.approx(wrong)


def test_who_cannot_be_judged(digits_classifier):
    recipe = get_recipe("digits").replace(latent_size=Z)
    state = state_of(recipe, MEANS)
    with pytest.raises(UserError, match="recipe digits tells its generator no class"):
        evaluate_agreement(recipe, state, digits_classifier, np.random.default_rng(0))
    with pytest.raises(UserError, match="recipe digits names no classes"):
        classification_error(recipe, state.D, DATA)
    with pytest.raises(UserError, match="9 samples are too few for 10 classes"):
        judged("cgan", MEANS, digits_classifier, samples=9)
    bare = dataclasses.replace(DATA, labels={"train": DATA.labels["train"]})
    with pytest.raises(UserError, match="no labels of its test examples"):
        classification_error(get_recipe("sgan"), state.D, bare)
