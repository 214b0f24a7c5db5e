r"""The relativistic pairing objective (Jolicoeur-Martineau, "The relativistic
discriminator", arXiv:1807.00734, section 4.1; RpGAN of Huang et al., "The GAN is dead;
long live the GAN!", arXiv:2501.05441, eq. 2).

The discriminator does not say how real an example is, but how much more real than the
one beside it. With the gap :math:`\Delta_n = a_{r,n} - a_{f,n}` of the n-th pair,

.. math::
    L_D = \tfrac1B \sum_n \log(1 + e^{-\Delta_n}), \qquad
    L_G = \tfrac1B \sum_n \log(1 + e^{\Delta_n}) .

.. math::
    \frac{\partial L_D}{\partial a_{r,n}} = -\frac{\sigma(-\Delta_n)}B =
    -\frac{\partial L_D}{\partial a_{f,n}}, \qquad
    \frac{\partial L_G}{\partial a_{f,n}} = -\frac{\sigma(\Delta_n)}B .

A discriminator that puts one threshold between all real and all generated examples has
nothing to gain by it here: every pair counts, so every mode of the data has a boundary
of its own. The landscape has no bad local minima in which modes are missing (Sun et
al., arXiv:2011.04926). Alone the game does not converge; with the slopes penalized on
real and on generated examples it does (arXiv:2501.05441, section 2.2): see
`gan_numpy.penalties`.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.objectives.base import GeneratorLoss, Objective, mean, sigmoid, softplus


def _gap(real: np.ndarray, fake: np.ndarray) -> np.ndarray:
    if real.shape != fake.shape:
        raise ValueError(f"pairs of {real.shape} real and {fake.shape} generated ones")
    return real - fake


def relativistic_loss(
    real: np.ndarray, fake: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    r"""The discriminator's loss of pairs.

    Parameters
    ----------
    real, fake : (B, ...) ndarray
        The outputs; row n of one is paired with row n of the other.

    Returns
    -------
    loss : float
        :math:`\log 2` for a discriminator that cannot tell.
    d_real, d_fake : ndarray

    Raises
    ------
    ValueError
        If there are not as many of one as of the other.
    """
    gap = _gap(real, fake)
    d_real = -sigmoid(-gap) / gap.size
    return mean(softplus(-gap)), d_real, -d_real


def relativistic_generator_loss(
    fake: np.ndarray, real: np.ndarray
) -> tuple[float, np.ndarray]:
    r"""The generator's: each generated example is to seem more real than its real one.

    Returns
    -------
    loss : float
    d_fake : ndarray
        The real outputs do not depend on the generator.
    """
    gap = _gap(real, fake)
    return mean(softplus(gap)), -sigmoid(gap) / gap.size


def _beside(real: np.ndarray) -> GeneratorLoss:
    return lambda fake: relativistic_generator_loss(fake, real)


def _beside_nothing(fake: np.ndarray) -> tuple[float, np.ndarray]:
    """Beside real outputs of 0: the non-saturating loss."""
    return relativistic_generator_loss(fake, np.zeros_like(fake))


RELATIVISTIC = Objective(
    "relativistic", relativistic_loss, _beside_nothing, beside=_beside
)
