r"""Lesson 15: spectral normalization backward (Miyato et al., arXiv:1802.05957)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Constant, Mistake, Term
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import backward_check
from gan_numpy.exercises.corners import Corner, Maker


def spectral_norm_forward(W: np.ndarray) -> tuple[np.ndarray, Any]:
    r"""W / sigma with the largest singular value sigma = u^T W v."""
    U, S, Vt = np.linalg.svd(W, full_matrices=False)
    u, v, sigma = U[:, 0], Vt[0], S[0]
    return W / sigma, (W, u, v, sigma)


def spectral_norm_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    r"""The gradient of <dy, W / sigma(W)>, where d sigma = u^T dW v.

    Parameters
    ----------
    dy : (rows, columns)
        The gradient with respect to the normalized matrix.
    cache : what spectral_norm_forward returned, (W, u, v, sigma)

    Returns
    -------
    dW : (rows, columns)
    """
    W, u, v, sigma = cache
    inner = (dy * W).sum() / sigma
    return (dy - inner * np.outer(u, v)) / sigma


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    """A matrix whose two largest singular values differ by a fifth at least."""
    while True:
        W = rng.standard_normal((5, 3))
        S = np.linalg.svd(W, compute_uv=False)
        if S[0] > 1.2 * S[1] and abs(S[0] - 1) > 0.2:
            return {"W": W}


def _candidates(
    inputs: dict[str, Any], y: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    W = inputs["W"]
    U, S, Vt = np.linalg.svd(W, full_matrices=False)
    outer, s = np.outer(U[:, 0], Vt[0]), float(S[0])
    inner = float((dy * W).sum()) / s
    frobenius = (dy - inner * s * W / (W * W).sum()) / s
    return {
        "W": Candidates(
            constants=[Constant("1/sigma", 1 / s, "sigma-missing", "sigma-twice")],
            terms=[
                Term("through sigma", -inner * outer / s, missing="sigma-constant"),
                Term("direct", dy / s),
            ],
            mistakes=[
                Mistake(
                    "inner-product-of-uv",
                    "<dy, u v^T> is used where <dy, W/sigma> is meant",
                    (dy - (dy * outer).sum() * outer) / s,
                ),
                Mistake(
                    "inner-sigma-missing",
                    "1/sigma is missing in the term through sigma",
                    (dy - inner * s * outer) / s,
                ),
                Mistake(
                    "frobenius",
                    "the Frobenius norm is differentiated: W where u v^T is meant",
                    frobenius,
                ),
                Mistake(
                    "w-for-uv",
                    "W is used where u v^T is meant",
                    (dy - inner * W) / s,
                ),
            ],
        )
    }


def _of(rows: int, columns: int, sigma: float) -> Maker:
    """A matrix of this norm, with singular values well apart."""

    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        rank = min(rows, columns)
        U, _, Vt = np.linalg.svd(rng.standard_normal((rows, columns)), False)
        return {"W": (U * sigma * 0.6 ** np.arange(rank)) @ Vt}

    return inputs


CORNERS = (
    Corner("more columns than rows", _of(3, 7, 2.0)),
    Corner("a square matrix", _of(5, 5, 2.0)),
    Corner("sigma below 1", _of(5, 3, 0.07)),
    Corner("sigma = 40", _of(5, 3, 40.0)),
    Corner("a single row", _of(1, 5, 2.0)),
    Corner("a single column", _of(5, 1, 0.5)),
)


SPECTRAL = Exercise(
    spectral_norm_backward,
    lesson="15",
    title="Spectral normalization backward",
    statement=(
        "y = W/sigma, sigma = u^T W v the largest singular value, d sigma/dW = u v^T.\n"
        "W reaches y directly and through sigma. Given dy, return dW."
    ),
    check=backward_check(
        spectral_norm_forward,
        spectral_norm_backward,
        _inputs,
        ("W",),
        _candidates,
        batch=False,
        corners=CORNERS,
    ),
    mutants=(
        mutant("sigma-constant", "(dy - inner * np.outer(u, v))", "dy"),
        mutant("through-sigma-sign", "dy - inner", "dy + inner"),
        mutant("sigma-missing", "np.outer(u, v)) / sigma", "np.outer(u, v))"),
        mutant("sigma-twice", "np.outer(u, v)) / sigma", "np.outer(u, v)) / sigma**2"),
        mutant("inner-sigma-missing", "(dy * W).sum() / sigma", "(dy * W).sum()"),
        mutant(
            "inner-product-of-uv",
            "(dy * W).sum() / sigma",
            "(dy * np.outer(u, v)).sum()",
        ),
        mutant("w-for-uv", "np.outer(u, v)", "W"),
        mutant("direct-missing", "(dy - inner * np", "(-inner * np"),
        mutant("sign", "return (dy", "return -(dy"),
        mutant("through-sigma-twice", "inner * np", "2 * inner * np"),
        mutant(
            "sigma-constant sigma-missing",
            "(dy - inner * np.outer(u, v)) / sigma",
            "dy",
        ),
        mutant("exception", "np.outer(u, v)", "np.outer(v, u)"),
    ),
    hints=(
        "Two paths: dy/sigma, and through sigma, whose derivative is u v^T.",
        "dW = (dy - <dy, W/sigma> u v^T)/sigma",
    ),
    given=(spectral_norm_forward,),
    points=3,
)

EXERCISES = (SPECTRAL,)
