r"""Lesson 03: maxout, forward and backward (Goodfellow et al., arXiv:1302.4389)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Constant, Mask, Mistake
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import backward_check, first_of, value_check
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.values import Formulas


def maxout_forward(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, pieces: int
) -> tuple[np.ndarray, Any]:
    r"""Each unit is the largest of its affine pieces.

    Parameters
    ----------
    x : (N, n_in)
    W : (n_in, units * pieces)
        Column ``u * pieces + j`` is piece j of unit u.
    b : (units * pieces,)
    pieces : int

    Returns
    -------
    y : (N, units)
    cache : anything that your backward needs
        Of equal pieces the first wins. Ours is (x, W, winners, pieces), with winners
        of shape (N, units) holding 0 .. pieces - 1.
    """
    z = (x @ W + b).reshape(len(x), -1, pieces)
    winners = z.argmax(axis=2)
    y = z.max(axis=2)
    return y, (x, W, winners, pieces)


def maxout_backward(
    dy: np.ndarray, cache: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""The gradients of <dy, maxout(x; W, b)>.

    Parameters
    ----------
    dy : (N, units)
    cache : what maxout_forward returned, (x, W, winners, pieces)

    Returns
    -------
    dx : (N, n_in)
    dW : (n_in, units * pieces)
    db : (units * pieces,)
    """
    x, W, winners, pieces = cache
    onehot = winners[:, :, None] == np.arange(pieces)
    dz = (dy[:, :, None] * onehot).reshape(len(x), -1)
    dx = dz @ W.T
    dW = x.T @ dz
    db = dz.sum(axis=0)
    return dx, dW, db


