r"""The minimax game of the paper, and its non-saturating form.

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

import numpy as np

from gan_numpy.objectives.base import Objective, mean, sigmoid, softplus


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
    loss = mean(softplus(-real_logits)) + mean(softplus(fake_logits))
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
    loss = -mean(softplus(fake_logits))
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
    loss = mean(softplus(-fake_logits))
    return loss, -sigmoid(-fake_logits) / fake_logits.size


MINIMAX = Objective("minimax", discriminator_loss, minimax_generator_loss)
NON_SATURATING = Objective(
    "non_saturating", discriminator_loss, non_saturating_generator_loss
)
