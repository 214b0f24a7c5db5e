r"""Lesson 16: softmax cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Mistake, Term
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import loss_check
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.functions import sigmoid


def softmax(logits: np.ndarray) -> np.ndarray:
    r"""exp(l) / sum exp(l) of each row, without overflow."""
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def log_sum_exp(logits: np.ndarray) -> np.ndarray:
    r"""log sum exp(l) of each row, without overflow."""
    top = logits.max(axis=1)
    return top + np.log(np.exp(logits - top[:, None]).sum(axis=1))


def softmax_cross_entropy(
    logits: np.ndarray, labels: np.ndarray
) -> tuple[float, np.ndarray]:
    r"""Mean cross-entropy of integer labels with the softmax of the logits.

    Parameters
    ----------
    logits : (N, classes)
    labels : (N,) int

    Returns
    -------
    loss : float
    dlogits : (N, classes)
    """
    n = len(logits)
    loss = np.mean(log_sum_exp(logits) - logits[np.arange(n), labels])
    d = softmax(logits)
    d[np.arange(n), labels] -= 1
    return float(loss), d / n


def logits_and_labels(rng: np.random.Generator) -> dict[str, Any]:
    """Logits of seven samples in five classes, and labels with every class."""
    return {
        "logits": 1.5 * rng.standard_normal((7, 5)),
        "labels": rng.permutation(np.array([0, 1, 2, 3, 4, 1, 3])),
    }


def onehot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Row n is 1 at labels[n], else 0."""
    return (labels[:, None] == np.arange(classes)).astype(np.float64)


def _candidates(
    inputs: dict[str, Any], loss: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    logits, labels = inputs["logits"], inputs["labels"]
    n, p = len(logits), softmax(logits)
    y = onehot(labels, logits.shape[1])
    over_batch = np.exp(logits) / np.exp(logits).sum(axis=0)
    d = (p - y) / n
    twice = p * (d - (p * d).sum(axis=1, keepdims=True))
    return {
        "logits": Candidates(
            terms=[
                Term("onehot", -y / n, missing="label-missing"),
                Term("softmax", p / n),
            ],
            mistakes=[
                Mistake(
                    "softmax-derivative-extra",
                    "the derivative of the softmax is applied again: p - y has it",
                    twice,
                ),
                Mistake(
                    "softmax-axis",
                    "the softmax runs over the batch, not over the classes",
                    (over_batch - y) / n,
                ),
                Mistake(
                    "softmax-missing",
                    "the logits themselves are used where the softmax is meant",
                    (logits - y) / n,
                ),
                Mistake(
                    "not-normalized",
                    "exp(l) is not divided by its sum",
                    (np.exp(logits) - y) / n,
                ),
                Mistake(
                    "label-class-only",
                    "only the entry of the label is there: p - y has all classes",
                    (p - y) * y / n,
                ),
                Mistake(
                    "sigmoid-for-softmax",
                    "a sigmoid of each logit is used where the softmax is meant",
                    (sigmoid(logits) - y) / n,
                ),
            ],
        )
    }


def _of(n: int, classes: int, *labels: int) -> Maker:
    """Some labels do not occur."""

    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        logits = 2 * rng.standard_normal((n, classes))
        return {"logits": logits, "labels": np.resize(np.array(labels), n)}

    return inputs


def _huge(rng: np.random.Generator) -> dict[str, Any]:
    """Rows like [800, 0], and rows of a common size of 800."""
    rows = [[800.0, 0.0, -800.0], [0.0, 800.0, 0.0], [-800.0, -799.0, -801.0]]
    logits = np.array([*rows, [0.0, 1.0, 2.0], [900.0, 901.0, 0.0]])
    return {"logits": logits, "labels": np.array([0, 2, 1, 0, 1])}


def _huge_of_two(rng: np.random.Generator) -> dict[str, Any]:
    logits = np.array([[800.0, 0.0], [0.0, -800.0], [0.3, 0.1]])
    return {"logits": logits, "labels": np.array([0, 0, 1])}


CORNERS = (
    Corner("logits of 800", _huge, "unstable", "non-finite", "exp overflows"),
    Corner("rows like [800, 0]", _huge_of_two, "unstable", "non-finite"),
    Corner("labels that are all one class", _of(7, 5, 2)),
    Corner("labels that are all 0", _of(7, 5, 0)),
    Corner("a last class that does not occur", _of(7, 5, 0, 1, 3)),
    Corner("a batch of one", _of(1, 5, 4)),
    Corner("two classes", _of(7, 2, 0, 1)),
    Corner("more classes than samples", _of(3, 11, 10, 0)),
)


CROSS_ENTROPY = Exercise(
    softmax_cross_entropy,
    lesson="16",
    title="Softmax cross-entropy",
    statement=(
        "L = mean_n [logsumexp(l_n) - l_n,y(n)]. Return L and dL/dl.\n"
        "It must work for logits of 800."
    ),
    check=loss_check(
        softmax_cross_entropy,
        logits_and_labels,
        ("logits",),
        _candidates,
        corners=CORNERS,
    ),
    mutants=(
        mutant("mean-missing", "d / n", "d"),
        mutant("mean-twice", "d / n", "d / n**2"),
        mutant("mean-wrong-axis", "d / n", "d / logits.shape[1]"),
        mutant("sign", "float(loss), d / n", "float(loss), -d / n"),
        mutant("label-missing", "    d[np.arange(n), labels] -= 1\n", ""),
        mutant("onehot-sign", "-= 1", "+= 1"),
        mutant(
            "softmax-derivative-extra",
            "    return",
            "    d = softmax(logits) * (d - (softmax(logits) * d).sum(axis=1,"
            " keepdims=True))\n    return",
        ),
        mutant("softmax-axis", "d = softmax(logits)", "d = softmax(logits.T).T"),
        mutant("softmax-missing", "d = softmax(logits)", "d = logits.copy()"),
        mutant("not-normalized", "d = softmax(logits)", "d = np.exp(logits)"),
        mutant(
            "sigmoid-for-softmax",
            "d = softmax(logits)",
            "d = 1 / (1 + np.exp(-logits))",
        ),
        mutant(
            "label-class-only",
            "    return",
            "    d = d * (labels[:, None] == np.arange(d.shape[1]))\n    return",
        ),
        mutant("mean-missing", "np.mean(", "np.sum("),
        mutant(
            "unstable",
            "log_sum_exp(logits) -",
            "np.log(np.exp(logits).sum(axis=1)) -",
        ),
        mutant(
            "mutated",
            "d = softmax(logits)",
            "logits *= 2; d = softmax(logits / 2)",
        ),
    ),
    hints=(
        "The derivative of logsumexp is the softmax; only the label's logit is taken"
        " off.",
        "dL/dl = (softmax(l) - onehot(y))/N",
    ),
    given=(softmax, log_sum_exp),
)


EXERCISES = (CROSS_ENTROPY,)
