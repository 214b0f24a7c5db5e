r"""Classifier two-sample tests: can anything tell the samples from real data?

Label real points 1 and samples 0, train a classifier on half of them, and look at its
accuracy t on the other half. If the distributions are equal no classifier does better
than chance, and t is nearly :math:`N(\tfrac12, \tfrac{1}{4 n_{te}})`, which gives the
p-value. The classifier is a discriminator that a finished generator has never met: 20
ReLU units, 100 epochs of Adam, on `objectives.discriminator_loss`.

The other classifier needs no training: each point gets the label of its nearest other
point. Its leave-one-out accuracy is ½ for equal distributions, 1 if the sets are apart,
and *below* ½ if samples sit on top of real points: 0 for copies.

Source: Lopez-Paz and Oquab, arXiv:1610.06545, section 3; leave-one-out nearest neighbor
as in Xu et al., arXiv:1806.07755.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gan_numpy.evaluation.distances import (
    BLOCK_VALUES,
    check_points,
    squared_distances,
)
from gan_numpy.kernels import steady_kernels, use_kernels
from gan_numpy.kernels.threads import limit_threads
from gan_numpy.layers import Dense, ReLU
from gan_numpy.layers.initializers import he_normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import discriminator_loss
from gan_numpy.optim import Adam, ExponentialDecay
from gan_numpy.evaluation.measurement import Measurement, Row
from gan_numpy.evaluation.subject import REAL, SAMPLES, TEST, Subject

POINTS = 2_000  # of each set, in the table
UNITS, EPOCHS = 20, 100  # those of arXiv:1610.06545
BATCH, RATE = 50, 0.001  # points of each kind in a step; chosen here


@dataclass(frozen=True)
class TwoSampleResult:
    """A held-out accuracy and how often chance does as well.

    Attributes
    ----------
    accuracy : float
        ½ for equal distributions.
    p_value : float
        Probability of at least this accuracy by chance (normal approximation).
    """

    accuracy: float
    p_value: float


def chance(accuracy: float, n: int) -> float:
    r""":math:`P(T \ge t)` for :math:`T \sim N(\tfrac12, \tfrac{1}{4n})`."""
    return 0.5 * math.erfc((accuracy - 0.5) * math.sqrt(2 * n))


def classifier_two_sample(
    samples: np.ndarray, real: np.ndarray, seed: int = 0
) -> TwoSampleResult:
    """Held-out accuracy of a small network.

    Parameters
    ----------
    samples, real : (N, d), (M, d)
        Four points at least; of the larger set the first ones are used, as many as the
        other has.
    seed : int

    Raises
    ------
    ValueError
        If there are too few points, shapes do not fit or a value is not finite.
    """
    samples, real = _equal(samples, real, least=4)
    rng = np.random.default_rng(seed)
    n = len(real)
    half = n // 2
    real, samples = real[rng.permutation(n)], samples[rng.permutation(n)]
    known = np.concatenate([real[:half], samples[:half]])
    mean, std = known.mean(axis=0), known.std(axis=0)
    std[std == 0] = 1  # a pixel that is always black tells nothing
    real, samples = (real - mean) / std, (samples - mean) / std
    with use_kernels(steady_kernels()), limit_threads(1):
        network = _discriminator(real[:half], samples[:half], rng)
        real_logits, _ = network.forward(real[half:])
        sample_logits, _ = network.forward(samples[half:])
    accuracy = float((np.mean(real_logits > 0) + np.mean(sample_logits <= 0)) / 2)
    return TwoSampleResult(accuracy, chance(accuracy, 2 * (n - half)))


def _discriminator(
    real: np.ndarray, samples: np.ndarray, rng: np.random.Generator
) -> Sequential:
    """A small network trained to tell real points from samples, all in float64."""
    init, d = he_normal(), real.shape[1]
    hidden = Dense(d, UNITS, init=init, rng=rng, dtype=np.float64)
    out = Dense(UNITS, 1, init=init, rng=rng, dtype=np.float64)
    network = Sequential([("hidden", hidden), ("relu", ReLU()), ("out", out)])
    optimizer = Adam(ExponentialDecay(RATE))
    state, n = optimizer.init(network.params), len(real)
    for epoch in range(1, EPOCHS + 1):
        orders = rng.permutation(n), rng.permutation(n)
        for start in range(0, n, BATCH):
            rows = [order[start : start + BATCH] for order in orders]
            x = np.concatenate([real[rows[0]], samples[rows[1]]])
            logits, cache = network.forward(x, train=True)
            halves = np.split(logits, 2)
            _, d_real, d_sample = discriminator_loss(halves[0], halves[1])
            d_logits = np.concatenate([d_real, d_sample])
            _, grads = network.backward(d_logits, cache, input_grad=False)
            optimizer.update(network.params, grads, state, epoch)
    return network


def nearest_neighbor_two_sample(
    samples: np.ndarray, real: np.ndarray, block_values: int = BLOCK_VALUES
) -> float:
    """Leave-one-out accuracy of the nearest neighbor among both sets together.

    Parameters
    ----------
    samples, real : (N, d), (M, d)
        Two points at least; of the larger set the first ones are used, as many as the
        other has.
    block_values : int
        Distances held at once.
    """
    samples, real = _equal(samples, real, least=2)
    points, n = np.concatenate([real, samples]), len(real)
    correct = np.empty(2 * n, bool)
    for rows, d2 in squared_distances(points, points, block_values):
        here = np.arange(rows.start, rows.stop)
        d2[np.arange(len(d2)), here] = np.inf
        correct[rows] = (d2.argmin(axis=1) < n) == (here < n)
    return float(correct.mean())


def _equal(
    samples: np.ndarray, real: np.ndarray, least: int
) -> tuple[np.ndarray, np.ndarray]:
    """The first points of both sets, equally many, checked."""
    samples = check_points("samples", samples, least)
    real = check_points("real points", real, least, samples.shape[1])
    n = min(len(samples), len(real))
    return samples[:n], real[:n]


def measure(subject: Subject) -> Measurement:
    """Classifier two-sample tests."""
    a, b, test = subject.points(POINTS, SAMPLES, REAL, TEST)
    found, real = classifier_two_sample(a, test), classifier_two_sample(b, test)
    one_nn = (
        nearest_neighbor_two_sample(a, test),
        nearest_neighbor_two_sample(b, test),
    )
    n, accuracy = len(a), (found.accuracy, real.accuracy)
    p = found.p_value, real.p_value
    rows = [
        Row(key, label, *values, better, n, text)
        for key, label, values, better, text in (
            ("accuracy", "two-sample accuracy", accuracy, "0.5", "a new D's, held out"),
            ("p_value", "two-sample p-value", p, "> 0.05", "chance does as well"),
            (
                "nearest_neighbor",
                "1-NN accuracy",
                one_nn,
                "0.5",
                "1: sets apart; 0: samples are copies",
            ),
        )
    ]
    return Measurement(rows)