PIECES, UNITS = 11, 3


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Inputs without ties: the best piece wins by a clear margin."""
    while True:
        x = rng.standard_normal((7, 5))
        W = rng.standard_normal((5, UNITS * PIECES))
        b = rng.standard_normal(UNITS * PIECES)
        z = np.sort((x @ W + b).reshape(7, UNITS, PIECES), axis=2)
        if (z[:, :, -1] - z[:, :, -2]).min() > 0.01:
            return {"x": x, "W": W, "b": b, "pieces": PIECES}


def _of(n: int, i: int, units: int, pieces: int, down: float = 0.0) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        W = rng.standard_normal((i, units * pieces))
        b = rng.standard_normal(units * pieces) - down
        x = rng.standard_normal((n, i))
        return {"x": x, "W": W, "b": b, "pieces": pieces}

    return inputs


def _ties(rng: np.random.Generator) -> dict[str, Any]:
    """Small whole numbers, so that the ties are exact; many pieces are equal."""
    x = rng.integers(-1, 2, (7, 3)).astype(np.float64)
    W = rng.integers(-1, 2, (3, 10)).astype(np.float64)
    W[:, 1], W[:, 9] = W[:, 0], W[:, 5]
    return {"x": x, "W": W, "b": np.zeros(10), "pieces": 5}


CORNERS = (
    Corner("one piece", _of(7, 5, 3, 1)),
    Corner("two pieces", _of(7, 5, 3, 2)),
    Corner("two pieces that are all negative", _of(7, 5, 3, 2, 20.0)),
    Corner("one unit", _of(7, 3, 1, 5)),
    Corner("a batch of one", _of(1, 5, 3, 7)),
)
TIES = Corner("equal pieces", _ties)  # at a tie there is no derivative to compare


def _pieces(x: np.ndarray, W: np.ndarray, b: np.ndarray, k: int) -> np.ndarray:
    return (x @ W + b).reshape(len(x), -1, k)


FORMULAS = Formulas(
    mistakes={
        "minimum": (
            "it is the smallest piece, not the largest",
            lambda x, W, b, k: _pieces(x, W, b, k).min(axis=2),
        ),
        "averaged": (
            "it is the mean of the pieces, not the largest",
            lambda x, W, b, k: _pieces(x, W, b, k).mean(axis=2),
        ),
        "pieces-summed": (
            "it is the sum of the pieces, not the largest",
            lambda x, W, b, k: _pieces(x, W, b, k).sum(axis=2),
        ),
        "wrong-reshape": (
            "the columns are read as (pieces, units): piece j of unit u is column"
            " u * pieces + j",
            lambda x, W, b, k: (x @ W + b).reshape(len(x), k, -1).max(axis=1),
        ),
        "bias-missing": (
            "the bias b is missing",
            lambda x, W, b, k: _pieces(x, W, 0 * b, k).max(axis=2),
        ),
        "bias-late": (
            "the bias is added after the maximum, which is of x W alone",
            lambda x, W, b, k: _pieces(x, W, 0 * b, k).max(axis=2)
            + b.reshape(-1, k)[:, 0],
        ),
        "absolute-value": (
            "the piece of largest absolute value wins; it is the largest that must",
            lambda x, W, b, k: np.abs(_pieces(x, W, b, k)).max(axis=2),
        ),
        "rectified": (
            "it is cut off at 0 as a ReLU is: a maxout may be negative",
            lambda x, W, b, k: np.maximum(_pieces(x, W, b, k).max(axis=2), 0),
        ),
        "first-piece": (
            "it is the first piece of each unit, not the largest",
            lambda x, W, b, k: _pieces(x, W, b, k)[:, :, 0],
        ),
    }
)

FORWARD = Exercise(
    maxout_forward,
    lesson="03",
    title="Maxout forward",
    statement=(
        "y_u = max over j of (x W + b)_{u * pieces + j}.\n"
        "Return (y, cache); y has the shape (N, units). Of equal pieces the first wins."
    ),
    check=value_check(
        maxout_forward,
        _inputs,
        FORMULAS,
        ("y",),
        pick=first_of("y", "the cache"),
        corners=(*CORNERS, TIES),
    ),
    mutants=(
        mutant("minimum", "z.max(axis=2)", "z.min(axis=2)"),
        mutant("averaged", "z.max(axis=2)", "z.mean(axis=2)"),
        mutant("pieces-summed", "z.max(axis=2)", "z.sum(axis=2)"),
        mutant("first-piece", "z.max(axis=2)", "z[:, :, 0]"),
        mutant("absolute-value", "z.max(axis=2)", "abs(z).max(axis=2)"),
        mutant(
            "wrong-reshape",
            "z.max(axis=2)",
            "z.reshape(len(x), pieces, -1).max(axis=1)",
        ),
        mutant("bias-missing", "(x @ W + b)", "(x @ W)"),
        mutant("shape", "z.max(axis=2)", "z.max(axis=1)"),
        mutant("keepdims", "z.max(axis=2)", "z.max(axis=2, keepdims=True)"),
        mutant("exception", "x @ W + b", "x @ W.T + b"),
    ),
    hints=(
        "Reshape the affine map so that the pieces of a unit lie along the last axis.",
        "z = (x W + b) of shape (N, units, pieces); y = z.max(axis=2)",
    ),
    points=1,
)


def _candidates(
    inputs: dict[str, Any], y: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    x, W, b, k = inputs.values()
    winners = _pieces(x, W, b, k).argmax(axis=2)
    onehot = winners[:, :, None] == np.arange(k)
    every = np.repeat(dy, k, axis=1)
    shared = every / k
    flat = (dy[:, :, None] * onehot).transpose(0, 2, 1).reshape(len(x), -1)
    shifted = (dy[:, :, None] * np.roll(onehot, 1, axis=2)).reshape(len(x), -1)
    flow = {
        "to-all-pieces": ("the gradient goes to all pieces, not to the winner", every),
        "averaged": ("the gradient is shared among the pieces: 1/pieces each", shared),
        "wrong-reshape": ("the pieces are laid out as (pieces, units)", flat),
        "winner-off-by-one": ("it goes to the piece after the winner", shifted),
    }
    mistakes: dict[str, list[Mistake]] = {"x": [], "W": [], "b": []}
    for tag, (says, dz) in flow.items():
        mistakes["x"].append(Mistake(tag, says, dz @ W.T))
        mistakes["W"].append(Mistake(tag, says, x.T @ dz))
        mistakes["b"].append(Mistake(tag, says, dz.sum(axis=0)))
    constants = [Constant("pieces", float(k))]
    mask = [Mask("of the pieces that win at least once", onehot.any(axis=0).ravel())]
    return {
        name: Candidates(constants=constants, masks=mask, mistakes=mistakes[name])
        for name in mistakes
    }


BACKWARD = Exercise(
    maxout_backward,
    lesson="03",
    title="Maxout backward",
    statement=(
        "y_u = z_{u, w(u)} with w(u) the winning piece: dz is dy at the winner and 0"
        " at\n"
        "the other pieces; then z = x W + b as in the affine layer.\n"
        "Return dx, dW, db."
    ),
    check=backward_check(
        maxout_forward,
        maxout_backward,
        _inputs,
        ("x", "W", "b"),
        _candidates,
        corners=CORNERS,
    ),
    mutants=(
        mutant("to-all-pieces", " * onehot)", " * np.ones_like(onehot))"),
        mutant("averaged", " * onehot)", " * np.ones_like(onehot) / pieces)"),
        mutant("pieces-extra", "* onehot)", "* onehot * pieces)"),
        mutant("pieces-missing", "* onehot)", "* onehot / pieces)"),
        mutant(
            "wrong-reshape",
            ".reshape(len(x), -1)",
            ".transpose(0, 2, 1).reshape(len(x), -1)",
        ),
        mutant(
            "winner-off-by-one",
            "winners[:, :, None] ==",
            "(winners[:, :, None] + 1) % pieces ==",
        ),
        mutant("not-summed", "dz.sum(axis=0)", "dz"),
        mutant("mean-twice", "dz.sum(axis=0)", "dz.mean(axis=0)"),
        mutant("mean-twice", "x.T @ dz", "x.T @ dz / len(x)"),
        mutant("transposed", "x.T @ dz", "dz.T @ x"),
        mutant("sign", "dz @ W.T", "-dz @ W.T"),
        mutant("upstream-ignored", "dy[:, :, None] * onehot", "1.0 * onehot"),
        mutant("all-zero", "db = dz.sum(axis=0)", "db = np.zeros_like(W[0])"),
    ),
    hints=(
        "Only the winning piece moved y, so only it receives dy.",
        "dz = onehot(winner) * dy; dx = dz W^T, dW = x^T dz, db = sum_n dz_n",
    ),
    given=(maxout_forward,),
    points=3,
)

EXERCISES = (FORWARD, BACKWARD)
