r"""The objectives of the game, on logits: each player's loss and its gradient.

The discriminator's probability is :math:`D = \sigma(a)` with logit :math:`a`. The value
of the game (Goodfellow et al. 2014, eq. 1) is

.. math:: V = E_x \log D(x) + E_z \log(1 - D(G(z))).

With :math:`\log \sigma(a) = -\mathrm{softplus}(-a)` and
:math:`\log(1 - \sigma(a)) = -\mathrm{softplus}(a)` every loss is finite for every
logit; :math:`\log(1 - \sigma(a))` computed in float32 is :math:`-\infty` from
:math:`a = 17`.

All functions take logits of any shape whose entries are one per example, average over
the :math:`B` of them, and return a float and gradients of the logits' shape and dtype.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

DiscriminatorLoss = Callable[
    [np.ndarray, np.ndarray], tuple[float, np.ndarray, np.ndarray]
]
GeneratorLoss = Callable[[np.ndarray], tuple[float, np.ndarray]]


def softplus(a: np.ndarray) -> np.ndarray:
    r""":math:`\log(1 + e^a) = \max(a, 0) + \log(1 + e^{-|a|})`, without overflow."""
    return np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))


def sigmoid(a: np.ndarray) -> np.ndarray:
    r""":math:`\sigma(a) = 1 / (1 + e^{-a})`, precise in both tails."""
    e = np.exp(-np.abs(a))
    return np.where(a >= 0, 1, e) / (1 + e)


def discriminator_loss(
    real_logits: np.ndarray, fake_logits: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    r"""The discriminator's loss, minus the value of the game.

    .. math::
        L_D = -V = \tfrac1B \sum \mathrm{softplus}(-a_r)
                 + \tfrac1B \sum \mathrm{softplus}(a_f), \qquad
        \frac{\partial L_D}{\partial a_r} = \frac{\sigma(a_r) - 1}{B}, \quad
        \frac{\partial L_D}{\partial a_f} = \frac{\sigma(a_f)}{B}.

    Parameters
    ----------
    real_logits, fake_logits : ndarray
        Logits of real and of generated examples.

    Returns
    -------
    loss : float
        In nats; :math:`2 \log 2` for a discriminator that always answers ½.
    d_real, d_fake : ndarray
        Gradients with respect to the logits.
    """
    loss = _mean(softplus(-real_logits)) + _mean(softplus(fake_logits))
    # sigma(a) - 1 = -sigma(-a), which keeps its relative precision for large a.
    d_real = -sigmoid(-real_logits) / real_logits.size
    d_fake = sigmoid(fake_logits) / fake_logits.size
    return loss, d_real, d_fake


def minimax_generator_loss(fake_logits: np.ndarray) -> tuple[float, np.ndarray]:
    r"""The generator's side of the minimax game, which saturates.

    .. math::
        L_G = \tfrac1B \sum \log(1 - D) = -\tfrac1B \sum \mathrm{softplus}(a_f),
        \qquad \frac{\partial L_G}{\partial a_f} = -\frac{\sigma(a_f)}{B}.

    While the discriminator rejects the samples, :math:`\sigma(a_f) \to 0` and with it
    the gradient (Goodfellow et al. 2014, end of section 3).

    Returns
    -------
    loss : float
    d_fake : ndarray
    """
    loss = -_mean(softplus(fake_logits))
    return loss, -sigmoid(fake_logits) / fake_logits.size


def non_saturating_generator_loss(fake_logits: np.ndarray) -> tuple[float, np.ndarray]:
    r"""The generator maximizes :math:`\log D(G(z))` instead.

    .. math::
        L_G = -\tfrac1B \sum \log D = \tfrac1B \sum \mathrm{softplus}(-a_f),
        \qquad \frac{\partial L_G}{\partial a_f} = \frac{\sigma(a_f) - 1}{B}.

    The same fixed point, but strong gradients early in learning (Goodfellow et al.
    2014, end of section 3). The ratio of the minimax gradient to this one is
    :math:`D / (1 - D)`.

    Returns
    -------
    loss : float
    d_fake : ndarray
    """
    loss = _mean(softplus(-fake_logits))
    return loss, -sigmoid(-fake_logits) / fake_logits.size


def _mean(values: np.ndarray) -> float:
    """Mean over the batch, accumulated in float64 whatever the training dtype."""
    return float(values.mean(dtype=np.float64))


@dataclass(frozen=True)
class Objective:
    """A pair of losses, one for each player.

    Attributes
    ----------
    name : str
    discriminator : callable
        ``(real_logits, fake_logits) -> (loss, d_real, d_fake)``
    generator : callable
        ``(fake_logits) -> (loss, d_fake)``
    """

    name: str
    discriminator: DiscriminatorLoss
    generator: GeneratorLoss


OBJECTIVES = {
    objective.name: objective
    for objective in (
        Objective("minimax", discriminator_loss, minimax_generator_loss),
        Objective("non_saturating", discriminator_loss, non_saturating_generator_loss),
    )
}
