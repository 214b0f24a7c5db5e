"""Our own layers, networks and objectives, through the public function."""

import numpy as np
import pytest

from gan_numpy import layers, objectives, penalties
from gan_numpy.gradcheck import check_gradients
from gan_numpy.layers.initializers import normal
from gan_numpy.network import Sequential


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


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_right(name, rng):
    layer, x = LAYERS[name](rng), away_from_zero(rng, 7, 5)
    result = check_gradients(layer, x)
    assert result.passed, str(result)
    generator = np.random.default_rng(1)
    assert check_gradients(layer, x, train=True, rng=generator).passed


@pytest.mark.parametrize("name", objectives.OBJECTIVES)
def test_the_objectives_are_right(name, rng):
    real, fake = rng.standard_normal(7), rng.standard_normal(11)
    objective = objectives.OBJECTIVES[name]
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
    doubled = check_gradients(
        lambda W: (penalty(W)[0], 2 * penalty(W)[1]), critic.params[name]
    )
    assert not doubled.passed
