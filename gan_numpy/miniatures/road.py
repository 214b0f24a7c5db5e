r"""A winding road, a car that steers late, and a driver who never leaves the road.

The road is closed and has the curvature

.. math:: \kappa(s) = \frac{2\pi}{L} + b\,\sin\frac{6\pi s}{L}

at the distance s along its middle. A car is beside it by y, turned against it by
:math:`\psi`, and its wheels turn it by :math:`\omega` a step. An action turns the
wheels, not the car, so that whoever waits until the car is off the middle is too late:

.. math::
    \omega' = \omega + u, \qquad
    \Delta s = \frac{v \cos(\psi + \omega')}{1 - \kappa y}, \qquad
    \psi' = \psi + \omega' - \kappa\,\Delta s + \epsilon, \qquad
    y' = y + v \sin \psi' .

Beside the road, at :math:`|y| = 1`, is a ditch: a car that is in it stays there. What a
drive is worth is the distance covered; no learner is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

LENGTH = 25.0
BEND = 0.55
SPEED = 0.25
STEERING = np.array([-0.06, 0.0, 0.06])  # what an action does to the wheels
MOST_TURN = 0.3
GUST = 0.03  # standard deviation of the wind's turn
SENSES, ACTIONS = 5, len(STEERING)

Driver = Callable[[np.ndarray], np.ndarray]  # (N, SENSES) to (N,) int


def curvature(s: np.ndarray) -> np.ndarray:
    """Of the road's middle."""
    return 2 * np.pi / LENGTH + BEND * np.sin(6 * np.pi * s / LENGTH)


def seen(cars: np.ndarray) -> np.ndarray:
    r"""What a driver sees, each of order 1: y, psi, omega, the bend here and ahead."""
    s, y, psi, omega = cars.T
    here, ahead = curvature(s), curvature(s + 4 * SPEED)
    middle = 2 * np.pi / LENGTH
    bends = 3 * (here - middle), 3 * (ahead - middle)
    return np.stack([y, 3 * np.sin(psi), 5 * omega, *bends], axis=1)


def started(n: int, rng: np.random.Generator) -> np.ndarray:
    """Cars near the middle anywhere on the road: s, y, psi and omega of each."""
    s = rng.uniform(0, LENGTH, n)
    y, psi = rng.uniform(-0.1, 0.1, n), rng.uniform(-0.05, 0.05, n)
    return np.stack([s, y, psi, SPEED * curvature(s)], axis=1)


def moved(
    cars: np.ndarray, actions: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The cars a step later, and how far they got along the road.

    Parameters
    ----------
    cars : (N, 4) ndarray
    actions : (N,) int ndarray
        0 to 2: wheels to the right, as they are, to the left.
    rng : numpy.random.Generator
        The wind.

    Returns
    -------
    cars : (N, 4) ndarray
    distance : (N,) ndarray
    """
    s, y, psi, omega = cars.T
    bend = curvature(s)
    omega = np.clip(omega + STEERING[actions], -MOST_TURN, MOST_TURN)
    distance = SPEED * np.cos(psi + omega) / (1 - bend * y)
    psi = psi + omega - bend * distance + GUST * rng.standard_normal(len(cars))
    psi = (psi + np.pi) % (2 * np.pi) - np.pi
    y = np.clip(y + SPEED * np.sin(psi), -1, 1)
    drives = np.abs(cars[:, 1]) < 1
    then = np.stack([s + distance, y, psi, omega], axis=1)
    return np.where(drives[:, None], then, cars), np.where(drives, distance, 0.0)


def careful(senses: np.ndarray) -> np.ndarray:
    """The expert: the action nearest to what a linear controller would do."""
    y, turned, wheels, here, ahead = senses.T
    psi, omega = np.arcsin(np.clip(turned / 3, -1, 1)), wheels / 5
    bend = (here + ahead) / 6 + 2 * np.pi / LENGTH
    wanted = np.clip(SPEED * bend - 0.15 * y - 0.45 * psi, -MOST_TURN, MOST_TURN)
    return np.abs((wanted - omega)[:, None] - STEERING).argmin(axis=1)


@dataclass(frozen=True)
class Drives:
    """Some drives, step by step.

    Attributes
    ----------
    cars : (T, N, 4) ndarray
    senses : (T, N, SENSES) ndarray
    actions : (T, N) int ndarray
    distance : (T, N) ndarray
    """

    cars: np.ndarray
    senses: np.ndarray
    actions: np.ndarray
    distance: np.ndarray

    @property
    def laps(self) -> float:
        """How far the drives went on average."""
        return float(self.distance.sum(axis=0).mean() / LENGTH)


def driven(driver: Driver, n: int, steps: int, rng: np.random.Generator) -> Drives:
    """Let a driver drive n cars for some steps."""
    cars, kept = started(n, rng), []
    for _ in range(steps):
        senses = seen(cars)
        actions = driver(senses)
        then, distance = moved(cars, actions, rng)
        kept.append((cars, senses, actions, distance))
        cars = then
    return Drives(*(np.array(part) for part in zip(*kept, strict=True)))


def in_the_plane(s: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places on a map, as (x, y): y to the left of the middle at s."""
    fine = np.linspace(0, LENGTH, 4001)
    angle = 2 * np.pi * fine / LENGTH
    angle += BEND * LENGTH / (6 * np.pi) * (1 - np.cos(6 * np.pi * fine / LENGTH))
    step = fine[1]
    path = [
        np.concatenate([[0], np.cumsum((f[1:] + f[:-1]) / 2 * step)])
        for f in (np.cos(angle), np.sin(angle))
    ]
    along = np.mod(s, LENGTH)
    x0, y0 = (np.interp(along, fine, p) for p in path)
    turn = np.interp(along, fine, angle)
    return x0 - y * np.sin(turn), y0 + y * np.cos(turn)
