"""Both gradients of semi-supervised learning, end to end; who may use which labels."""

import numpy as np
import pytest

from gan_numpy.layers import Dense, Dropout, Maxout, Sigmoid
from gan_numpy.layers.initializers import normal
from gan_numpy.minibatches import Batch
from gan_numpy.network import Sequential
from gan_numpy.semi_supervised import classifier_step, feature_matching_step
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
