r"""The hinge objective (Lim and Ye, "Geometric GAN", arXiv:1705.02894; used by spectral
normalization, arXiv:1802.05957, eqs. 16 and 17, and by all large GANs after it).

.. math::
    L_D = \tfrac1B \sum \max(0, 1 - a_r) + \tfrac1B \sum \max(0, 1 + a_f), \qquad
    L_G = -\tfrac1B \sum a_f .

The discriminator learns only from examples within the margin, like a support vector
machine:

.. math::
    \frac{\partial L_D}{\partial a_r} = -\frac{[a_r < 1]}B, \qquad
    \frac{\partial L_D}{\partial a_f} = \frac{[a_f > -1]}B .
"""

from __future__ import annotations

import numpy as np

from gan_numpy.objectives.base import Objective, as_it_is, mean
from gan_numpy.objectives.wasserstein import critic_generator_loss


def hinge_loss(
    real: np.ndarray, fake: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """The discriminator's loss.

    Returns
    -------
    loss : float
        2 for a discriminator that always answers 0.
    d_real, d_fake : ndarray
        Gradients with respect to the outputs; 0 at the kinks.
    """
    loss = mean(np.maximum(0, 1 - real)) + mean(np.maximum(0, 1 + fake))
    d_real = -(real < 1).astype(real.dtype) / real.size
    d_fake = (fake > -1).astype(fake.dtype) / fake.size
    return loss, d_real, d_fake


HINGE = Objective("hinge", hinge_loss, critic_generator_loss, as_it_is)
