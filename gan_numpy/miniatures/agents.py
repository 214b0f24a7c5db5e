r"""An animal under changing light, and what can be seen of it.

The animal runs at a speed v with a heading that turns at a rate of :math:`\omega`. It
has a sense of light, :math:`I_t \in \{0, 1\}`, and a controller of two numbers:

.. math::
    v_t = v_{t-1} + \tfrac15 (\alpha I_t - v_{t-1}) + \tfrac1{100} \varepsilon, \qquad
    \omega_t = \beta\, (1 - I_t) + \tfrac1{100} \varepsilon' ,

:math:`\alpha` is how fast it runs in the light, and :math:`\beta` how fast it turns in
the dark. An observer sees the speed and the turning, not the light: nothing tells which
number of a film is due to what. The light comes and goes at random, as clouds do.
"""

from __future__ import annotations

import numpy as np

CHANGE = 0.1  # chance that the light changes in a step
INERTIA = 0.8
NOISE = 0.01


def observe(
    controllers: np.ndarray, steps: int, rng: np.random.Generator
) -> np.ndarray:
    r"""Films of animals or of models, each under a light of its own.

    Parameters
    ----------
    controllers : (M, 2) ndarray
        :math:`\alpha, \beta` of each.
    steps : int
    rng : numpy.random.Generator

    Returns
    -------
    (M, steps, 2) ndarray
        Speed and turning.
    """
    M = len(controllers)
    light: np.ndarray = rng.integers(0, 2, M)
    speed = controllers[:, 0] * light
    films = np.empty((M, steps, 2))
    for t in range(steps):
        light = np.where(rng.random(M) < CHANGE, 1 - light, light)
        goal = controllers[:, 0] * light
        speed = goal + INERTIA * (speed - goal) + NOISE * rng.standard_normal(M)
        turning = controllers[:, 1] * (1 - light) + NOISE * rng.standard_normal(M)
        films[:, t] = np.stack([speed, turning], axis=1)
    return films


def paths(films: np.ndarray) -> np.ndarray:
    """Where they went, (M, steps + 1, 2): each film as seen from above."""
    heading = np.cumsum(films[:, :, 1], axis=1)
    steps = films[:, :, :1] * np.stack([np.cos(heading), np.sin(heading)], axis=2)
    start = np.zeros((len(films), 1, 2))
    return np.concatenate([start, np.cumsum(steps, axis=1)], axis=1)
