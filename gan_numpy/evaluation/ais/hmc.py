r"""Hamiltonian Monte Carlo: a chain that follows the gradient and stays exact.

The target is the prior times a power of the likelihood,
:math:`p_\beta(u) \propto N(u; 0, I)\, e^{\beta\ell(u)}`. A ball of mass 1 rolls in the
potential :math:`-\log p_\beta`, from a momentum :math:`m \sim N(0, I)`, by *leapfrog*:

.. math::
    m \leftarrow m + \tfrac\epsilon2 (\beta\nabla\ell(u) - u), \quad
    u \leftarrow u + \epsilon m, \quad
    m \leftarrow m + \tfrac\epsilon2 (\beta\nabla\ell(u) - u).

These steps can be run backward and keep volumes, so accepting their end with
probability :math:`\min(1, e^{-\Delta H})`, where
:math:`H = \tfrac12\lVert u\rVert^2 - \beta\ell(u) + \tfrac12\lVert m\rVert^2`, leaves
:math:`p_\beta` exactly as it is, however long the steps are. How long they should be is
told by the share of accepted ones: .65 for targets of many dimensions.

The value and the gradient of :math:`\ell` travel with the chain, so a transition of L
steps costs L passes forward and backward, and none for another :math:`\beta`.

Source: Neal, "MCMC using Hamiltonian dynamics", arXiv:1206.1901, section 3, and section
4.4 for the acceptance rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Target = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
ACCEPTANCE = 0.65
RATE = 0.2  # at which the step's logarithm follows the acceptance; chosen here
SHORTEST, LONGEST = 1e-4, 1.5  # steps; beyond 2 leapfrog diverges on the prior alone


@dataclass(frozen=True)
class State:
    """Where chains are.

    Attributes
    ----------
    u : (C, d) float64
    value : (C,) float64
        Log-likelihood at `u`.
    gradient : (C, d) float64
    """

    u: np.ndarray
    value: np.ndarray
    gradient: np.ndarray

    def potential(self, beta: float) -> np.ndarray:
        r""":math:`-\log p_\beta` but for a constant, (C,)."""
        energy: np.ndarray = 0.5 * np.einsum("ij,ij->i", self.u, self.u)
        return energy - beta * self.value

    def force(self, beta: float) -> np.ndarray:
        """Minus the gradient of the potential, (C, d)."""
        return beta * self.gradient - self.u


def start(target: Target, u: np.ndarray) -> State:
    """Chains at `u`."""
    return State(u, *target(u))


def leapfrog(
    target: Target,
    state: State,
    momentum: np.ndarray,
    beta: float,
    step: np.ndarray,
    n: int,
) -> tuple[State, np.ndarray]:
    """`n` steps; the half steps of momentum between two positions are one.

    Parameters
    ----------
    target : callable
        Positions (C, d) to values (C,) and gradients (C, d) of the log-likelihood.
    state : State
    momentum : (C, d)
    beta : float
    step : (C, 1)
    n : int
    """
    momentum = momentum + step / 2 * state.force(beta)
    for i in range(n):
        state = start(target, state.u + step * momentum)
        momentum = momentum + (step if i < n - 1 else step / 2) * state.force(beta)
    return state, momentum


def transition(
    target: Target,
    state: State,
    beta: float,
    step: np.ndarray,
    n: int,
    rng: np.random.Generator,
) -> tuple[State, np.ndarray]:
    r"""One transition that leaves :math:`p_\beta` as it is.

    Returns
    -------
    state : State
    acceptance : (C,)
        Probability with which each chain's move was accepted.
    """
    momentum = rng.standard_normal(state.u.shape)
    # A step that is much too long may overflow; its move is then refused.
    with np.errstate(over="ignore", invalid="ignore"):
        end, final = leapfrog(target, state, momentum, beta, step, n)
        change = state.potential(beta) - end.potential(beta)
        change += 0.5 * (momentum**2 - final**2).sum(axis=1)
        acceptance = np.exp(np.minimum(np.nan_to_num(change, nan=-np.inf), 0))
    moved = rng.random(len(acceptance)) < acceptance
    return (
        State(
            np.where(moved[:, None], end.u, state.u),
            np.where(moved, end.value, state.value),
            np.where(moved[:, None], end.gradient, state.gradient),
        ),
        acceptance,
    )


def adapted(step: np.ndarray, acceptance: np.ndarray) -> np.ndarray:
    r"""Steps nearer to those that are accepted with probability .65.

    :math:`\log\epsilon \leftarrow \log\epsilon + .2\,(\bar a - .65)`, within bounds: a
    Robbins-Monro rule with a constant rate.
    """
    step = step * np.exp(RATE * (acceptance - ACCEPTANCE))
    return np.clip(step, SHORTEST, LONGEST)
