r"""Semi-supervised learning with a GAN (Salimans et al., "Improved techniques for
training GANs", arXiv:1606.03498, sections 3.1 and 5).

The discriminator is a classifier of K classes and one more, *generated*, whose logit is
fixed at 0: a shift of all logits changes no softmax. With
:math:`\ell = \log \sum_k e^{l_k}` the probability of being real is

.. math:: D(x) = \frac{e^\ell}{e^\ell + 1} = \sigma(\ell) .

Three kinds of examples, three losses, each a mean over its minibatch:

===========  ================================  =================================
kind         loss                              gradient with respect to l
===========  ================================  =================================
labeled      :math:`\ell - l_y`                :math:`p - \mathrm{onehot}(y)`
unlabeled    half :math:`\log(1 + e^{-\ell})`  half of :math:`-\sigma(-\ell)\,p`
generated    half :math:`\log(1 + e^{\ell})`   half of :math:`\sigma(\ell)\,p`
===========  ================================  =================================

with :math:`p = \mathrm{softmax}(l) = \partial\ell/\partial l`. The generator matches
features: the means of an inner layer f of the discriminator on data and on samples.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gan_numpy.objectives.base import mean, sigmoid, softplus
from gan_numpy.objectives.classes import softmax_cross_entropy


class SemiSupervisedGradients(NamedTuple):
    """Gradients with respect to the three kinds of logits, each (B, K)."""

    labeled: np.ndarray
    unlabeled: np.ndarray
    fake: np.ndarray


def log_sum_exp(logits: np.ndarray) -> np.ndarray:
    r""":math:`\ell = \log \sum_k e^{l_k}`, (B, K) to (B, 1), without overflow."""
    top = logits.max(axis=1, keepdims=True)
    return top + np.log(np.exp(logits - top).sum(axis=1, keepdims=True))


def semi_supervised_loss(
    labeled: np.ndarray, labels: np.ndarray, unlabeled: np.ndarray, fake: np.ndarray
) -> tuple[float, SemiSupervisedGradients]:
    r"""The discriminator's loss: the sum of the table's three.

    Parameters
    ----------
    labeled, unlabeled, fake : (B, K) ndarray
        Logits; the batches may differ in size.
    labels : int ndarray
        Of the labeled examples.

    Returns
    -------
    loss : float
    gradients : SemiSupervisedGradients
    """
    supervised, d_labeled = softmax_cross_entropy(labeled, labels)
    real, generated = log_sum_exp(unlabeled), log_sum_exp(fake)
    loss = supervised + (mean(softplus(-real)) + mean(softplus(generated))) / 2
    p_real, p_fake = np.exp(unlabeled - real), np.exp(fake - generated)
    return loss, SemiSupervisedGradients(
        d_labeled,
        -sigmoid(-real) * p_real / (2 * len(unlabeled)),
        sigmoid(generated) * p_fake / (2 * len(fake)),
    )


def feature_matching(
    real_features: np.ndarray, fake_features: np.ndarray
) -> tuple[float, np.ndarray]:
    r"""The generator's loss: the squared distance of the mean features.

    .. math::
        L_G = \lVert m_r - m_f \rVert^2, \qquad
        \frac{\partial L_G}{\partial f_n} = -\frac2B (m_r - m_f) .

    Parameters
    ----------
    real_features, fake_features : (B, features) ndarray

    Returns
    -------
    loss : float
    d_fake : ndarray
        Gradient with respect to `fake_features`.
    """
    gap = real_features.mean(axis=0) - fake_features.mean(axis=0)
    d_fake = np.broadcast_to(-2 / len(fake_features) * gap, fake_features.shape)
    return float(np.sum(gap * gap, dtype=np.float64)), d_fake.astype(gap.dtype)
