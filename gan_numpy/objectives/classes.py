r"""A class head beside the discriminator's output: ACGAN and InfoGAN.

The discriminator ends with :math:`1 + K` outputs: the logit *a* of being real, and the
K logits :math:`l` of a class, with :math:`Q(c | x) = \mathrm{softmax}(l)_c`. The
generator is told a class c beside its noise. Both players add the cross-entropy of the
class to their losses, the generator's through the discriminator:

.. math::
    C = -\tfrac1B \sum \log Q(c_n | x_n), \qquad
    \frac{\partial C}{\partial l} = \frac{\mathrm{softmax}(l) - \mathrm{onehot}(c)}B .

*ACGAN* (Odena, Olah and Shlens, arXiv:1610.09585, eqs. 2 and 3): C of the real examples
with their labels, and C of the generated ones with the classes asked for.

*InfoGAN* (Chen et al., arXiv:1606.03657, eqs. 4 and 5): no labels. C of the generated
examples alone, with classes drawn at random, is a bound on what the sample tells about
its code:

.. math:: I(c; G(z, c)) \ge E \log Q(c | G(z, c)) + H(c) = \log K - C .

At :math:`\log K` every sample tells its class; what the classes mean is up to the game.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.objectives.base import Objective, mean


def softmax_cross_entropy(
    logits: np.ndarray, labels: np.ndarray
) -> tuple[float, np.ndarray]:
    r"""Mean of :math:`-\log \mathrm{softmax}(l)_c` and its gradient.

    Parameters
    ----------
    logits : (B, K) ndarray
    labels : (B,) int ndarray
        In 0 .. K - 1.

    Returns
    -------
    loss : float
        In nats; :math:`\log K` for equal logits.
    d_logits : (B, K) ndarray
        In the dtype of `logits`.
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = mean(np.log(total[:, 0]) - shifted[rows, labels])
    d_logits = e / total
    d_logits[rows, labels] -= 1
    return loss, d_logits / len(labels)


def with_classes(
    objective: Objective,
    real_labels: np.ndarray | None,
    fake_labels: np.ndarray,
    weight: float,
) -> Objective:
    """Add a class head's losses to an objective, for one minibatch.

    Parameters
    ----------
    objective : Objective
        Of the first output.
    real_labels : (B,) int ndarray or None
        ACGAN's; None for InfoGAN.
    fake_labels : (B,) int ndarray
        The classes that the generator was told.
    weight : float
        Factor of the cross-entropies.

    Returns
    -------
    Objective
        Of outputs (B, 1 + K).
    """

    def head(outputs: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
        loss, d_logits = softmax_cross_entropy(outputs[:, 1:], labels)
        return weight * loss, weight * d_logits

    def discriminator_loss(
        real: np.ndarray, fake: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        loss, d_a_real, d_a_fake = objective.discriminator(real[:, :1], fake[:, :1])
        fake_loss, d_fake = head(fake, fake_labels)
        real_loss, d_real = 0.0, np.zeros_like(real[:, 1:])
        if real_labels is not None:
            real_loss, d_real = head(real, real_labels)
        return (
            loss + real_loss + fake_loss,
            np.hstack([d_a_real, d_real]),
            np.hstack([d_a_fake, d_fake]),
        )

    def generator_loss(fake: np.ndarray) -> tuple[float, np.ndarray]:
        loss, d_a = objective.generator(fake[:, :1])
        class_loss, d_logits = head(fake, fake_labels)
        return loss + class_loss, np.hstack([d_a, d_logits])

    def opinion(outputs: np.ndarray) -> np.ndarray:
        return objective.opinion(outputs[:, :1])

    return Objective(objective.name, discriminator_loss, generator_loss, opinion)
