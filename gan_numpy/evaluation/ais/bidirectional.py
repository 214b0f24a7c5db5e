r"""Bidirectional Monte Carlo: a bound from above beside the one from below.

Annealing bounds :math:`\log p(x)` from below on average and does not say how far below.
For an example that the model itself has drawn, the u that made it is an exact sample of
the posterior. Chains that start there and anneal *back* to the prior collect

.. math::
    \log w' = \sum_{t=T}^1 (\beta_{t-1} - \beta_t)\, \log p(x|u_t), \qquad
    E[w'] = \frac1{p(x)},

so that :math:`-\log \frac1K \sum_k w'_k` is at least :math:`\log p(x)` on average. The
distance between the two bounds is the most that either can be wrong by, on such
examples. Real ones may be harder: theirs are lower bounds, and the gap is evidence, no
proof.

Source: Grosse, Ghahramani and Adams, arXiv:1511.02543; Wu et al., arXiv:1611.04273,
section 3.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gan_numpy.evaluation.ais.annealing import (
    Annealing,
    anneal,
    estimate,
    find_steps,
    log_mean_exp,
    schedule,
    target_of,
)
from gan_numpy.evaluation.ais.decoder import Decoder


@dataclass(frozen=True)
class Bounds:
    """Both bounds of examples that the model has drawn.

    Attributes
    ----------
    lower, upper : (N,) float64
    """

    lower: np.ndarray
    upper: np.ndarray

    @property
    def gap(self) -> float:
        """Mean distance of the bounds, in nats."""
        return float(np.mean(self.upper - self.lower))


def reversed_estimate(
    decoder: Decoder,
    x: np.ndarray,
    u: np.ndarray,
    settings: Annealing,
    steps: np.ndarray,
    rng: np.random.Generator,
    on_step: Callable[[], object] = lambda: None,
) -> np.ndarray:
    """Log-likelihoods by chains from the posterior to the prior, (N,).

    Parameters
    ----------
    decoder : Decoder
    x : (N, D)
    u : (N, latent_size)
        An exact sample of each example's posterior.
    settings : Annealing
    steps : (temperatures + 1, N)
    rng : numpy.random.Generator
    on_step : callable
    """
    target = target_of(decoder, x, settings.chains)
    betas = schedule(settings.temperatures)[::-1]
    begin = np.repeat(u, settings.chains, axis=0)
    log_w, _ = anneal(
        target, begin, betas, steps[::-1], settings.leapfrog_steps, rng, on_step
    )
    return -log_mean_exp(log_w.reshape(-1, settings.chains))


def bounds(
    decoder: Decoder,
    n: int,
    settings: Annealing,
    rng: np.random.Generator,
    on_step: Callable[[], object] = lambda: None,
) -> Bounds:
    """Both bounds for `n` examples drawn here, with the same steps both ways."""
    x, u = decoder.simulate(n, rng)
    steps = find_steps(decoder, x, settings, rng, on_step)
    lower = estimate(decoder, x, settings, rng, steps, on_step).log_likelihood
    upper = reversed_estimate(decoder, x, u, settings, steps, rng, on_step)
    return Bounds(lower, upper)
