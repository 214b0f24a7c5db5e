r"""Evolution without gradients: what Turing learning has in place of backprop.

A :math:`(\mu + \lambda)` evolution strategy with self-adaptive mutation (Bäck and
Schwefel, Evolutionary Computation 1(1):1, 1993). Each individual is a vector with a
vector of step sizes. A child is a parent with

.. math::
    \sigma'_i = \sigma_i\, e^{\tau' N + \tau N_i}, \qquad
    x'_i = x_i + \sigma'_i N'_i , \qquad
    \tau' = 1/\sqrt{2n}, \quad \tau = 1/\sqrt{2\sqrt n} :

step sizes that lead to good children are inherited with them. Of parents and children
together the best :math:`\mu` live on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Population:
    """Individuals: (M, n) values, and (M, n) step sizes."""

    values: np.ndarray
    steps: np.ndarray

    def children(
        self, count: int, least: float, most: float, rng: np.random.Generator
    ) -> Population:
        """Parents and `count` children of parents drawn at random, behind them.

        Parameters
        ----------
        count : int
        least, most : float
            No step size gets smaller, since the opponent moves on, and none larger,
            since opponents that see no difference reward whoever runs away.
        rng : numpy.random.Generator
        """
        n = self.values.shape[1]
        parents = rng.integers(len(self.values), size=count)
        common = rng.standard_normal((count, 1)) / np.sqrt(2 * n)
        own = rng.standard_normal((count, n)) / np.sqrt(2 * np.sqrt(n))
        steps = np.clip(self.steps[parents] * np.exp(common + own), least, most)
        values = self.values[parents] + steps * rng.standard_normal((count, n))
        return Population(
            np.concatenate([self.values, values]), np.concatenate([self.steps, steps])
        )

    def best(
        self, fitness: np.ndarray, count: int, rng: np.random.Generator
    ) -> Population:
        """The fittest; ties are broken at random."""
        order = np.lexsort((rng.random(len(fitness)), -fitness))[:count]
        return Population(self.values[order], self.steps[order])
