r"""Lesson 15: the gradient of a gradient (arXiv:1704.00028), by a second sweep."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Factor, Mistake
from gan_numpy.gradcheck.second_order import input_gradients
from gan_numpy.exercises.base import Exercise, away_from_zero, mutant
from gan_numpy.exercises.checks import gradient_of
from gan_numpy.exercises.corners import Corner, Maker


def critic(x: np.ndarray, W: np.ndarray, b: np.ndarray, w: np.ndarray) -> np.ndarray:
    r"""a = leaky(x W + b) w with slope 0.2; x (N, n), W (n, U), w (U,)."""
    z = x @ W + b
    return np.where(z > 0, z, 0.2 * z) @ w


def gradient_penalty_loss(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, w: np.ndarray, lam: float
) -> float:
    r"""lam mean (|g_n| - 1)^2, g_n = grad_x a(x_n) by differences of the critic.

    So the check needs no derivative by hand: what is compared with the student's array
    is a difference of differences of the forward pass.
    """
    g = input_gradients(lambda z: critic(z, W, b, w), x, step=0.01)
    s = np.sqrt((g**2).sum(axis=1))
    return float(lam * np.mean((s - 1) ** 2))


def gradient_penalty_backward(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, w: np.ndarray, lam: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""The gradient of lam mean (|grad_x a| - 1)^2 with respect to the parameters.

    Parameters
    ----------
    x : (N, n)
        Where the penalty is taken.
    W, b, w : (n, U), (U,), (U,)
        The critic a = leaky(x W + b) w, slope 0.2.
    lam : float

    Returns
    -------
    dW, db, dw
        The mask is constant almost everywhere, so db is zero.
    """
    M = np.where(x @ W + b > 0, 1.0, 0.2).astype(x.dtype)
    delta = M * w  # da/dz
    g = delta @ W.T  # da/dx
    s = np.sqrt((g**2).sum(axis=1, keepdims=True))
    u = 2 * lam / len(x) * (s - 1) / s * g  # dP/dg
    dW = u.T @ delta
    dw = (M * (u @ W)).sum(axis=0)
    return dW, np.zeros_like(b), dw


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Inputs that leave every unit of the critic well on one side of its kink."""
    while True:
        x = rng.standard_normal((7, 5))
        W, b = rng.standard_normal((5, 3)), rng.standard_normal(3)
        if np.abs(x @ W + b).min() > 0.06:
            w = away_from_zero(rng, (3,), 0.3)
            return {"x": x, "W": W, "b": b, "w": w, "lam": 9.3}


def _of(
    n: int, features: int, hidden: int, lam: float, size: float = 1.0, off: float = 0.0
) -> Maker:
    """Any sizes; ``off`` moves every unit to its negative side."""

    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        W = size * rng.standard_normal((features, hidden))
        b = rng.standard_normal(hidden) - off
        w = away_from_zero(rng, (hidden,), 0.3)
        x = rng.standard_normal((n, features))
        return {"x": x, "W": W, "b": b, "w": w, "lam": lam}

    return inputs


def _dead_unit(rng: np.random.Generator) -> dict[str, Any]:
    given = _of(7, 5, 3, 2.0)(rng)
    given["b"][1] = -50.0
    return given


CORNERS = (
    Corner("all units on their negative side", _of(7, 5, 3, 10.0, off=50.0)),
    Corner("a unit that is negative for all samples", _dead_unit),
    Corner("gradients of norm below 1", _of(7, 5, 3, 10.0, 0.03)),
    Corner("gradients of norm above 1", _of(7, 5, 3, 10.0, 9.0)),
    Corner("lam = 0.1", _of(7, 5, 3, 0.1)),
    Corner("a single sample", _of(1, 5, 3, 10.0)),
    Corner("more hidden units than inputs", _of(5, 3, 11, 10.0)),
    Corner("one input and one hidden unit", _of(7, 1, 1, 10.0)),
)


def second_sweep(u: np.ndarray, inputs: dict[str, Any]) -> dict[str, np.ndarray]:
    """The gradients that a given dP/dg of shape (N, n) leads to."""
    x, W, b, w, _ = inputs.values()
    M = np.where(x @ W + b > 0, 1.0, 0.2)
    return {"W": u.T @ (M * w), "w": (M * (u @ W)).sum(axis=0)}


def _candidates(
    inputs: dict[str, Any], loss: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    """Each mistake as the dP/dg that it stands for, through the second sweep."""
    x, W, b, w, lam = inputs.values()
    n = len(x)
    M = np.where(x @ W + b > 0, 1.0, 0.2)
    g = (M * w) @ W.T
    s = np.sqrt((g**2).sum(axis=1, keepdims=True))
    whole = np.sqrt((g**2).sum())
    c = 2 * lam / n
    kinds = {
        "norm-missing": ("1/|g| is missing in dP/dg", c * (s - 1) * g),
        "norm-twice": ("1/|g| is there twice in dP/dg", c * (s - 1) / s**2 * g),
        "deviation-missing": ("the factor |g| - 1 is missing in dP/dg", c / s * g),
        "one-missing": ("the target slope 1 is missing: |g|^2 is penalized", c * g),
        "norm-over-batch": (
            "the norm is taken over the whole batch, not for each example",
            c * n * (whole - 1) / whole * g / n,
        ),
        "squared-norm": (
            "|g|^2 is used where the norm |g| is meant: a root is missing",
            c * (s**2 - 1) / s**2 * g,
        ),
        "squared-norm-penalty": (
            "it is the gradient of (|g|^2 - 1)^2, not of (|g| - 1)^2",
            2 * c * (s**2 - 1) * g,
        ),
        "deviation-squared": ("|g| - 1 stays squared", c * (s - 1) ** 2 / s * g),
    }
    mistakes: dict[str, list[Mistake]] = {"W": [], "w": []}
    for tag, (says, u) in kinds.items():
        for k, value in second_sweep(u, inputs).items():
            mistakes[k].append(Mistake(tag, says, value))
    u = c * (s - 1) / s * g
    says = "the mask of the critic is missing in the second sweep"
    mistakes["w"].append(Mistake("mask-missing", says, (u @ W).sum(axis=0)))
    says = "the mask of the critic is missing in delta"
    plain = np.broadcast_to(w, M.shape)
    mistakes["W"].append(Mistake("mask-missing", says, u.T @ plain))
    says = "it is x^T, not u^T: the input in place of the gradient of P"
    mistakes["W"].append(Mistake("first-order", says, x.T @ (M * w) * c))
    return {
        k: Candidates(
            mistakes=mistakes[k],
            factors=[Factor("w", w)],
        )
        for k in mistakes
    }


PENALTY = Exercise(
    gradient_penalty_backward,
    lesson="15",
    title="The gradient penalty backward",
    statement=(
        "a = leaky(x W + b) w; g_n = grad_x a = W (M_n * w), M_n = 1 or 0.2.\n"
        "P = lam mean_n (|g_n| - 1)^2. Return dP/dW, dP/db, dP/dw: first dP/dg, then"
        " a\n"
        "second sweep through g = (M * w) W^T."
    ),
    check=gradient_of(
        gradient_penalty_loss,
        gradient_penalty_backward,
        _inputs,
        ("W", "b", "w"),
        _candidates,
        batch=False,
        corners=CORNERS,
    ),
    mutants=(
        mutant("norm-missing", "(s - 1) / s * g", "(s - 1) * g"),
        mutant("norm-twice", "(s - 1) / s * g", "(s - 1) / s**2 * g"),
        mutant("factor-half", "2 * lam", "lam"),
        mutant("mean-missing", "2 * lam / len(x)", "2 * lam"),
        mutant("mean-twice", "2 * lam / len(x)", "2 * lam / len(x) ** 2"),
        mutant("lam-missing", "2 * lam /", "2 /"),
        mutant("deviation-missing", "(s - 1) / s", "1 / s"),
        mutant("one-missing", "(s - 1) / s", "s / s"),
        mutant("deviation-squared", "(s - 1) / s", "(s - 1) ** 2 / s"),
        mutant("norm-over-batch", ".sum(axis=1, keepdims=True)", ".sum()"),
        mutant(
            "squared-norm",
            "np.sqrt((g**2).sum(axis=1, keepdims=True))",
            "(g**2).sum(axis=1, keepdims=True)",
        ),
        mutant("squared-norm-penalty", "(s - 1) / s * g", "2 * (s**2 - 1) * g"),
        mutant("sign", "(s - 1) / s", "(1 - s) / s"),
        mutant("mask-missing", "(M * (u @ W))", "(u @ W)"),
        mutant("w-extra", "(M * (u @ W))", "(delta * (u @ W))"),
        mutant("w-missing", "u.T @ delta", "u.T @ M"),
        mutant("transposed", "u.T @ delta", "delta.T @ u"),
        mutant("not-summed", "(M * (u @ W)).sum(axis=0)", "M * (u @ W)"),
        mutant("sign factor-half", "2 * lam", "-lam"),
    ),
    hints=(
        "dP/dg_n = 2 lam/N (|g_n| - 1) g_n/|g_n|; g is bilinear in W and w.",
        "u = dP/dg; dW = u^T (M * w), dw = sum_n M * (u W), db = 0",
    ),
    given=(critic,),
    points=4,
)

EXERCISES = (PENALTY,)
