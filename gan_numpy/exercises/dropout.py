r"""Lesson 03: inverted dropout backward (Srivastava et al., JMLR 15 (2014), 1929)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Constant, Mask
from gan_numpy.exercises.base import Exercise, away_from_zero, mutant
from gan_numpy.exercises.checks import backward_check
from gan_numpy.exercises.corners import Corner, Maker


def dropout_forward(
    x: np.ndarray, keep: float, rng: np.random.Generator
) -> tuple[np.ndarray, Any]:
    r"""y = x * mask / keep; an entry of the mask is 1 with probability keep."""
    mask = rng.random(x.shape) < keep
    return x * mask / keep, (mask, keep)


def dropout_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    r"""The gradient of <dy, x * mask / keep> with respect to x.

    Parameters
    ----------
    dy : (N, features)
    cache : what dropout_forward returned, (mask, keep)

    Returns
    -------
    dx : (N, features)
    """
    mask, keep = cache
    return dy * mask / keep


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    seed = int(rng.integers(2**31))
    return {
        "x": away_from_zero(rng, (7, 5)),
        "keep": 0.63,
        "rng": np.random.default_rng(seed),
    }


def _candidates(
    inputs: dict[str, Any], y: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    keep = inputs["keep"]
    says = "the scale 1/keep of the forward is missing"
    constants = [
        Constant("1/keep", 1 / keep, "scale-missing", "scale-twice", says),
        Constant(
            "keep/(1 - keep)",
            keep / (1 - keep),
            "wrong-probability",
            "wrong-probability",
            "",
            "divided by 1 - keep: it is the kept share that divides",
        ),
        Constant("1 - keep", 1 - keep),
    ]
    return {"x": Candidates(constants=constants, masks=[Mask("of the kept", y != 0)])}


def _keeping(keep: float, *shape: int) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        seed = int(rng.integers(2**31))
        x = rng.standard_normal(shape)
        return {"x": x, "keep": keep, "rng": np.random.default_rng(seed)}

    return inputs


CORNERS = (
    Corner("keep = 1: nothing is dropped", _keeping(1.0, 7, 5)),
    Corner("keep = 0.5", _keeping(0.5, 7, 5)),
    Corner("keep = 0.2", _keeping(0.2, 7, 5)),
    Corner("keep so small that all is dropped", _keeping(1e-9, 3, 5)),
    Corner("keep = 0.9 and a batch of one", _keeping(0.9, 1, 11)),
)


DROPOUT = Exercise(
    dropout_backward,
    lesson="03",
    title="Dropout backward",
    statement=(
        "y = x * mask / keep (inverted dropout: the mean of y is x).\n"
        "Given dy, return dL/dx. The mask is the one that the forward drew."
    ),
    check=backward_check(
        dropout_forward,
        dropout_backward,
        _inputs,
        ("x",),
        _candidates,
        corners=CORNERS,
    ),
    mutants=(
        mutant("mask-missing", "dy * mask / keep", "dy / keep"),
        mutant("scale-missing", "dy * mask / keep", "dy * mask"),
        mutant("mask-missing scale-missing", "dy * mask / keep", "dy"),
        mutant("scale-twice", "/ keep", "/ keep**2"),
        mutant("wrong-probability", "/ keep", "/ (1 - keep)"),
        mutant("mask-inverted", "dy * mask", "dy * ~mask"),
        mutant("mask-from-dy", "dy * mask", "dy * (dy > 0)"),
        mutant(
            "another-mask",
            "dy * mask",
            "dy * (np.random.default_rng(1).random(dy.shape) < keep)",
        ),
        mutant(
            "changes-between-calls",
            "dy * mask",
            "dy * (np.random.default_rng().random(dy.shape) < keep)",
        ),
        mutant("sign", "return dy", "return -dy"),
        mutant("upstream-ignored", "dy * mask", "1.0 * mask"),
        mutant("all-zero", "dy * mask", "0 * dy"),
    ),
    hints=(
        "y is linear in x: every entry has one factor, which the forward has drawn.",
        "dx = dy * mask / keep",
    ),
    given=(dropout_forward,),
)

EXERCISES = (DROPOUT,)
