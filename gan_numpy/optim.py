r"""Optimizers, schedules and weight averaging.

An optimizer holds its hyperparameters and nothing else. Its *state* - velocities,
moments, the count of updates - is a dictionary of arrays made by ``init`` and passed to
``update``, keyed by parameter name, so that it can be saved and restored as it is.
``update`` changes parameters and state in place: it is the one place where a network
changes. Each formula stands above its class, and in NumPy, as it is computed, in
`gan_numpy.kernels.reference.updates`. The learning rate follows the count of updates,
the momentum the epoch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_numpy import kernels

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class LinearMomentum:
    r"""Momentum that changes linearly from `initial` to `final`.

    Parameters
    ----------
    initial, final : float
    start, saturate : int
        The epochs at which the change starts and is complete.
    """

    initial: float
    final: float
    start: int
    saturate: int

    def __call__(self, epoch: int) -> float:
        """Momentum during `epoch`, counted from 1."""
        if self.saturate <= self.start:
            return self.final if epoch >= self.saturate else self.initial
        share = (epoch - self.start) / (self.saturate - self.start)
        return self.initial + (self.final - self.initial) * min(max(share, 0.0), 1.0)


@dataclass(frozen=True)
class ExponentialDecay:
    r"""Learning rate :math:`\eta_t = \max(\eta_0 / c^t, \eta_{min})` after t updates.

    Parameters
    ----------
    initial : float
        :math:`\eta_0`
    factor : float
        :math:`c \ge 1`; 1 keeps the rate constant.
    floor : float
        :math:`\eta_{min}`
    """

    initial: float
    factor: float = 1.0
    floor: float = 0.0

    def __call__(self, updates: int) -> float:
        """Learning rate after this many updates."""
        return max(self.initial * self.factor**-updates, self.floor)


class Optimizer:
    """Base class: ``init`` makes the state, ``update`` takes one step."""

    learning_rate: ExponentialDecay
    moments: tuple[str, ...] = ()

    def init(self, params: Arrays) -> Arrays:
        """State before the first update: ``t = 0`` and zeros for every moment."""
        state = {"t": np.zeros((), dtype=np.int64)}
        for moment in self.moments:
            for name, value in params.items():
                state[f"{moment}.{name}"] = np.zeros_like(value)
        return state

    def update(self, params: Arrays, grads: Arrays, state: Arrays, epoch: int) -> None:
        """Take one step: change `params` and `state` in place.

        Parameters
        ----------
        params, grads : dict
            Of the same names and shapes.
        state : dict
            What ``init`` made.
        epoch : int
            From 1; drives the schedule of momentum.

        Raises
        ------
        KeyError
            If a gradient is missing.
        """
        raise NotImplementedError

    def _next(self, state: Arrays) -> tuple[float, int]:
        """The rate of this step, and its number t from 1, which is counted here."""
        rate = self.learning_rate(int(state["t"]))
        state["t"] += 1
        return rate, int(state["t"])


@dataclass(frozen=True)
class Momentum(Optimizer):
    r"""Stochastic gradient descent with momentum.

    .. math:: v \leftarrow \mu v - \eta g, \qquad \theta \leftarrow \theta + v.
    """

    learning_rate: ExponentialDecay
    momentum: LinearMomentum
    moments = ("velocity",)

    def update(self, params: Arrays, grads: Arrays, state: Arrays, epoch: int) -> None:
        """Take one step, with the momentum of this epoch."""
        (rate, _), mu = self._next(state), self.momentum(epoch)
        for name, theta in params.items():
            v = state[f"velocity.{name}"]
            kernels.momentum_update(theta, v, grads[name], rate, mu)


@dataclass(frozen=True)
class Adam(Optimizer):
    r"""Adam (Kingma and Ba, arXiv:1412.6980, Algorithm 1).

    .. math::
        m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad
        v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2, \qquad
        \theta \leftarrow \theta - \eta\,
            \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon} .

    The bias correction counts t once per step.
    """

    learning_rate: ExponentialDecay
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    moments = ("mean", "square")

    def update(self, params: Arrays, grads: Arrays, state: Arrays, epoch: int) -> None:
        """Take one step; the epoch does not matter."""
        rate, t = self._next(state)
        hyper = rate, self.beta1, self.beta2, self.epsilon, t
        for name, theta in params.items():
            m, v = state[f"mean.{name}"], state[f"square.{name}"]
            kernels.adam_update(theta, m, v, grads[name], *hyper)


@dataclass(frozen=True)
class RMSProp(Optimizer):
    r"""RMSProp (Tieleman and Hinton, Coursera lecture 6.5, 2012).

    .. math::
        v \leftarrow \rho v + (1 - \rho)\, g^2, \qquad
        \theta \leftarrow \theta - \eta\, \frac{g}{\sqrt{v} + \epsilon} .
    """

    learning_rate: ExponentialDecay
    decay: float = 0.99
    epsilon: float = 1e-8
    moments = ("square",)

    def update(self, params: Arrays, grads: Arrays, state: Arrays, epoch: int) -> None:
        """Take one step; the epoch does not matter."""
        rate, _ = self._next(state)
        for name, theta in params.items():
            v = state[f"square.{name}"]
            kernels.rmsprop_update(
                theta, v, grads[name], rate, self.decay, self.epsilon
            )


@dataclass(frozen=True)
class ExponentialMovingAverage:
    r"""Average of the weights along training:
    :math:`\bar\theta \leftarrow \rho\bar\theta + (1 - \rho)\theta`.

    The average starts from the weights themselves, so it needs no debiasing.
    Source: Polyak and Juditsky 1992; for GANs Yazıcı et al., arXiv:1806.04498.

    Parameters
    ----------
    decay : float in [0, 1)
        :math:`\rho`; the average looks back about :math:`1 / (1 - \rho)` updates.
    """

    decay: float

    def init(self, params: Arrays) -> Arrays:
        """A copy of the weights."""
        return {name: value.copy() for name, value in params.items()}

    def update(self, average: Arrays, params: Arrays) -> None:
        """Move the average toward the weights, in place."""
        for name, value in params.items():
            kernels.average_update(average[name], value, self.decay)
