"""Who is told a class, who judges it; both players' gradients, end to end."""

import dataclasses

import numpy as np
import pytest

from gan_numpy.errors import UserError
from gan_numpy.layers.one_hot import one_hot
from gan_numpy.recipes import get_recipe
from gan_numpy.training.minibatches import Minibatches
from gan_numpy.training.state import initial_state
from gan_numpy.training.steps import (
    discriminator_step,
    generator_step,
    simultaneous_step,
)
from tests.numeric import numerical_gradient, relative_error
from tests.recipes.tiny import SIDE, K, tiny_data, tiny_recipe

DATA = tiny_data()
FEATURES = SIDE * SIDE
TOLD = [
    ("cgan", {}),
    ("acgan", {}),
    ("infogan", {}),
    ("digits", {"labels": "conditional"}),
    ("digits", {"labels": "auxiliary"}),
    ("digits", {"labels": "information"}),
]
told = pytest.mark.parametrize(
    "recipe",
    [tiny_recipe(name, **changes) for name, changes in TOLD],
    ids=lambda recipe: f"{recipe.name}-{recipe.labels}",
)


@told
def test_widths(recipe):
    """A conditional D reads pairs; one with a head answers with 1 + K outputs."""
    G, D = recipe.networks(DATA, np.random.default_rng(0))
    inputs, labels = recipe.sample_input(5, np.random.default_rng(1))
    assert inputs.shape == (5, 2 + K) and labels.shape == (5,)
    np.testing.assert_array_equal(inputs[:, 2:], one_hot(labels, K, np.float32))
    made, _ = G.forward(inputs)
    pairs = recipe.labels == "conditional"
    assert made.shape == (5, FEATURES + K * pairs)
    assert made.shape[1] == recipe.judged_features(DATA)
    assert recipe.examples(made).shape == (5, FEATURES)
    if pairs:  # the generator hands on the class that it was told
        np.testing.assert_array_equal(made[:, FEATURES:], inputs[:, 2:])
    assert D.forward(made)[0].shape == (5, 1 + K * (not pairs))


def test_the_papers_conditional_networks():
    """Section 4.1 of arXiv:1411.1784: 200 + 1000 to 1200; 240 and 50 to 240."""
    images = np.zeros((4, 784), dtype=np.uint8)
    data = dataclasses.replace(DATA, train=images, image_shape=(28, 28))
    G, D = get_recipe("cgan-mnist").networks(data, np.random.default_rng(0))
    shapes = {name: p.shape for name, p in (G.params | D.params).items()}
    assert shapes["pair.x.inputs.z.h.W"] == (100, 200)
    assert shapes["pair.x.inputs.y.h.W"] == (10, 1000)
    assert shapes["pair.x.joint.W"] == (1200, 1200)
    assert shapes["pair.x.x.W"] == (1200, 784)
    assert shapes["inputs.x.h.W"] == (784, 240 * 5)
    assert shapes["inputs.y.h.W"] == (10, 50 * 5)
    assert shapes["joint.W"] == (290, 240 * 4)
    assert shapes["logit.W"] == (240, 1)


def test_the_class_is_heard_beside_the_noise():
    """Both reach the generator's joint layer with about the same strength."""
    images = np.zeros((4, 784), dtype=np.uint8)
    data = dataclasses.replace(DATA, train=images, image_shape=(28, 28))
    recipe = get_recipe("cgan-mnist")
    G, _ = recipe.networks(data, np.random.default_rng(0))
    inputs, _ = recipe.sample_input(50, np.random.default_rng(1))
    (_, _, z), (_, _, y) = G.layers["pair"].branches[0][2].layers["inputs"].branches
    strength = [
        net.forward(part)[0].std()
        for net, part in ((z, inputs[:, :100]), (y, inputs[:, 100:]))
    ]
    assert 0.5 < strength[1] / strength[0] < 2


@told
def test_real_examples_come_with_their_own_class(recipe):
    """Under the epoch's order, rows and labels stay together."""
    state = initial_state(recipe, DATA, seed=0)
    batch = Minibatches(state, recipe, DATA).next()
    rows = state.order[:6]
    np.testing.assert_array_equal(batch.x[:, :FEATURES], DATA.scaled("train", rows))
    own = DATA.labels["train"][rows]
    if recipe.labels == "information":
        assert batch.labels is None
    else:
        np.testing.assert_array_equal(batch.labels, own)
    if recipe.labels == "conditional":
        np.testing.assert_array_equal(batch.x[:, FEATURES:], one_hot(own, K))


@pytest.fixture(params=TOLD, ids=lambda p: "-".join((p[0], *map(str, p[1].values()))))
def game(request):
    """A tiny game in float64 with a batch, inputs and the losses of their labels."""
    recipe = tiny_recipe(request.param[0], **request.param[1])
    rng = np.random.default_rng(4)
    G, D = recipe.networks(DATA, rng, np.float64)
    for network in (G, D):  # away from ties and from biases of exactly zero
        for value in network.params.values():
            value += rng.normal(0, 0.3, value.shape)
    real = DATA.labels["train"][:6]
    x = recipe.judged(DATA.scaled("train", slice(6), np.float64), real)
    z, fake = recipe.sample_input(6, rng, np.float64)
    return G, D, recipe.make_objective(real, fake), x, z


