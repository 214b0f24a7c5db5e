r"""Optimizers, schedules and weight averaging.

An optimizer holds its hyperparameters and nothing else. Its *state* - velocities,
moments, the count of updates - is a dictionary of arrays made by ``init`` and passed to
``update``, keyed by parameter name, so that it can be saved and restored as it is.
``update`` changes parameters and state in place: it is the one place where a network
changes. Each formula stands in `gan_numpy.kernels.reference.updates`.
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
    """Base class: ``init`` makes the state, ``update`` takes one step.

    `epoch` (from 1) drives the momentum schedule; the learning rate's schedule is
    driven by the count of updates in ``state["t"]``, incremented once per call.
    """

    learning_rate: ExponentialDecay

    def init(self, params: Arrays) -> Arrays:
        """State before the first update: ``t = 0`` and zeros for every moment."""
        state = {"t": np.zeros((), dtype=np.int64)}
        for moment in self.moments:
            for name, value in params.items():
                state[f"{moment}.{name}"] = np.zeros_like(value)
        return state

    def update(self, params: Arrays, grads: Arrays, state: Arrays, epoch: int) -> None:
        """Take one step: change `params` and `state` in place.

        Raises
        ------
        KeyError
            If a gradient is missing.
        """
        rate = self.learning_rate(int(state["t"]))
        state["t"] += 1
        for name, param in params.items():
            moments = [state[f"{moment}.{name}"] for moment in self.moments]
            self._apply(param, moments, grads[name], rate, int(state["t"]), epoch)

    moments: tuple[str, ...] = ()

    def _apply(
        self,
        param: np.ndarray,
        moments: list[np.ndarray],
        grad: np.ndarray,
        rate: float,
        t: int,
        epoch: int,
    ) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class Momentum(Optimizer):
    r"""Stochastic gradient descent with momentum.

    .. math:: v \leftarrow \mu v - \eta g, \qquad \theta \leftarrow \theta + v.
    """

    learning_rate: ExponentialDecay
    momentum: LinearMomentum
    moments = ("velocity",)

    def _apply(
        self,
        param: np.ndarray,
        moments: list[np.ndarray],
        grad: np.ndarray,
        rate: float,
        t: int,
        epoch: int,
    ) -> None:
        kernels.momentum_update(param, *moments, grad, rate, self.momentum(epoch))


@dataclass(frozen=True)
class Adam(Optimizer):
    r"""Adam (Kingma and Ba, arXiv:1412.6980, Algorithm 1).

    The bias correction uses :math:`1 - \beta^t`, with t counted once per step.
    """

    learning_rate: ExponentialDecay
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    moments = ("mean", "square")

    def _apply(
        self,
        param: np.ndarray,
        moments: list[np.ndarray],
        grad: np.ndarray,
        rate: float,
        t: int,
        epoch: int,
    ) -> None:
        kernels.adam_update(
            param, *moments, grad, rate, self.beta1, self.beta2, self.epsilon, t
        )


@dataclass(frozen=True)
class RMSProp(Optimizer):
    r"""RMSProp (Tieleman and Hinton, Coursera lecture 6.5, 2012)."""

    learning_rate: ExponentialDecay
    decay: float = 0.99
    epsilon: float = 1e-8
    moments = ("square",)

    def _apply(
        self,
        param: np.ndarray,
        moments: list[np.ndarray],
        grad: np.ndarray,
        rate: float,
        t: int,
        epoch: int,
    ) -> None:
        kernels.rmsprop_update(param, *moments, grad, rate, self.decay, self.epsilon)


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
