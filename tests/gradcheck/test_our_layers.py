"""Our own layers, networks and objectives, through the public function."""

import numpy as np
import pytest

from gan_numpy import layers, objectives, penalties
from gan_numpy.gradcheck import check_gradients
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.sequential import Sequential


def away_from_zero(rng, *shape):
    x = rng.standard_normal(shape)
    return np.where(x < 0, x - 0.05, x + 0.05)


def options(rng):
    return {"init": normal(0.7), "rng": rng, "dtype": np.float64}


LAYERS = {
    "dense": lambda rng: layers.Dense(5, 3, **options(rng)),
    "maxout": lambda rng: layers.Maxout(5, 3, 11, **options(rng)),
    "relu": lambda rng: layers.ReLU(),
    "leaky relu": lambda rng: layers.LeakyReLU(0.17),
    "sigmoid": lambda rng: layers.Sigmoid(),
    "tanh": lambda rng: layers.Tanh(),
    "dropout": lambda rng: layers.Dropout(0.63),
    "network": lambda rng: Sequential(
        [
            ("h0", layers.Dense(5, 4, **options(rng))),
            ("tanh", layers.Tanh()),
            ("h1", layers.Maxout(4, 3, 2, **options(rng))),
        ]
    ),
    "float32 dense": lambda rng: layers.Dense(5, 3, init=normal(0.7), rng=rng),
}


IMAGE_LAYERS = {
    "conv": lambda rng: layers.Conv2D(2, 3, 4, stride=2, padding=1, **options(rng)),
    "conv 2/3": lambda rng: layers.Conv2D(2, 5, 2, stride=3, **options(rng)),
    "conv transpose": lambda rng: layers.ConvTranspose2D(
        2, 3, 4, stride=2, padding=1, **options(rng)
    ),
    "conv transpose 3/2": lambda rng: layers.ConvTranspose2D(
        2, 3, 3, stride=2, padding=1, output_padding=1, **options(rng)
    ),
    "maxout conv": lambda rng: layers.MaxoutConv2D(2, 3, 2, 3, **options(rng)),
    "max pool": lambda rng: layers.MaxPool2D(4, 2),
    "upsample": lambda rng: layers.Upsample(2),
    "batchnorm": lambda rng: layers.BatchNorm(2, dtype=np.float64),
    "noise": lambda rng: layers.GaussianNoise(0.4),
    "rescale": lambda rng: layers.Rescale(2, -1),
    "discriminator": lambda rng: Sequential(
        [
            ("noise", layers.GaussianNoise(0.1)),
            ("c0", layers.Conv2D(2, 3, 3, padding=1, **options(rng))),
            ("leaky", layers.LeakyReLU(0.2)),
            ("c1", layers.Conv2D(3, 4, 4, stride=2, padding=1, **options(rng))),
            # Right before batch normalization, a bias would have no gradient.
            ("leaky1", layers.LeakyReLU(0.2)),
            ("bn", layers.BatchNorm(4, dtype=np.float64)),
            ("pool", layers.MaxPool2D(2, 1)),
            ("flat", layers.Reshape(-1)),
            ("y", layers.Dense(8, 1, **options(rng))),
        ]
    ),
}


@pytest.mark.parametrize("name", IMAGE_LAYERS)
@pytest.mark.parametrize("train", [True, False])
def test_a_layer_of_images_is_right(name, train, rng):
    layer = IMAGE_LAYERS[name](rng)
    # A batch of another size than any channels, or they would be taken for it.
    x = rng.permutation(np.linspace(-2, 2, 7 * 2 * 6 * 5)).reshape(7, 2, 6, 5)
    generator = np.random.default_rng(1)
    result = check_gradients(layer, x, train=train, rng=generator)
    assert result.passed, str(result)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_right(name, rng):
    layer, x = LAYERS[name](rng), away_from_zero(rng, 7, 5)
    result = check_gradients(layer, x)
    assert result.passed, str(result)
    generator = np.random.default_rng(1)
    assert check_gradients(layer, x, train=True, rng=generator).passed


