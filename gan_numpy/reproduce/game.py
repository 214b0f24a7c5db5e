r"""The game in one dimension, as it is learned: two small networks of our own layers.

The generator maps a z, uniform on the line (-1, 1), to a number x; the discriminator
looks at numbers. Their gradients come from the two steps of `gan_numpy.training.steps`;
everything is computed in float64.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy.layers import Dense, Tanh
from gan_numpy.layers.base import Layer
from gan_numpy.layers.initializers import glorot_uniform
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import OBJECTIVES, sigmoid
from gan_numpy.optim import Adam, Arrays, ExponentialDecay
from gan_numpy.reproduce.densities import (
    discriminator_error,
    game_value,
    integrate,
    jensen_shannon,
    normal_density,
)
from gan_numpy.training.algorithm1 import discriminator_step, generator_step

OBJECTIVE = OBJECTIVES["non_saturating"]
BETAS = (0.5, 0.9)
Sampler = Callable[[int, np.random.Generator], np.ndarray]


def make_network(units: tuple[int, ...], rng: np.random.Generator) -> Sequential:
    """A network from one number to one number, tanh in between, in float64."""
    layers: list[tuple[str, Layer]] = []
    for i, (n_in, n_out) in enumerate(zip((1, *units), (*units, 1))):
        dense = Dense(n_in, n_out, init=glorot_uniform(), rng=rng, dtype=np.float64)
        layers.append((f"h{i}", dense))
        if i < len(units):
            layers.append((f"h{i}_tanh", Tanh()))
    return Sequential(layers)


def spread_units(
    network: Sequential,
    rng: np.random.Generator,
    slopes: tuple[float, float],
    reach: float,
) -> None:
    """Start each unit of the first layer at a place of its own, evenly over ± `reach`.

    A tanh of :math:`w (x - c)` bends at c. With one input and biases of 0 all would
    bend at 0, and the network could learn little else for a long time.

    Parameters
    ----------
    network : Sequential
        As `make_network` makes it; changed.
    rng : numpy.random.Generator
    slopes : (float, float)
        Least and largest w.
    reach : float
    """
    W, b = network.params["h0.W"], network.params["h0.b"]
    W[:] = rng.uniform(*slopes, W.shape)
    b[:] = -W[0] * np.linspace(-reach, reach, len(b))


def fit_normal(G: Sequential, mean: float, std: float, steps: int = 4000) -> None:
    r"""Make G the map from the uniform line to N(mean, std²), by least squares.

    The map that keeps the order is :math:`x = \mu + s\,\Phi^{-1}((z + 1) / 2)`; G is
    fitted to it on an even grid of z, full batch, with a rate that falls to 0.
    """
    from scipy.special import ndtri

    n = 400
    z = np.linspace(-1 + 1 / n, 1 - 1 / n, n)[:, None]
    target = mean + std * ndtri((z + 1) / 2)
    state = Adam(ExponentialDecay(0.01)).init(G.params)
    for step in range(steps):
        x, cache = G.forward(z)
        _, grads = G.backward((x - target) * 2 / n, cache, input_grad=False)
        adam = Adam(ExponentialDecay(0.01 * (1 - step / steps)))
        adam.update(G.params, grads, state, 1)


def affine_generator(mean: float, std: float) -> Sequential:
    """The generator whose x, for a z of mean 0 and variance 1, has these."""
    rng = np.random.default_rng(0)
    layer = Dense(1, 1, init=glorot_uniform(), rng=rng, bias=mean, dtype=np.float64)
    layer.params["W"][:] = std
    return Sequential([("x", layer)])


def standard_normal(n: int, rng: np.random.Generator) -> np.ndarray:
    """`n` numbers of N(0, 1), (n, 1) float64."""
    return rng.standard_normal((n, 1))


def uniform_line(n: int, rng: np.random.Generator) -> np.ndarray:
    """`n` numbers z, uniform on (-1, 1), (n, 1) float64."""
    return rng.uniform(-1, 1, (n, 1))


class Players:
    """Both players, their optimizers, and the source of their examples.

    Parameters
    ----------
    G, D : Sequential
    noise, data : callable
        ``(n, rng) -> (n, 1)``: z, and real examples.
    rate : float
        Adam's learning rate.
    batch : int
        Examples per step and player.
    rng : numpy.random.Generator
    """

    def __init__(
        self,
        G: Sequential,
        D: Sequential,
        noise: Sampler,
        data: Sampler,
        rate: float,
        batch: int,
        rng: np.random.Generator,
    ) -> None:
        self.G, self.D, self.noise, self.data = G, D, noise, data
        self.batch, self.rng = batch, rng
        self.rate = rate
        self.states: tuple[Arrays, Arrays] = (
            self._adam(rate).init(G.params),
            self._adam(rate).init(D.params),
        )

    @staticmethod
    def _adam(rate: float) -> Adam:
        return Adam(ExponentialDecay(rate), *BETAS)

    def step_discriminator(self, factor: float = 1.0) -> None:
        """One ascent of D on V, at `factor` times the rate."""
        x, z = self.data(self.batch, self.rng), self.noise(self.batch, self.rng)
        step = discriminator_step(self.G, self.D, OBJECTIVE, x, z, self.rng)
        adam = self._adam(self.rate * factor)
        adam.update(self.D.params, step.grads, self.states[1], 1)

    def step_generator(self, factor: float = 1.0) -> None:
        """One step of G along the gradient that D gives it."""
        z = self.noise(self.batch, self.rng)
        step = generator_step(self.G, self.D, OBJECTIVE, z, self.rng)
        adam = self._adam(self.rate * factor)
        adam.update(self.G.params, step.grads, self.states[0], 1)

    def logits(self, x: np.ndarray) -> np.ndarray:
        """D before its sigmoid on a grid, (points,)."""
        return self.D.forward(x[:, None])[0][:, 0]

    def mapped(self, z: np.ndarray) -> np.ndarray:
        """G on a grid, (points,)."""
        return self.G.forward(z[:, None])[0][:, 0]


def train_alone(
    mean: float, std: float, seed: int = 0, steps: int = 1000
) -> dict[str, float]:
    r"""Train D against a generator that stands still; compare with the exact answers.

    Real examples are N(0, 1), generated ones N(mean, std²). The discriminator has the
    layers 1-64-64-1; its learning rate falls linearly to 0.

    Returns
    -------
    dict
        ``error`` (mean :math:`|D - D^*|`), ``value`` (V at the D that was learned),
        ``exact_value`` (:math:`-\log 4 + 2\,JSD`), ``jsd``, ``mean_output`` of D.
    """
    rng = np.random.default_rng(seed)
    G, D = affine_generator(mean, std), make_network((64, 64), rng)
    players = Players(G, D, standard_normal, standard_normal, 0.003, 512, rng)
    for step in range(steps):
        players.step_discriminator(1 - step / steps)
    x = np.linspace(-12, 12, 4001)
    p, q = normal_density(x), normal_density(x, mean, std)
    logits = players.logits(x)
    jsd = jensen_shannon(p, q, x)
    return {
        "error": discriminator_error(sigmoid(logits), p, q, x),
        "value": game_value(logits, p, q, x),
        "exact_value": float(-np.log(4) + 2 * jsd),
        "jsd": jsd,
        "mean_output": integrate(sigmoid(logits) * (p + q) / 2, x),
    }
