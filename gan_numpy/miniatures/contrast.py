r"""Fitting an unnormalized density by telling data from noise, and what it costs.

`fit` descends `gan_numpy.objectives.noise_contrastive` through the model's backward
pass. `asymptotic_covariance` is what the estimator's error must tend to (Gutmann and
Hyvärinen, JMLR 13:307, 2012, on the estimation error): with :math:`g` the model's
gradient and :math:`P = \nu p_n / (p_d + \nu p_n)`,

.. math::
    T \operatorname{cov}(\hat\theta) \to
      I^{-1} - \bigl(1 + \tfrac1\nu\bigr)\, I^{-1} m\, m^\top I^{-1}, \qquad
    I = E_d[P\, g g^\top], \quad m = E_d[P\, g] .

For :math:`\nu \to \infty`, P is 1 and this is the bound of Cramér and Rao, which
maximum likelihood reaches - with a constant that it must know.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded at their first use

from gan_numpy.miniatures.densities import LogDensity, Params
from gan_numpy.objectives.noise_contrastive import noise_contrastive_loss

STEPS = 500  # of L-BFGS, which stops by itself long before


def pack(params: Params) -> np.ndarray:
    """All parameters in one vector, in the order of the dictionary."""
    return np.concatenate([np.ravel(value) for value in params.values()])


def unpack(vector: np.ndarray, like: Params) -> Params:
    """The vector's parts with the names and shapes of `like`."""
    ends = np.cumsum([np.size(value) for value in like.values()])
    parts = np.split(vector, ends[:-1])
    return {k: p.reshape(np.shape(like[k])) for k, p in zip(like, parts)}


@dataclass(frozen=True)
class Contrast:
    r"""What the classifier is shown.

    Attributes
    ----------
    data, noise : (T, d), (M, d) ndarray
    log_noise_of_data, log_noise_of_noise : (T,), (M,) ndarray
        :math:`\log p_n` of both: the one thing that must be known of the noise.
    ratio : float
        :math:`\nu`
    """

    data: np.ndarray
    noise: np.ndarray
    log_noise_of_data: np.ndarray
    log_noise_of_noise: np.ndarray
    ratio: float


def loss_and_gradient(
    model: LogDensity, params: Params, shown: Contrast
) -> tuple[float, Params]:
    """The loss of noise-contrastive estimation, and its gradient by parameter."""
    data_log, data_cache = model.forward(params, shown.data)
    noise_log, noise_cache = model.forward(params, shown.noise)
    loss, d_data, d_noise = noise_contrastive_loss(
        data_log - shown.log_noise_of_data,
        noise_log - shown.log_noise_of_noise,
        shown.ratio,
    )
    of_data = model.backward(d_data, data_cache)
    of_noise = model.backward(d_noise, noise_cache)
    return loss, {name: of_data[name] + of_noise[name] for name in params}


def fit(model: LogDensity, start: Params, shown: Contrast) -> Params:
    """The parameters of least loss, by SciPy's L-BFGS from a start."""

    def evaluate(vector: np.ndarray) -> tuple[float, np.ndarray]:
        loss, grads = loss_and_gradient(model, unpack(vector, start), shown)
        return loss, pack({name: grads[name] for name in start})

    options = {"maxiter": STEPS, "ftol": 1e-13, "gtol": 1e-8}
    found = scipy.optimize.minimize(
        evaluate, pack(start), jac=True, method="L-BFGS-B", options=options
    )
    return unpack(found.x, start)


def asymptotic_covariance(
    gradients: np.ndarray,
    data_log: np.ndarray,
    noise_log: np.ndarray,
    weights: np.ndarray,
    ratio: float,
) -> np.ndarray:
    r"""The covariance of :math:`\sqrt T (\hat\theta - \theta)` for many data.

    Parameters
    ----------
    gradients : (K, p) ndarray
        Of the model's log-density with respect to the parameters, at points of a grid.
    data_log, noise_log : (K,) ndarray
        Log-densities of the data and of the noise there.
    weights : (K,) ndarray
        Of the quadrature.
    ratio : float
        :math:`\nu`
    """
    P = 1 / (1 + np.exp(data_log - noise_log) / ratio)
    of_data = weights * np.exp(data_log) * P
    inverse = np.linalg.inv(np.einsum("k,kp,kq->pq", of_data, gradients, gradients))
    m = inverse @ (of_data @ gradients)
    return inverse - (1 + 1 / ratio) * np.outer(m, m)
