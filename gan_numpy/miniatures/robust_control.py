r"""Minimax control: a controller and a disturbance find the saddle point by gradients.

Source: Abu-Khalaf, Lewis and Huang, "Policy iterations on the Hamilton-Jacobi-Isaacs
equation for H-infinity state feedback control with input saturation", IEEE Transactions
on Automatic Control 51(12):1989, 2006: two policies, a minimizer and a maximizer, are
improved against each other. That gradient descent of one and ascent of the other finds
the saddle point of the linear-quadratic game is in Zhang, Yang and Başar,
arXiv:1906.00729. The mathematics is in `gan_numpy.miniatures.linear_game`; the
pendulum, the prices and the rates are chosen here.

An upside-down pendulum is held by a torque; another torque, of nobody's friend, pushes
it. The controller that knows only that there is no wind (the linear-quadratic
regulator) lets more through than one that grew up with an adversary.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from gan_numpy.miniatures.base import Goal, Miniature, Outcome, Progress
from gan_numpy.miniatures.control_drawing import draw
from gan_numpy.miniatures.linear_game import LinearGame


@dataclass(frozen=True)
class RobustControl(Miniature):
    r"""The miniature ``robust-control``.

    Attributes
    ----------
    gamma : float
        A disturbance pays :math:`\gamma^2` for the square of its torque; below about
        .37 it is so cheap that no controller can win, and there is no saddle point.
    step : float
        Seconds between two decisions.
    stiffness : float
        How fast the free pendulum falls, 1/s²: gravity over length.
    torque_price, rate_price : float
        Weights of the squared torque and rate beside that of the squared angle, 1.
    steps : int
        Of both players at once.
    controller_rate, disturbance_rate : float
        Lengths of their steps along their gradients.
    largest_gain : float
        The controller starts anywhere between 0 and this, if the pendulum stands.
    """

    name: ClassVar[str] = "robust-control"
    description: ClassVar[str] = "a controller against a disturbance, to a saddle point"
    source: ClassVar[str] = "Abu-Khalaf, Lewis and Huang, IEEE TAC 51:1989, 2006"
    goals: ClassVar[dict[str, Goal]] = {
        "controller, relative to Riccati's": Goal(1e-3),
        "disturbance, relative to Riccati's": Goal(1e-3),
        "worst gain of the robust controller": Goal(0.5),
    }

    gamma: float = 0.5
    step: float = 0.1
    stiffness: float = 2.0
    torque_price: float = 0.1
    rate_price: float = 0.1
    steps: int = 2000
    controller_rate: float = 0.01
    disturbance_rate: float = 0.03
    largest_gain: float = 15.0

    def game(self) -> LinearGame:
        """The pendulum near its upright position: angle and rate, two torques."""
        dt = self.step
        push = np.array([[0.0], [dt]])
        return LinearGame(
            A=np.array([[1.0, dt], [dt * self.stiffness, 1.0]]),
            B=push,
            E=push,
            Q=np.diag([1.0, self.rate_price]),
            R=np.array([[self.torque_price]]),
            gamma=self.gamma,
        )

    def play(self, seed: int, progress: Progress = lambda share: None) -> Outcome:
        """Descend and ascend at the same time, from a random controller and no wind."""
        game = self.game()
        try:
            saddle = game.saddle()
        except ValueError:
            self._refuse("gamma", "a dearer disturbance: there is no saddle point")
        K, L = self._start(game, np.random.default_rng(seed))
        way = [(K, L)]
        for t in range(self.steps):
            _, dK, dL = game.cost_and_gradients(K, L)
            K, L = self._move(game, K, L, dK, dL)
            way.append((K, L))
            if t % 100 == 99:
                progress((t + 1) / self.steps)
        apart = [_relative(mine, best) for mine, best in zip(way[-1], saddle)]
        lqr = game.lqr()
        figures = {
            "controller, relative to Riccati's": apart[0],
            "disturbance, relative to Riccati's": apart[1],
            "gamma": self.gamma,
            "worst gain of the robust controller": game.worst_gain(K),
            "worst gain of the linear-quadratic regulator": game.worst_gain(lqr),
        }
        return Outcome(figures, partial(draw, game, way, saddle, lqr))

    def _start(
        self, game: LinearGame, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """A controller that holds the pendulum, however badly; a player at rest."""
        L = np.zeros((1, 2))
        while True:
            K = rng.uniform(0, self.largest_gain, (1, 2))
            if game.is_stable(K, L):
                return K, L

    def _move(
        self,
        game: LinearGame,
        K: np.ndarray,
        L: np.ndarray,
        dK: np.ndarray,
        dL: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """A step of both at once; shorter, if the pendulum would fall."""
        length = 1.0
        while True:
            new_K = K - length * self.controller_rate * dK
            new_L = L + length * self.disturbance_rate * dL
            if game.is_stable(new_K, new_L):
                return new_K, new_L
            length /= 2


def _relative(mine: np.ndarray, best: np.ndarray) -> float:
    """The largest difference, relative to the largest entry."""
    return float(np.abs(mine - best).max() / np.abs(best).max())
