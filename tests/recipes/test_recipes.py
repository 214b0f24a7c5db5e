import dataclasses
import json

import numpy as np
import pytest

from gan_numpy.datasets import Dataset, load_dataset
from gan_numpy.errors import UserError
from gan_numpy.layers import Dropout, Maxout
from gan_numpy.recipes import RECIPES, get_recipe, recipe_from_dict, with_settings
from gan_numpy.recipes.maxout_gan import marginal_logits


def test_the_mnist_recipe_is_the_papers():
    """mnist.yaml of the released code, number for number, seen in the networks."""
    recipe = get_recipe("mnist")
    images = np.random.default_rng(0).integers(0, 256, (200, 784), dtype=np.uint8)
    data = Dataset("mnist", images, images, images, 255.0, (28, 28))
    G, D = recipe.networks(data, np.random.default_rng(0))
    assert [G.params[f"{name}.W"].shape for name in ("h0", "h1", "y")] == [
        (100, 1200),
        (1200, 1200),
        (1200, 784),
    ]
    assert all(0.049 < np.abs(G.params[f"h{i}.W"]).max() <= 0.05 for i in (0, 1))
    assert D.params["h0.W"].shape == (784, 1200)
    assert D.params["h1.W"].shape == (240, 1200)
    assert D.params["y.W"].shape == (240, 1)
    assert 0.0049 < np.abs(D.params["h0.W"]).max() <= 0.005
    pieces = [layer.pieces for layer in D.layers.values() if isinstance(layer, Maxout)]
    keeps = [layer.keep for layer in D.layers.values() if isinstance(layer, Dropout)]
    assert pieces == [5, 5] and keeps == [0.8, 0.5, 0.5]
    z = recipe.sample_latent(100_000, np.random.default_rng(0))
    assert np.abs(z).max() == pytest.approx(np.sqrt(3), rel=1e-4)
    assert z.std() == pytest.approx(1, rel=1e-2)
    optimizer = recipe.make_optimizer()
    assert optimizer.learning_rate(0) == 0.1
    assert (optimizer.momentum(1), optimizer.momentum(250)) == (0.5, pytest.approx(0.7))
    assert (recipe.update, recipe.batch_size) == ("simultaneous", 100)


def test_mnist_fast_has_the_papers_networks_without_dropout():
    recipe, paper = get_recipe("mnist-fast"), get_recipe("mnist")
    images = np.random.default_rng(0).integers(0, 256, (200, 784), dtype=np.uint8)
    data = Dataset("mnist", images, images, images, 255.0, (28, 28))
    networks = recipe.networks(data, np.random.default_rng(0))
    papers = paper.networks(data, np.random.default_rng(0))
    for network, other in zip(networks, papers, strict=True):
        shapes = {name: value.shape for name, value in network.params.items()}
        assert shapes == {name: value.shape for name, value in other.params.items()}
    D = networks[1]
    assert list(D.layers) == ["h0", "h1", "y"]
    assert 0.049 < np.abs(D.params["h0.W"]).max() <= 0.05
    assert (recipe.penalty, recipe.penalty_weight) == ("r1", 5.0)
    penalty, adam = recipe.make_penalty(), recipe.make_optimizer()
    assert (penalty.name, penalty.weight) == ("r1", 5.0)
    assert (adam.beta1, adam.beta2, adam.learning_rate(9999)) == (0.5, 0.9, 0.0003)
    assert recipe.make_average().decay == 0.9995
    assert (recipe.batch_size, recipe.epochs) == (100, 10)


@pytest.mark.parametrize("name", ["digits", "mnist"])
def test_the_first_recipes_have_no_penalty(name):
    assert get_recipe(name).penalty == "none"
    assert get_recipe(name).make_penalty() is None


def test_a_run_from_before_there_were_penalties_has_none():
    values = json.loads(json.dumps(dataclasses.asdict(get_recipe("digits"))))
    del values["penalty"], values["penalty_weight"]
    assert recipe_from_dict("digits", values) == get_recipe("digits")


def test_a_run_from_before_the_semi_supervised_update_plays_that_game():
    values = json.loads(json.dumps(dataclasses.asdict(get_recipe("sgan"))))
    assert recipe_from_dict("sgan", values | {"update": "alternating"}) == get_recipe(
        "sgan"
    )


