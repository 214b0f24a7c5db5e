r"""Annealed importance sampling: from the prior to the posterior in many small steps.

Between the prior and the posterior lie the distributions
:math:`p_t(u) \propto N(u; 0, I)\, p(x|u)^{\beta_t}`, a geometric path, with
:math:`0 = \beta_0 < \dots < \beta_T = 1`. A chain starts with an exact sample of the
prior and moves by Hamiltonian Monte Carlo at each temperature. On the way it collects

.. math::
    \log w = \sum_{t=1}^T (\beta_t - \beta_{t-1})\, \log p(x|u_{t-1}), \qquad
    E[w] = p(x),

exactly, for any number of temperatures and any quality of the moves. The estimate of
K chains is :math:`\log \frac1K \sum_k w_k`. By Jensen's inequality its expectation is
at most :math:`\log p(x)`: what is missed only lowers it. The effective number of
chains, :math:`(\sum w)^2 / \sum w^2`, tells whether a few of them carry it all.

Temperatures lie most densely at both ends,
:math:`\gamma_t = \sigma(4\,(2t/T - 1))`,
:math:`\beta_t = (\gamma_t - \gamma_0)/(\gamma_T - \gamma_0)`.

Steps that are adapted to the chains they move would spoil :math:`E[w] = p(x)`. So a few
chains go first, find the length of the steps for each example and each temperature, and
are thrown away; the steps are then fixed.

Source: Neal, arXiv:physics/9803008; Wu et al., arXiv:1611.04273, section 3, and the
code released with it for the schedule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded at their first use

from gan_numpy.evaluation.ais.decoder import Decoder
from gan_numpy.evaluation.ais.hmc import State, Target, adapted, start, transition

FIRST_STEP = 0.5  # where the search for steps begins; chosen here
STEEPNESS = 4.0  # of the schedule


@dataclass(frozen=True)
class Annealing:
    """How much is spent.

    Attributes
    ----------
    temperatures : int
        Steps from the prior to the posterior; the paper takes 10,000.
    chains : int
        For each example; the paper takes 16.
    leapfrog_steps : int
        In a transition; the paper takes 10.
    scouts : int
        Chains that only find the length of the steps.
    """

    temperatures: int = 500
    chains: int = 16
    leapfrog_steps: int = 10
    scouts: int = 4

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 1:
                raise ValueError(f"{name} must be at least 1, got {value}")


@dataclass(frozen=True)
class Estimate:
    """Log-likelihoods of examples.

    Attributes
    ----------
    log_likelihood : (N,) float64
        In nats; at most the true one on average.
    effective : (N,) float64
        Effective number of chains, 1 to all.
    squared_error : (N,) float64
        Mean of the posterior of the squared distance between example and output.
    """

    log_likelihood: np.ndarray
    effective: np.ndarray
    squared_error: np.ndarray


def schedule(temperatures: int) -> np.ndarray:
    """The sigmoid's temperatures, from 0 to 1, (temperatures + 1,)."""
    gamma = scipy.special.expit(STEEPNESS * np.linspace(-1, 1, temperatures + 1))
    betas: np.ndarray = (gamma - gamma[0]) / (gamma[-1] - gamma[0])
    return betas


def target_of(decoder: Decoder, x: np.ndarray, chains: int) -> Target:
    """The log-likelihood of each example, repeated for its chains."""
    rows = np.repeat(x, chains, axis=0)
    return lambda u: decoder.log_likelihood(u, rows)


def find_steps(
    decoder: Decoder,
    x: np.ndarray,
    settings: Annealing,
    rng: np.random.Generator,
    on_step: Callable[[], object] = lambda: None,
) -> np.ndarray:
    """Lengths of the steps at each temperature, (temperatures + 1, N)."""
    betas, n = schedule(settings.temperatures), settings.scouts
    target = target_of(decoder, x, n)
    state = start(target, rng.standard_normal((len(x) * n, decoder.latent_size)))
    steps = np.full((len(betas), len(x)), FIRST_STEP)
    for t in range(1, len(betas)):
        step = np.repeat(steps[t - 1], n)[:, None]
        state, acceptance = transition(
            target, state, betas[t], step, settings.leapfrog_steps, rng
        )
        steps[t] = adapted(steps[t - 1], acceptance.reshape(-1, n).mean(axis=1))
        on_step()
    return steps


