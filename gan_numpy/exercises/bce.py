r"""Lesson 01: binary cross-entropy on logits, its value and its gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Mistake, Term
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import loss_check
from gan_numpy.exercises.corners import Corner
from gan_numpy.exercises.functions import sigmoid, softplus
from gan_numpy.exercises.values import Formulas


def bce_logits(a: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    r"""Mean binary cross-entropy of labels y with the probabilities sigma(a).

    Parameters
    ----------
    a : (N,)
        Logits: D before the sigmoid. Any size, 800 and -800 too.
    y : (N,)
        Labels, 0 or 1 (or between).

    Returns
    -------
    loss : float
    da : (N,)
        The gradient of the loss with respect to a.
    """
    loss = float(np.mean(softplus(a) - y * a))
    da = (sigmoid(a) - y) / len(a)
    return loss, da


def _inputs(rng: np.random.Generator) -> dict[str, object]:
    y = (rng.permutation(7) < 3).astype(np.float64)
    return {"a": 2 * rng.standard_normal(7), "y": np.where(y > 0, 0.97, 0.08)}


def _candidates(
    inputs: dict[str, np.ndarray], value: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    a, y = inputs["a"], inputs["y"]
    n, p = len(a), sigmoid(a)
    says = "the labels are swapped: \u03c3(a) - (1 - y)"
    return {
        "a": Candidates(
            terms=[
                Term("y", -y / n, missing="label-missing"),
                Term("\u03c3(a)", p / n, missing="sigmoid-missing"),
            ],
            mistakes=[
                Mistake("labels-swapped", says, (p - (1 - y)) / n),
                Mistake(
                    "sigmoid-missing",
                    "the logit itself is used where \u03c3(a) is meant: a - y",
                    (a - y) / n,
                ),
                Mistake(
                    "hard-prediction",
                    "a hard decision, a > 0, is used where \u03c3(a) is meant",
                    ((a > 0) - y) / n,
                ),
            ],
        )
    }


def _of_size(n: int) -> Callable[[np.random.Generator], dict[str, object]]:
    def inputs(rng: np.random.Generator) -> dict[str, object]:
        return {"a": 3 * rng.standard_normal(n), "y": rng.random(n)}

    return inputs


def _hard(rng: np.random.Generator) -> dict[str, object]:
    a = 2 * rng.standard_normal(11)
    a[3] = 0.0
    return {"a": a, "y": 1.0 * (rng.permutation(11) < 5)}


def _huge(rng: np.random.Generator) -> dict[str, object]:
    a = np.array([800.0, -800.0, 800.0, -800.0, 0.0])
    return {"a": a, "y": np.array([1.0, 0.0, 0.0, 1.0, 0.5])}


CORNERS = (
    Corner("logits of 800 and -800", _huge, "unstable", "non-finite", "exp overflows"),
    Corner("labels of exactly 0 and 1", _hard),
    Corner("labels between 0 and 1", _of_size(23)),
    Corner("a batch of one", _of_size(1)),
    Corner("labels of one kind", lambda rng: {**_hard(rng), "y": np.ones(11)}),
)


BCE = Exercise(
    bce_logits,
    lesson="01",
    title="Binary cross-entropy on logits",
    statement=(
        "For logits a and labels y, with p = sigma(a),\n"
        "    L = -1/N sum [y log p + (1 - y) log(1 - p)]\n"
        "      = 1/N sum [softplus(a) - y a].\n"
        "Return L and dL/da. It must work for a = 800 and a = -800."
    ),
    check=loss_check(
        bce_logits,
        _inputs,
        ("a",),
        _candidates,
        Formulas(
            terms={"y a": lambda a, y: float(np.mean(-y * a))},
            mistakes={
                "labels-swapped": (
                    "the labels are swapped",
                    lambda a, y: float(np.mean(softplus(a) - (1 - y) * a)),
                )
            },
        ),
        CORNERS,
    ),
    mutants=(
        mutant("mean-missing", " / len(a)", ""),
        mutant("mean-twice", "/ len(a)", "/ len(a) ** 2"),
        mutant("sign", "(sigmoid(a) - y)", "(y - sigmoid(a))"),
        mutant("labels-swapped", "(sigmoid(a) - y)", "(sigmoid(a) - (1 - y))"),
        mutant(
            "sigmoid-derivative-extra",
            "(sigmoid(a) - y)",
            "(sigmoid(a) - y) * sigmoid(a) * (1 - sigmoid(a))",
        ),
        mutant(
            "sigmoid-derivative-missing",
            "(sigmoid(a) - y)",
            "(sigmoid(a) - y) / (sigmoid(a) * (1 - sigmoid(a)))",
        ),
        mutant("sigmoid-missing", "(sigmoid(a) - y)", "(a - y)"),
        mutant("label-missing", "(sigmoid(a) - y)", "sigmoid(a)"),
        mutant("hard-prediction", "(sigmoid(a) - y)", "((a > 0) - y)"),
        mutant("factor-2", "(sigmoid(a) - y)", "2 * (sigmoid(a) - y)"),
        mutant("mean-missing", "np.mean", "np.sum"),
        mutant("y-a-missing", " - y * a", ""),
        mutant("y-a-sign", " - y * a", " + y * a"),
        mutant("labels-swapped", " - y * a", " - (1 - y) * a"),
        mutant("unstable", "softplus(a)", "np.log(1 + np.exp(a))"),
        mutant("mutated", "    loss =", "    a *= 1.5\n    loss ="),
        mutant("mean-missing sign", "(sigmoid(a) - y) / len(a)", "y - sigmoid(a)"),
    ),
    hints=(
        "Differentiate softplus(a) - y a term by term; the mean is part of L.",
        "softplus'(a) = sigma(a), so dL/da = (sigma(a) - y) / N.",
    ),
    given=(sigmoid, softplus),
)

EXERCISES = (BCE,)
