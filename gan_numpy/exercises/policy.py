r"""Lesson 18: the gradient of a policy (Williams, Machine Learning 8:229, 1992)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import (
    Candidates,
    Factor,
    Mistake,
    Term,
)
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import gradient_of
from gan_numpy.exercises.classes import log_sum_exp, onehot, softmax
from gan_numpy.exercises.corners import Corner, Maker


def policy_loss(
    logits: np.ndarray, actions: np.ndarray, advantages: np.ndarray, beta: float
) -> float:
    r"""-mean A log pi(a) - beta * mean entropy, with pi = softmax(logits)."""
    log_pi = logits - log_sum_exp(logits)[:, None]
    entropy = -(np.exp(log_pi) * log_pi).sum(axis=1)
    taken = log_pi[np.arange(len(logits)), actions]
    return float(-np.mean(advantages * taken) - beta * np.mean(entropy))


def policy_gradient(
    logits: np.ndarray, actions: np.ndarray, advantages: np.ndarray, beta: float
) -> np.ndarray:
    r"""The gradient of a policy's loss: actions that paid become more likely.

    Parameters
    ----------
    logits : (N, actions)
        The policy is pi = softmax of each row.
    actions : (N,) int
        What was done.
    advantages : (N,)
        How much better than expected it turned out: numbers, not functions of logits.
    beta : float
        Weight of the entropy, which keeps the policy curious.

    Returns
    -------
    dlogits : (N, actions)
    """
    n = len(logits)
    log_pi = logits - log_sum_exp(logits)[:, None]
    pi = np.exp(log_pi)
    surprise = pi.copy()
    surprise[np.arange(n), actions] -= 1
    entropy = -(pi * log_pi).sum(axis=1)
    narrow = pi * (log_pi + entropy[:, None])
    return (advantages[:, None] * surprise + beta * narrow) / n


def _of(n: int, k: int, beta: float, size: float = 1.5) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        return {
            "logits": size * rng.standard_normal((n, k)),
            "actions": rng.integers(0, k, n),
            "advantages": 0.3 + rng.standard_normal(n),
            "beta": beta,
        }

    return inputs


def _with(advantages: float) -> Maker:
    return lambda rng: {**_of(7, 5, 0.3)(rng), "advantages": np.full(7, advantages)}


CORNERS = (
    Corner("no entropy, beta = 0", _of(7, 5, 0.0)),
    Corner("advantages of 0: the entropy alone", _with(0.0)),
    Corner("advantages of 1: the likelihood of the actions", _with(1.0)),
    Corner("a batch of one", _of(1, 5, 0.3)),
    Corner("two actions", _of(7, 2, 0.3)),
    Corner("more actions than samples", _of(3, 11, 0.3)),
    Corner("large logits, up to 60", _of(7, 5, 0.3, 25.0)),
)


def _candidates(
    inputs: dict[str, Any], loss: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    logits, actions, A, beta = inputs.values()
    n, k = logits.shape
    log_pi = logits - log_sum_exp(logits)[:, None]
    pi, done = softmax(logits), onehot(actions, k)
    H = -(pi * log_pi).sum(axis=1, keepdims=True)
    scored = A[:, None] * (pi - done) / n
    narrow = beta * pi * (log_pi + H) / n

    def says(what: str, value: np.ndarray, tag: str) -> Mistake:
        return Mistake(tag, what, value)

    return {
        "logits": Candidates(
            factors=[Factor("A", A[:, None], "advantage-missing", "advantage-extra")],
            terms=[
                Term("entropy", narrow),
                Term("score", scored),
                Term("action", -A[:, None] * done / n),
                Term("mean-of-log", beta * pi * H / n, missing="mean-log-missing"),
            ],
            mistakes=[
                says(
                    "the advantage is not there: every action counts the same",
                    (pi - done) / n + narrow,
                    "advantage-missing",
                ),
                says(
                    "the gradient of pi(a) itself: log pi(a) has no factor pi(a)",
                    scored * (pi * done).sum(axis=1, keepdims=True) + narrow,
                    "log-missing",
                ),
                says(
                    "only the action that was taken: softmax moves all of them",
                    scored * done + narrow,
                    "taken-action-only",
                ),
                says(
                    "the advantages are those of the whole batch added up",
                    A.sum() * (pi - done) / n + narrow,
                    "advantages-summed",
                ),
            ],
        )
    }


POLICY = Exercise(
    policy_gradient,
    lesson="18",
    title="The gradient of a policy",
    statement=(
        "pi = softmax(logits), a the actions taken, A their advantages (given), and\n"
        "    L = -mean A log pi(a) - beta * mean H,  H = -sum_k pi_k log pi_k.\n"
        "Return dL/dlogits. Descending it makes what paid more likely."
    ),
    check=gradient_of(
        policy_loss,
        policy_gradient,
        _of(7, 5, 0.37),
        ("logits",),
        _candidates,
        corners=CORNERS,
    ),
    mutants=(
        mutant("sign", "return (advantages", "return -(advantages"),
        mutant("mean-missing", "narrow) / n", "narrow)"),
        mutant("advantage-missing", "advantages[:, None] * surprise", "surprise"),
        mutant("entropy-missing", " + beta * narrow", ""),
        mutant("entropy-sign", "+ beta * narrow", "- beta * narrow"),
        mutant("action-missing", "    surprise[np.arange(n), actions] -= 1\n", ""),
        mutant("action-sign", "actions] -= 1", "actions] += 1"),
        mutant("mean-log-missing", "(log_pi + entropy[:, None])", "log_pi"),
        mutant("score-sign", "(advantages", "(-advantages"),
        mutant("advantages-summed", "advantages[:, None] * s", "advantages.sum() * s"),
    ),
    hints=(
        "The gradient of -log pi(a) is pi minus the one-hot action; A multiplies it.",
        "dlogits = (A (pi - onehot) + beta pi (log pi + H)) / N",
    ),
    given=(log_sum_exp, policy_loss),
    points=3,
)

EXERCISES = (POLICY,)
