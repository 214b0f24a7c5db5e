"""The parameter updates, in plain NumPy; the one place where parameters change."""

from __future__ import annotations

import numpy as np


def momentum_update(
    param: np.ndarray,
    velocity: np.ndarray,
    grad: np.ndarray,
    learning_rate: float,
    momentum: float,
) -> None:
    r""":math:`v \leftarrow \mu v - \eta g`, :math:`\theta \leftarrow \theta + v`."""
    velocity *= param.dtype.type(momentum)
    velocity -= param.dtype.type(learning_rate) * grad
    param += velocity


def adam_update(
    param: np.ndarray,
    mean: np.ndarray,
    square: np.ndarray,
    grad: np.ndarray,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    t: int,
) -> None:
    r"""Adam (Kingma and Ba, arXiv:1412.6980, Algorithm 1), in place.

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1) g, \qquad
        v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \\
        \theta &\leftarrow \theta - \eta\,
            \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}.

    `t` counts the updates from 1.
    """
    scalar = param.dtype.type
    mean *= scalar(beta1)
    mean += scalar(1 - beta1) * grad
    square *= scalar(beta2)
    square += scalar(1 - beta2) * grad * grad
    root = np.sqrt(square / scalar(1 - beta2**t)) + scalar(epsilon)
    param -= scalar(learning_rate / (1 - beta1**t)) * mean / root


def rmsprop_update(
    param: np.ndarray,
    square: np.ndarray,
    grad: np.ndarray,
    learning_rate: float,
    decay: float,
    epsilon: float,
) -> None:
    r"""RMSProp: :math:`v \leftarrow \rho v + (1-\rho) g^2`,
    :math:`\theta \leftarrow \theta - \eta\, g / (\sqrt v + \epsilon)`, in place.

    Source: Tieleman and Hinton, Coursera lecture 6.5, 2012.
    """
    scalar = param.dtype.type
    square *= scalar(decay)
    square += scalar(1 - decay) * grad * grad
    param -= scalar(learning_rate) * grad / (np.sqrt(square) + scalar(epsilon))


def average_update(average: np.ndarray, param: np.ndarray, decay: float) -> None:
    r""":math:`\bar\theta \leftarrow \rho\bar\theta + (1-\rho)\theta`, in place."""
    average += average.dtype.type(1 - decay) * (param - average)
