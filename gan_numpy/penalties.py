r"""Gradient penalties, differentiated by hand; weight clipping.

Both penalties are functions of :math:`g_n = \nabla_x a(x_n)`, the gradient of the
discriminator's logit with respect to its input, one vector per example. Their gradient
with respect to the weights takes three sweeps over the network. For dense layers
:math:`z_l = h_{l-1} W_l + b_l`, :math:`h_l = \varphi(z_l)`, and the logit
:math:`a = h_{L-1} w`, these are:

1. *The input sweep*, down: the backward pass of ones, which ends at :math:`g`,

   .. math:: e_{L-1} = w^\top, \qquad \delta_l = \varphi'(z_l) \odot e_l, \qquad
             e_{l-1} = \delta_l W_l^\top, \qquad g = e_0 .

2. *The u sweep*, up, starting from :math:`u_0 = \partial P/\partial g`. It is the
   backward pass of the input sweep:

   .. math:: u_l = \varphi'(z_l) \odot (u_{l-1} W_l), \qquad
             \frac{\partial P}{\partial W_l} = u_{l-1}^\top \delta_l, \qquad
             \frac{\partial P}{\partial w} = \sum_n u_{L-1}, \qquad
             \frac{\partial P}{\partial b_l} = 0 .

   With a piecewise-linear :math:`\varphi` this is all.

3. *The r sweep*, down, if :math:`\varphi` is curved: the slopes :math:`\varphi'(z_l)`
   depend on the weights below them. It is an ordinary backward pass of

   .. math:: \rho_l = (u_{l-1} W_l) \odot e_l \odot \varphi''(z_l), \qquad
             r_l = \rho_l + \varphi'(z_l) \odot (r_{l+1} W_{l+1}^\top),

   and adds :math:`h_{l-1}^\top r_l` to :math:`\partial P/\partial W_l` and
   :math:`\sum_n r_l` to :math:`\partial P/\partial b_l`.

`Sequential.cotangents` is the first sweep, `Sequential.backward_vjp` the other two.
Maxout goes the same way: :math:`\varphi'` picks the winners of the forward pass in all
sweeps; so do dropout's masks. Batch normalization would make :math:`a(x_n)` depend on
the other examples of the batch, and the penalties meaningless.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gan_numpy.layers.base import Cache, Grads
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives.base import mean

Forward = tuple[np.ndarray, Cache]  # what D.forward returned: logits and cache


def _penalize_slopes(
    D: Sequential,
    forward: Forward,
    penalty: Callable[[np.ndarray], tuple[float, np.ndarray]],
) -> tuple[float, Grads]:
    """Value and parameter gradients of a penalty on the input gradients.

    `penalty` maps :math:`g`, (N, features), to its value and to :math:`u_0`.
    """
    logits, cache = forward
    ones = np.ones_like(logits)
    g, received = D.cotangents(ones, cache)
    value, u = penalty(g.reshape(len(g), -1))
    _, grads, _ = D.backward_vjp(
        u.reshape(g.shape), ones, cache, received=received, input_grad=False
    )
    return value, grads


def r1(
    D: Sequential,
    x: np.ndarray,
    gamma: float,
    rng: np.random.Generator | None = None,
    *,
    forward: Forward | None = None,
    labels: int = 0,
) -> tuple[float, Grads]:
    r"""R1: the discriminator should be flat on the data.

    .. math:: P = \frac\gamma2 \cdot \frac1B \sum_n \lVert g_n \rVert^2, \qquad
              u_0 = \frac{\partial P}{\partial g} = \frac\gamma B\, g .

    Source: Mescheder, Geiger and Nowozin, "Which training methods for GANs do actually
    converge?", arXiv:1801.04406, section 4.

    Parameters
    ----------
    D : Sequential
        One logit per example.
    x : (B, ...) ndarray
        Real examples.
    gamma : float
        :math:`\gamma`; the paper uses 10.
    rng : numpy.random.Generator, optional
        Source of the masks, if `D` has dropout.
    forward : tuple, optional
        What ``D.forward(x, train=True, rng=rng)`` returned, if the training step has it
        already. The penalty is then that of the same masks.

    labels : int
        How many of the last columns are a class in one-hot code. A step toward another
        class is no small change of an example: the slope along them is not penalized.

    Returns
    -------
    value : float
    grads : dict
        :math:`\partial P/\partial\theta_D`, in the dtype of `D`.
    """

    def penalty(g: np.ndarray) -> tuple[float, np.ndarray]:
        if labels:
            g = g.copy()
            g[:, -labels:] = 0
        squares = np.sum(g * g, axis=1)
        return gamma / 2 * mean(squares), gamma / len(g) * g

    return _penalize_slopes(D, forward or D.forward(x, train=True, rng=rng), penalty)


def gradient_penalty(
    D: Sequential,
    x_hat: np.ndarray,
    lambda_: float,
    rng: np.random.Generator | None = None,
) -> tuple[float, Grads]:
    r"""WGAN-GP: the critic's slope should be 1 between the real and generated examples.

    .. math:: P = \lambda \cdot \frac1B \sum_n (s_n - 1)^2, \qquad
              s_n = \sqrt{\textstyle\sum_i g_{n,i}^2 + 10^{-12}}, \qquad
              u_0 = \frac{2\lambda}{B} \cdot \frac{s_n - 1}{s_n}\, g_n .

    The :math:`10^{-12}` keeps the division finite where the critic is flat.

    Source: Gulrajani et al., "Improved training of Wasserstein GANs", arXiv:1704.00028,
    eq. 3.

    Parameters
    ----------
    D : Sequential
        One output per example.
    x_hat : (B, ...) ndarray
        Where to penalize: what `interpolate` returned.
    lambda_ : float
        :math:`\lambda`; the paper uses 10.
    rng : numpy.random.Generator, optional
        Source of the masks, if `D` has dropout.

    Returns
    -------
    value : float
    grads : dict
        :math:`\partial P/\partial\theta_D`, in the dtype of `D`.
    """

    def penalty(g: np.ndarray) -> tuple[float, np.ndarray]:
        s = np.sqrt(np.sum(g * g, axis=1, keepdims=True) + 1e-12)
        return lambda_ * mean((s - 1) ** 2), 2 * lambda_ / len(g) * ((s - 1) / s * g)

    return _penalize_slopes(D, D.forward(x_hat, train=True, rng=rng), penalty)


def interpolate(
    real: np.ndarray, fake: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    r"""Points between real and generated examples, for `gradient_penalty`.

    .. math:: \hat x_n = \epsilon_n x_n + (1 - \epsilon_n) \tilde x_n, \qquad
              \epsilon_n \sim U(0, 1) .

    Source: arXiv:1704.00028, Algorithm 1, line 6.

    Parameters
    ----------
    real, fake : (B, ...) ndarray
        Of the same shape and dtype.
    rng : numpy.random.Generator

    Returns
    -------
    (B, ...) ndarray
    """
    if real.shape != fake.shape:
        raise ValueError(f"interpolate between {real.shape} and {fake.shape}")
    epsilon = rng.random((len(real), *(1,) * (real.ndim - 1))).astype(real.dtype)
    return epsilon * real + (1 - epsilon) * fake


def clip_weights(params: dict[str, np.ndarray], c: float) -> None:
    r"""Clip every parameter to :math:`[-c, c]`, in place, after the critic's update.

    A network of bounded weights is a Lipschitz function, with an unknown constant: the
    critic estimates the Wasserstein distance up to a factor.

    Source: Arjovsky, Chintala and Bottou, "Wasserstein GAN", arXiv:1701.07875,
    Algorithm 1, line 7, with c = .01.
    """
    if c <= 0:
        raise ValueError(f"clip_weights needs a bound above 0, got {c}")
    for value in params.values():
        np.clip(value, -c, c, out=value)


def limit_columns(params: dict[str, np.ndarray], limit: float) -> None:
    r"""Scale down, in place, the weights of every unit that are longer than `limit`.

    .. math:: W_{:,j} \leftarrow W_{:,j} \cdot
              \min\Big(1, \frac{limit}{\lVert W_{:,j} \rVert}\Big) .

    Source: Srebro and Shraibman, COLT 2005; with dropout, arXiv:1207.0580; the
    `max_col_norm` of the paper's face recipe. Biases are left alone.

    Parameters
    ----------
    params : dict
        Matrices (n_in, n_out); arrays of other dimensions do not change.
    limit : float
    """
    for value in params.values():
        if value.ndim == 2:
            norms = np.sqrt(np.sum(value * value, axis=0))
            value *= np.minimum(1, limit / np.maximum(norms, 1e-30), dtype=value.dtype)


@dataclass(frozen=True)
class Penalty:
    r"""One of `PENALTIES` with its weight, as a training step uses it.

    Attributes
    ----------
    name : {"r1", "r1_r2", "gradient_penalty"}
        ``r1_r2``: R1 on the real examples and, of the same weight, R2: the same on the
        generated ones (arXiv:2501.05441, section 2.2).
    weight : float
        :math:`\gamma` of `r1`, :math:`\lambda` of `gradient_penalty`.
    labels : int
        Columns of the examples that are their class; see `r1`.
    """

    name: str
    weight: float
    labels: int = 0

    def add_to(
        self,
        grads: Grads,
        D: Sequential,
        real: np.ndarray,
        fake: np.ndarray,
        rng: np.random.Generator,
        real_forward: Forward,
        fake_forward: Forward,
    ) -> float:
        """Add the penalty's gradients to `grads`, in place; return its value.

        `real_forward` and `fake_forward` are what ``D.forward`` returned of the real
        and of the generated examples in this step.
        """

        def flat(x: np.ndarray, forward: Forward) -> tuple[float, Grads]:
            return r1(D, x, self.weight, forward=forward, labels=self.labels)

        if self.name == "gradient_penalty":
            x_hat = interpolate(real, fake, rng)
            parts = [gradient_penalty(D, x_hat, self.weight, rng)]
        else:
            parts = [flat(real, real_forward)]
        if self.name == "r1_r2":
            parts += [flat(fake, fake_forward)]
        for _, own in parts:
            for name, grad in own.items():
                grads[name] += grad
        return sum(value for value, _ in parts)


PENALTIES = ("r1", "r1_r2", "gradient_penalty")
