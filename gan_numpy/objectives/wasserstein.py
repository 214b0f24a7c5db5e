r"""Wasserstein GAN (Arjovsky, Chintala and Bottou, arXiv:1701.07875, eqs. 2 and 3).

Over all functions f of slope at most 1, the largest difference of means is the
Wasserstein distance of the two distributions,

.. math:: W_1(p_{data}, p_g) = \max_{\lVert f \rVert_L \le 1} E_x f(x) - E_z f(G(z)) .

The critic f stands where the discriminator stood; its output is a price, not a logit.

.. math::
    L_D = \tfrac1B \sum f_f - \tfrac1B \sum f_r, \qquad
    \frac{\partial L_D}{\partial f_r} = -\frac1B, \quad
    \frac{\partial L_D}{\partial f_f} = \frac1B, \qquad
    L_G = -\tfrac1B \sum f_f, \quad
    \frac{\partial L_G}{\partial f_f} = -\frac1B .

These gradients never saturate. What keeps the critic's slope bounded is not in the
loss: clipped weights (`gan_numpy.penalties.clip_weights`), with which :math:`-L_D` is
the distance only up to an unknown factor, or the gradient penalty
(`gan_numpy.penalties.gradient_penalty`).
"""

from __future__ import annotations

import numpy as np

from gan_numpy.objectives.base import Objective, as_it_is, mean


def critic_loss(
    real: np.ndarray, fake: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """The critic's loss: minus the estimated distance.

    Returns
    -------
    loss : float
    d_real, d_fake : ndarray
        Gradients with respect to the outputs.
    """
    d_real = np.full_like(real, -1 / real.size)
    return mean(fake) - mean(real), d_real, np.full_like(fake, 1 / fake.size)


def critic_generator_loss(fake: np.ndarray) -> tuple[float, np.ndarray]:
    """The generator raises the critic's price of its samples.

    Returns
    -------
    loss : float
    d_fake : ndarray
    """
    return -mean(fake), np.full_like(fake, -1 / fake.size)


WASSERSTEIN = Objective("wasserstein", critic_loss, critic_generator_loss, as_it_is)
