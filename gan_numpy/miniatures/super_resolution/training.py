r"""The two stages: the mean squared error, then what looks true.

The first stage minimizes the mean squared error of pixels, which is what PSNR measures:
of all images that may have been meant it draws the average, which is blurred. The
second adds what tells a blurred image from a sharp one,

.. math::
    L_G = w_x \overline{(y - x)^2} + w_f \overline{(\phi(y) - \phi(x))^2}
        + w_a \overline{\zeta(-D(y))} ,

with the features :math:`\phi` of a classifier and the non-saturating loss of a judge D,
:math:`\zeta` = softplus. Overlines are means over the batch's values. The gradient of
each term reaches y, the sum of all three crosses the generator once.

Source: arXiv:1609.04802, eq. 3 to 6 (features of VGG there).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gan_numpy.layers import Grads, Sequential
from gan_numpy.miniatures.super_resolution.resize import resized
from gan_numpy.objectives import discriminator_loss, non_saturating_generator_loss
from gan_numpy.optim import Adam, ExponentialDecay

ROWS = 500  # images that go through the network at once


@dataclass(frozen=True)
class Weights:
    """Of the three terms."""

    pixels: float = 1.0
    features: float = 0.0
    judge: float = 0.0


@dataclass(frozen=True)
class Critics:
    """Who sees more than pixels: a classifier's features and a judge."""

    features: Sequential
    judge: Sequential


def enlarged(G: Sequential, small: np.ndarray) -> np.ndarray:
    """Images of twice the side, part by part."""
    parts = np.split(small, range(ROWS, len(small), ROWS))
    return np.concatenate([resized(p, 2 * p.shape[2]) + G.forward(p)[0] for p in parts])


def error_stage(
    G: Sequential,
    batches: Callable[[], np.ndarray],
    steps: int,
    rate: float,
    told: Callable[[], None],
) -> None:
    """Train the generator in place on the mean squared error alone.

    Parameters
    ----------
    G : Sequential
    batches : callable
        Gives large images (B, C, H, H).
    steps : int
    rate : float
        Of Adam; it falls to a hundredth.
    told : callable
        Called after each step.
    """
    optimizer = Adam(ExponentialDecay(rate, 100 ** (1 / steps)))
    state = optimizer.init(G.params)
    for _ in range(steps):
        x = batches()
        grads, _ = generator_gradients(G, x, None, Weights())
        optimizer.update(G.params, grads, state, 1)
        told()


def adversarial_stage(
    G: Sequential,
    critics: Critics,
    weights: Weights,
    batches: Callable[[], np.ndarray],
    steps: int,
    rate: float,
    told: Callable[[], None],
) -> None:
    """Train the generator and the judge in place; see `error_stage`."""
    slow, fast = (Adam(ExponentialDecay(rate), 0.5) for _ in range(2))
    D = critics.judge
    states = slow.init(G.params), fast.init(D.params)
    for _ in range(steps):
        x = batches()
        grads, y = generator_gradients(G, x, critics, weights)
        fast.update(D.params, judge_gradients(D, x, y), states[1], 1)
        slow.update(G.params, grads, states[0], 1)
        told()


def generator_gradients(
    G: Sequential, x: np.ndarray, critics: Critics | None, weights: Weights
) -> tuple[Grads, np.ndarray]:
    """Of the generator's loss on large images x; and what it drew."""
    small = resized(x, x.shape[2] // 2)
    R, cache = G.forward(small)
    y = resized(small, x.shape[2]) + R
    dy = (2 * weights.pixels / x.size) * (y - x)
    if critics is not None:
        dy += weights.features * _features_gradient(critics.features, y, x)
        logits, of_judge = critics.judge.forward(y)
        _, dlogits = non_saturating_generator_loss(logits)
        dx, _ = critics.judge.backward(dlogits, of_judge, param_grads=False)
        assert dx is not None  # asked for
        dy += weights.judge * dx
    _, grads = G.backward(dy.astype(x.dtype), cache, input_grad=False)
    return grads, y


def judge_gradients(D: Sequential, x: np.ndarray, y: np.ndarray) -> Grads:
    """Of the discriminator's loss: x are true, y are drawn."""
    logits, cache = D.forward(np.concatenate([x, y]))
    _, *parts = discriminator_loss(*np.split(logits, 2))
    return D.backward(np.concatenate(parts), cache, input_grad=False)[1]


def _features_gradient(phi: Sequential, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Of the mean squared distance of features, with respect to y."""
    true, _ = phi.forward(x.reshape(len(x), -1))
    found, cache = phi.forward(y.reshape(len(y), -1))
    dy, _ = phi.backward(2 * (found - true) / true.size, cache, param_grads=False)
    assert dy is not None  # asked for
    return dy.reshape(y.shape)
