"""Both gradients of semi-supervised learning, end to end; who may use which labels."""

import dataclasses

import numpy as np
import pytest

from gan_numpy.datasets import load_dataset
from gan_numpy.layers import Dense, Dropout, Maxout, Sigmoid
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes import get_recipe
from gan_numpy.training.minibatches import Batch
from gan_numpy.training.semi_supervised import (
    classifier_step,
    feature_matching_step,
    supervised_step,
    train_alone,
)
from gan_numpy.training.state import initial_state
from tests.numeric import numerical_gradient, relative_error

M, FEATURES, LATENT, K = 6, 5, 3, 4


def masks():
    """The same dropout masks each time."""
    return np.random.default_rng(9)


@pytest.fixture
def game(rng):
    """Tiny networks in float64; D in two parts; a batch and z."""
    options = {"init": normal(0.7), "rng": rng, "dtype": np.float64}
    G = Sequential([("y", Dense(LATENT, FEATURES, **options)), ("s", Sigmoid())])
    body = Sequential(
        [("drop", Dropout(0.7)), ("h", Maxout(FEATURES, 4, 3, **options))]
    )
    D = Sequential([("features", body), ("classes", Dense(4, K, **options))])
    labeled = rng.random((M, FEATURES)), rng.integers(K, size=M)
    batch = Batch(rng.random((M, FEATURES)), labeled=labeled)
    return G, D, batch, rng.normal(size=(M, LATENT))


def test_the_classifiers_gradient(game):
    G, D, batch, z = game

    def step():
        return classifier_step(G, D, batch, z, masks())

    grads = step().grads
    assert grads.keys() == D.params.keys()
    for name, value in D.params.items():
        numeric = numerical_gradient(
            lambda: step().monitors["loss_discriminator"], value
        )
        assert relative_error(grads[name], numeric) < 1e-7


def test_the_generators_gradient_through_the_features(game):
    G, D, batch, z = game

    def step():
        return feature_matching_step(G, D, batch.x, z, masks())

    grads = step().grads
    assert grads.keys() == G.params.keys()
    for name, value in G.params.items():
        numeric = numerical_gradient(lambda: step().monitors["loss_generator"], value)
        assert relative_error(grads[name], numeric) < 1e-6


def test_the_accuracy_is_that_of_the_labeled_examples(game):
    G, D, batch, z = game
    x, _ = batch.labeled
    for layer in D.layers["features"].layers.values():
        if isinstance(layer, Dropout):
            layer.keep = 1.0
    logits, _ = D.forward(x)
    for labels, accuracy in (
        (logits.argmax(axis=1), 1),
        (logits.argmin(axis=1), 0),
    ):
        known = batch._replace(labeled=(x, labels))
        assert classifier_step(G, D, known, z, masks()).monitors["accuracy"] == accuracy


def test_without_labeled_examples_there_is_no_step(game):
    G, D, batch, z = game
    with pytest.raises(ValueError, match="labeled examples"):
        classifier_step(G, D, batch._replace(labeled=None), z, masks())


def test_the_gradient_of_the_labeled_examples_alone(game):
    _, D, batch, _ = game

    def step():
        return supervised_step(D, *batch.labeled, masks())

    grads = step().grads
    assert grads.keys() == D.params.keys()
    for name, value in D.params.items():
        numeric = numerical_gradient(
            lambda: step().monitors["loss_discriminator"], value
        )
        assert relative_error(grads[name], numeric) < 1e-7


def test_the_classifier_alone_sees_the_labeled_examples_only():
    """Other images elsewhere change nothing, other labels of its own examples do."""
    data = load_dataset("digits")
    recipe = get_recipe("sgan").replace(classifier_units=(16,))
    rows = initial_state(recipe, data, seed=3).labeled
    others = np.delete(np.arange(len(data.train)), rows)

    def weights(data):
        return train_alone(recipe, data, seed=3, epochs=2).params

    images, labels = data.train.copy(), data.labels["train"].copy()
    images[others] = 16 - images[others]
    before = weights(data)
    inverted = weights(dataclasses.replace(data, train=images))
    for name, value in before.items():
        np.testing.assert_array_equal(value, inverted[name])
    labels[rows] = (labels[rows] + 1) % 10
    shifted = dataclasses.replace(data, labels=data.labels | {"train": labels})
    chosen = initial_state(recipe, shifted, seed=3).labeled
    assert not set(chosen) <= set(rows)  # balanced again: other rows of each class
    assert (weights(shifted)["classes.y.W"] != before["classes.y.W"]).any()


def test_the_classifier_alone_starts_as_the_run_and_learns():
    data = load_dataset("digits")
    recipe = get_recipe("sgan").replace(classifier_units=(32,))
    start = initial_state(recipe, data, seed=0)
    D = train_alone(recipe, data, seed=0, epochs=20)
    assert (D.params["classes.y.W"] != start.D.params["classes.y.W"]).any()
    x, labels = data.scaled("train", start.labeled), data.labels["train"]
    found = D.forward(x)[0].argmax(axis=1)
    assert np.mean(found == labels[start.labeled]) > 0.98
    untouched = train_alone(recipe, data, seed=0, epochs=0)
    for name, value in start.D.params.items():
        np.testing.assert_array_equal(value, untouched.params[name])
