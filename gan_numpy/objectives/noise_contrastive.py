r"""Noise-contrastive estimation: the discriminator's loss four years before the GAN.

Gutmann and Hyvärinen (AISTATS 2010; JMLR 13:307, 2012) fit an unnormalized density
:math:`p_m(u; \theta)` by learning to tell :math:`T` data points from :math:`\nu T`
points of a known noise :math:`p_n`. With the log-ratio

.. math:: G(u; \theta) = \log p_m(u; \theta) - \log p_n(u)

the probability that u is data is :math:`h(u) = \sigma(a)`, :math:`a = G - \log\nu`, and
what is maximized is

.. math::
    J = \tfrac1T \Bigl\{ \sum_{t=1}^{T} \log h(x_t)
        + \sum_{t=1}^{\nu T} \log(1 - h(y_t)) \Bigr\}.

This is the value of the minimax game for :math:`\nu = 1`, with a discriminator whose
logit is a difference of two log-densities and a generator that never moves.
"""

from __future__ import annotations

import math

import numpy as np

from gan_numpy.objectives.base import mean, sigmoid, softplus


def noise_contrastive_loss(
    data_log_ratio: np.ndarray, noise_log_ratio: np.ndarray, ratio: float
) -> tuple[float, np.ndarray, np.ndarray]:
    r"""Minus the objective of noise-contrastive estimation.

    .. math::
        L = -J = \tfrac1T \sum \mathrm{softplus}(-a_x)
               + \tfrac{\nu}{\nu T} \sum \mathrm{softplus}(a_y), \qquad
        \frac{\partial L}{\partial G_x} = \frac{\sigma(a_x) - 1}{T}, \quad
        \frac{\partial L}{\partial G_y} = \nu\, \frac{\sigma(a_y)}{\nu T}.

    Parameters
    ----------
    data_log_ratio : (T,) ndarray
        G of the data.
    noise_log_ratio : (M,) ndarray
        G of the noise. The second sum is taken as :math:`\nu` times a mean, so M
        need not be a multiple of T.
    ratio : float
        :math:`\nu`, noise points for each data point.

    Returns
    -------
    loss : float
        In nats.
    d_data, d_noise : ndarray
        Gradients with respect to G, shaped like it.
    """
    log_ratio = math.log(ratio)  # no NumPy number, or float32 would become float64
    a_x, a_y = data_log_ratio - log_ratio, noise_log_ratio - log_ratio
    loss = mean(softplus(-a_x)) + ratio * mean(softplus(a_y))
    d_data = -sigmoid(-a_x) / a_x.size
    d_noise = ratio * (sigmoid(a_y) / a_y.size)
    return loss, d_data, d_noise