@pytest.mark.parametrize(
    "key, value, message",
    [
        ("batch_size", "64", "batch_size=64: expected a whole number"),
        ("batch_size", 64.0, "expected a whole number"),
        ("batch_size", True, "expected a whole number"),
        ("learning_rate", None, "learning_rate=None: expected a number"),
        ("generator_units", 7, "expected whole numbers"),
        ("generator_units", [7, "8"], "expected a whole number"),
        ("latent", ["normal"], "expected text"),
        ("nonsense", 1, "no setting 'nonsense'"),
        ("epochs", 0, "epochs=0 is out of range"),
    ],
)
def test_values_of_another_type_than_the_fields_are_refused(key, value, message):
    with pytest.raises(UserError, match=message) as caught:
        recipe_from_dict("digits", {key: value})
    assert "\n" not in str(caught.value)


def test_an_untrained_generator_draws_the_average_image():
    data = load_dataset("digits")
    recipe = get_recipe("digits").replace(generator_init=1e-6)
    G, _ = recipe.networks(data, np.random.default_rng(0))
    samples, _ = G.forward(recipe.sample_latent(3, np.random.default_rng(0)))
    mean = data.train.mean(axis=0) / 16
    np.testing.assert_allclose(samples, np.tile(mean, (3, 1)), atol=1e-5)
    assert np.isfinite(marginal_logits(data, 1e-7)).all()


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_survives_its_json(name):
    recipe = get_recipe(name)
    values = json.loads(json.dumps(dataclasses.asdict(recipe)))
    assert recipe_from_dict(name, values) == recipe


def test_settings():
    recipe = with_settings(
        get_recipe("digits"),
        ["batch_size=50", "learning_rate=1e-4", "generator_units=7,9", "latent=normal"],
    )
    assert recipe.batch_size == 50 and recipe.learning_rate == 1e-4
    assert recipe.generator_units == (7, 9) and recipe.latent == "normal"
    assert get_recipe("digits").batch_size != 50


@pytest.mark.parametrize(
    "setting, message",
    [
        ("batchsize=50", "no setting 'batchsize'"),
        ("batch_size", "key=value"),
        ("batch_size=many", "a whole number"),
        ("batch_size=5.5", "a whole number"),
        ("learning_rate=fast", "a number"),
        ("generator_units=1,x", "separated by commas"),
        ("generator_units=", "separated by commas"),
        ("generator_units=0", "at least 1"),
        ("batch_size=0", "at least 1"),
        ("epochs=-1", "at least 1"),
        ("learning_rate=nan", "finite"),
        ("learning_rate=-1", "more than 0"),
        ("momentum=1", r"\[0, 1\)"),
        ("keep_input=0", r"\(0, 1\]"),
        ("marginal_clip=0.5", "between 0 and 0.5"),
        ("generator_average=1", r"\[0, 1\)"),
        ("objective=maximin", "one of minimax, non_saturating"),
        ("update=random", "one of alternating, simultaneous"),
        ("discriminator_pieces=300", "at most 255"),
        ("learning_rate_factor=0.5", "at least 1"),
        ("penalty=r2", "one of none, r1, r1_r2, gradient_penalty"),
        ("penalty=r1", "penalty_weight=0.0.*more than 0 with penalty=r1"),
        ("penalty_weight=-1", "at least 0"),
    ],
)
def test_bad_settings(setting, message):
    with pytest.raises(UserError, match=message) as caught:
        with_settings(get_recipe("digits"), [setting])
    assert "\n" not in str(caught.value)


def test_simultaneous_updates_have_one_discriminator_step():
    with pytest.raises(UserError, match="discriminator_steps"):
        with_settings(
            get_recipe("digits"), ["update=simultaneous", "discriminator_steps=2"]
        )


def test_unknown_recipe():
    with pytest.raises(UserError, match="unknown recipe 'dcgan2'.*digits, mnist"):
        get_recipe("dcgan2")


def test_recipes_make_the_optimizer_they_name():
    for name in ("momentum", "adam", "rmsprop"):
        recipe = get_recipe("mnist").replace(optimizer=name)
        assert type(recipe.make_optimizer()).__name__.lower() == name