def anneal(
    target: Target,
    u: np.ndarray,
    betas: np.ndarray,
    steps: np.ndarray,
    leapfrog_steps: int,
    rng: np.random.Generator,
    on_step: Callable[[], object] = lambda: None,
) -> tuple[np.ndarray, State]:
    r"""Lead chains through temperatures, rising or falling, and collect the weights.

    Parameters
    ----------
    target : callable
    u : (C, d)
        Exact samples of the distribution at ``betas[0]``.
    betas : (T + 1,)
    steps : (T + 1, N)
        For the temperatures, and the examples, whose chains follow each other.
    leapfrog_steps : int
    rng : numpy.random.Generator
    on_step : callable
        Called after each temperature.

    Returns
    -------
    log_w : (C,)
        :math:`\sum_t (\beta_t - \beta_{t-1})\, \ell(u_{t-1})`.
    state : State
        After a last move at ``betas[-1]``.
    """
    state, log_w = start(target, u), np.zeros(len(u))
    chains = len(u) // steps.shape[1]
    for before, beta, row in zip(betas[:-1], betas[1:], steps[1:]):
        log_w += (beta - before) * state.value
        step = np.repeat(row, chains)[:, None]
        state, _ = transition(target, state, beta, step, leapfrog_steps, rng)
        on_step()
    return log_w, state


def log_mean_exp(log_w: np.ndarray) -> np.ndarray:
    """Over the last axis, without overflow."""
    total: np.ndarray = scipy.special.logsumexp(log_w, axis=-1)
    return total - np.log(log_w.shape[-1])


def estimate(
    decoder: Decoder,
    x: np.ndarray,
    settings: Annealing,
    rng: np.random.Generator,
    steps: np.ndarray | None = None,
    on_step: Callable[[], object] = lambda: None,
) -> Estimate:
    """Log-likelihoods of examples, all chains of all examples in one batch.

    Parameters
    ----------
    decoder : Decoder
    x : (N, D) ndarray
    settings : Annealing
    rng : numpy.random.Generator
        All follows from it: the same one, and the same examples, give the same bits.
    steps : (temperatures + 1, N) ndarray, optional
        Lengths of the steps, if they are known.
    on_step : callable
        Called after each temperature, twice as often if steps must be found.

    Raises
    ------
    ValueError
        If `x` is no array of examples, or a value is not finite.
    """
    x = _checked(x)
    if steps is None:
        steps = find_steps(decoder, x, settings, rng, on_step)
    chains = settings.chains
    target = target_of(decoder, x, chains)
    u = rng.standard_normal((len(x) * chains, decoder.latent_size))
    betas = schedule(settings.temperatures)
    log_w, end = anneal(target, u, betas, steps, settings.leapfrog_steps, rng, on_step)
    log_w = log_w.reshape(-1, chains)
    shares = scipy.special.softmax(log_w, axis=1)
    errors = decoder.squared_error(end.value, x.shape[1]).reshape(-1, chains)
    return Estimate(
        log_mean_exp(log_w),
        1 / (shares**2).sum(axis=1),
        (shares * errors).sum(axis=1),
    )


def _checked(x: np.ndarray) -> np.ndarray:
    if x.ndim != 2 or 0 in x.shape:
        raise ValueError(f"examples need shape (N, D), got {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError("examples hold values that are not finite")
    return x.astype(np.float64, copy=False)


def fitted_sigma(
    decoder: Decoder,
    x: np.ndarray,
    settings: Annealing,
    rng: np.random.Generator,
    rounds: int = 3,
    on_step: Callable[[], object] = lambda: None,
) -> float:
    r"""The width that suits validation examples, by expectation maximization.

    :math:`\sigma^2 \leftarrow E\,\lVert x - G(u)\rVert^2 / D`, the expectation being
    that of the posterior at the present :math:`\sigma`. No round lowers the likelihood,
    but for the chains' noise.
    """
    for _ in range(rounds):
        found = estimate(decoder, x, settings, rng, on_step=on_step)
        decoder = decoder.with_sigma(np.sqrt(found.squared_error.mean() / x.shape[1]))
    return decoder.sigma