def masks():
    """The same dropout masks each time."""
    return np.random.default_rng(9)


def assert_equal_gradients(grad, numeric, name):
    if np.abs(numeric).max() < 1e-8:  # a bias that batch normalization removes
        assert np.abs(grad).max() < 1e-8, name
    else:
        assert relative_error(grad, numeric) < 1e-6, name


def test_the_discriminators_gradient(game):
    G, D, objective, x, z = game

    def step():
        return discriminator_step(G, D, objective, x, z, masks())

    grads = step().grads
    assert grads.keys() == D.params.keys()
    for name, value in D.params.items():
        numeric = numerical_gradient(
            lambda: step().monitors["loss_discriminator"], value
        )
        assert_equal_gradients(grads[name], numeric, name)


def test_the_generators_gradient(game):
    """Through D and its head, through batch statistics, through the pair."""
    G, D, objective, _, z = game

    def step():
        return generator_step(G, D, objective, z, masks())

    grads = step().grads
    assert grads.keys() == G.params.keys()
    moved = [np.abs(grad).max() > 0 for grad in grads.values()]
    assert np.mean(moved) > 0.8
    for name, value in G.params.items():
        numeric = numerical_gradient(lambda: step().monitors["loss_generator"], value)
        assert_equal_gradients(grads[name], numeric, name)


@pytest.mark.parametrize(
    "game",
    [
        ("cgan", {"keep": 1.0}),
        ("acgan", {}),
        ("digits", {"labels": "information", "keep_input": 1.0, "keep_hidden": 1.0}),
    ],
    indirect=True,
)
def test_a_simultaneous_step_has_the_same_gradients(game):
    """Without dropout, whose masks a simultaneous step shares."""
    G, D, objective, x, z = game
    D_step, G_step = simultaneous_step(G, D, objective, x, z, masks())
    for step, alone in (
        (D_step, discriminator_step(G, D, objective, x, z, masks())),
        (G_step, generator_step(G, D, objective, z, masks())),
    ):
        for name, grad in step.grads.items():
            np.testing.assert_allclose(grad, alone.grads[name], atol=1e-12)


@pytest.mark.parametrize("name", ["acgan", "infogan"])
def test_only_the_auxiliary_classifier_learns_from_real_labels(name):
    recipe = tiny_recipe(name)
    G, D = recipe.networks(DATA, np.random.default_rng(2), np.float64)
    z, fake = recipe.sample_input(6, np.random.default_rng(3), np.float64)
    x = DATA.scaled("train", slice(6), np.float64)
    losses = {
        discriminator_step(
            G, D, recipe.make_objective(real, fake), x, z, masks()
        ).monitors["loss_discriminator"]
        for real in (np.zeros(6, dtype=int), np.arange(6) % K)
    }
    assert len(losses) == (2 if name == "acgan" else 1)


@pytest.mark.parametrize("name", ["cgan", "acgan", "sgan"])
def test_data_without_labels_are_refused(name):
    data = dataclasses.replace(DATA, labels={})
    with pytest.raises(UserError, match="needs labels, data set tiny") as caught:
        initial_state(tiny_recipe(name), data, seed=0)
    assert "\n" not in str(caught.value)


def test_infogan_needs_no_labels():
    data = dataclasses.replace(DATA, labels={})
    assert initial_state(tiny_recipe("infogan"), data, seed=0).labeled.size == 0


@pytest.mark.parametrize("name", ["cgan", "acgan", "sgan"])
def test_more_classes_than_the_recipe_has_are_refused(name):
    with pytest.raises(UserError, match="has 3: set classes=3"):
        initial_state(tiny_recipe(name, classes=2), DATA, seed=0)


@pytest.mark.parametrize(
    "name, changes, message",
    [
        ("cgan", {"labels": "none"}, "labels=none.*expected conditional"),
        ("cgan", {"penalty": "gradient_penalty", "penalty_weight": 1.0}, "penalty"),
        ("cgan", {"packing": 2}, "packing"),
        ("cgan", {"keep": 0.0}, "keep"),
        ("cgan", {"init": 0.0}, " init=0.0"),
        ("cgan", {"class_init": 0.0}, "class_init"),
        ("cgan", {"marginal_clip": 0.5}, "marginal_clip"),
        ("acgan", {"labels": "conditional"}, "labels=conditional"),
        ("acgan", {"labels": "semi_supervised", "labeled": 9}, "labels=semi_super"),
        ("acgan", {"class_weight": 0.0}, "class_weight"),
        ("infogan", {"classes": 0}, "classes"),
        ("sgan", {"labels": "auxiliary"}, "expected semi_supervised"),
        ("sgan", {"labeled": 7}, "a multiple of classes=3"),
        ("sgan", {"update": "simultaneous"}, "expected semi_supervised"),
        ("sgan", {"hidden_noise": -0.1}, "hidden_noise"),
        ("sgan", {"penalty": "r1", "penalty_weight": 1.0}, "penalty"),
    ],
)
def test_combinations_without_meaning_are_refused(name, changes, message):
    with pytest.raises(UserError, match=message) as caught:
        tiny_recipe(name, **changes)
    assert "\n" not in str(caught.value)