@pytest.mark.parametrize("name", objectives.OBJECTIVES)
def test_the_objectives_are_right(name, rng):
    objective = objectives.OBJECTIVES[name]
    pairs = objective.beside is not None
    real, fake = rng.standard_normal(7), rng.standard_normal(7 if pairs else 11)
    objective = objective.against(rng.standard_normal(fake.shape))
    for loss, outputs in (
        (objective.discriminator, (real, fake)),
        (objective.generator, (fake,)),
    ):
        result = check_gradients(loss, *outputs)
        assert result.passed, str(result)


def test_a_broken_layer_of_ours_is_named(rng):
    class Broken(layers.Dense):
        def backward(self, dy, cache, **keywords):
            dx, grads = super().backward(dy, cache, **keywords)
            return dx, {**grads, "b": grads["b"] / len(dy)}

    result = check_gradients(Broken(5, 3, **options(rng)), rng.standard_normal((7, 5)))
    assert result.tags == ("mean-twice",) and set(result.right) == {"dx", "dW"}


@pytest.mark.parametrize("activation", [layers.LeakyReLU(0.17), layers.Tanh()])
@pytest.mark.parametrize("penalize", [penalties.r1, penalties.gradient_penalty])
@pytest.mark.parametrize("name", ["h0.W", "h1.W", "y.W"])
def test_the_penalties_are_right(activation, penalize, name, rng):
    """Their gradients, themselves of gradients, with respect to each weight matrix."""
    critic = Sequential(
        [
            ("h0", layers.Dense(5, 4, **options(rng))),
            ("h0_activation", activation),
            ("h1", layers.Maxout(4, 3, 2, **options(rng))),
            ("y", layers.Dense(3, 1, **options(rng))),
        ]
    )
    x = away_from_zero(rng, 7, 5)

    def penalty(W):
        params = {**critic.params, name: W.astype(np.float64)}
        value, grads = penalize(critic.with_params(params), x, 9.3)
        return value, grads[name].astype(W.dtype)

    result = check_gradients(penalty, critic.params[name])
    assert result.passed, str(result)
    with searching(Limits(0)):
        doubled = check_gradients(
            lambda W: (penalty(W)[0], 2 * penalty(W)[1]), critic.params[name]
        )
    assert not doubled.passed


@pytest.mark.parametrize("penalize", [penalties.r1, penalties.gradient_penalty])
@pytest.mark.parametrize("name", ["c0.W", "c1.W", "c1.b", "t.W", "y.W"])
def test_the_penalties_cross_convolutions(penalize, name, rng):
    """Curved, so that the third sweep passes through each layer as well."""
    critic = Sequential(
        [
            ("scale", layers.Rescale(2, -1)),
            ("c0", layers.Conv2D(1, 2, 3, padding=1, **options(rng))),
            ("tanh", layers.Tanh()),
            ("t", layers.ConvTranspose2D(2, 2, 2, stride=2, **options(rng))),
            ("up", layers.Upsample(2)),
            ("c1", layers.MaxoutConv2D(2, 2, 2, 4, stride=3, **options(rng))),
            ("tanh1", layers.Tanh()),
            ("pool", layers.MaxPool2D(2, 1)),
            ("flat", layers.Reshape(-1)),
            ("y", layers.Dense(40, 1, **options(rng))),
        ]
    )
    x = rng.standard_normal((2, 1, 4, 5))

    def penalty(parameter):
        params = {**critic.params, name: parameter.astype(np.float64)}
        value, grads = penalize(critic.with_params(params), x, 9.3)
        return value, grads[name].astype(parameter.dtype)

    result = check_gradients(penalty, critic.params[name])
    assert result.passed, str(result)


def test_a_penalty_does_not_cross_batch_normalization(rng):
    critic = Sequential(
        [
            ("bn", layers.BatchNorm(5)),
            ("y", layers.Dense(5, 1, init=normal(1), rng=rng)),
        ]
    )
    x = rng.standard_normal((7, 5)).astype(np.float32)
    with pytest.raises(NotImplementedError, match="a gradient penalty cannot cross"):
        penalties.r1(critic, x, 1.0)
