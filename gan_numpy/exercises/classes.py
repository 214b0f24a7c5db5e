r"""Lesson 16: softmax cross-entropy, and K + 1 classes (arXiv:1606.03498)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..gradcheck.candidates import Candidates, Factor, Mistake, Term
from ..gradcheck.result import Finding
from .base import Exercise, Functions, mutant
from .checks import gradient_of, loss_check
from .functions import sigmoid, softplus
from .losses import batch_constants
from .values import Formulas


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


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
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


def no_overflow(functions: Functions) -> list[Finding]:
    """Logits of 800 give a finite loss and gradient."""
    logits = np.array([[800.0, 0.0, -800.0], [0.0, 800.0, 0.0]])
    with np.errstate(all="ignore"):
        loss, d = functions["softmax_cross_entropy"](logits, np.array([0, 2]))
    if np.isclose(loss, 400) and np.allclose(d[1], [0, 0.5, -0.5]):
        return []
    says = f"at logits of 800 the loss is {loss}, not 400: exp overflows"
    return [Finding("non-finite", ("unstable",), (), says)]


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
        _inputs,
        ("logits",),
        _candidates,
        Formulas(),
        no_overflow,
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


def semi_supervised_loss(
    labeled: np.ndarray, labels: np.ndarray, unlabeled: np.ndarray, fake: np.ndarray
) -> float:
    r"""mean (l - l_y) + 1/2 mean softplus(-l) + 1/2 mean softplus(l), l = logsumexp."""
    at = labeled[np.arange(len(labels)), labels]
    known = np.mean(log_sum_exp(labeled) - at)
    real = np.mean(softplus(-log_sum_exp(unlabeled)))
    generated = np.mean(softplus(log_sum_exp(fake)))
    return float(known + real / 2 + generated / 2)


def semi_supervised_gradient(
    labeled: np.ndarray, labels: np.ndarray, unlabeled: np.ndarray, fake: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""The gradients of the semi-supervised loss with respect to its three logits.

    Parameters
    ----------
    labeled, unlabeled, fake : (N, K), (M, K), (L, K)
        Logits of K classes; the logit of the class "fake" is fixed at 0.
    labels : (N,) int

    Returns
    -------
    dlabeled, dunlabeled, dfake
        Of the same shapes.
    """
    n, m, k = len(labeled), len(unlabeled), len(fake)
    dlabeled = softmax(labeled)
    dlabeled[np.arange(n), labels] -= 1
    real = sigmoid(-log_sum_exp(unlabeled))[:, None]
    generated = sigmoid(log_sum_exp(fake))[:, None]
    dunlabeled = -0.5 * real * softmax(unlabeled) / m
    dfake = 0.5 * generated * softmax(fake) / k
    return dlabeled / n, dunlabeled, dfake


def _semi_inputs(rng: np.random.Generator) -> dict[str, Any]:
    given = _inputs(rng)
    return {
        "labeled": given["logits"],
        "labels": given["labels"],
        "unlabeled": rng.standard_normal((11, 5)) - 1,
        "fake": rng.standard_normal((13, 5)) - 1.5,
    }


def _semi_candidates(
    inputs: dict[str, Any], loss: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    labeled, labels, unlabeled, fake = inputs.values()
    sizes = len(labeled), len(unlabeled), len(fake)
    y = onehot(labels, labeled.shape[1])
    u, f = log_sum_exp(unlabeled)[:, None], log_sum_exp(fake)[:, None]
    pu, pf = softmax(unlabeled), softmax(fake)
    swapped = "the label is wrong: this is the gradient for the other kind of sample"
    return {
        "labeled": Candidates(
            constants=batch_constants(sizes[0]),
            terms=[Term("onehot", -y / sizes[0], missing="label-missing")],
        ),
        "unlabeled": Candidates(
            constants=batch_constants(sizes[1], sizes[0]),
            factors=[
                Factor("sigma(-l)", sigmoid(-u)),
                Factor("softmax", pu),
                Factor("odds", sigmoid(-u) / sigmoid(u), "sigma-argument"),
            ],
            mistakes=[
                Mistake("labels-swapped", swapped, sigmoid(u) * pu / 2 / sizes[1])
            ],
        ),
        "fake": Candidates(
            constants=batch_constants(sizes[2], sizes[0]),
            factors=[
                Factor("sigma(l)", sigmoid(f)),
                Factor("softmax", pf),
                Factor("odds", sigmoid(f) / sigmoid(-f), "sigma-argument"),
            ],
            mistakes=[
                Mistake("labels-swapped", swapped, -sigmoid(-f) * pf / 2 / sizes[2])
            ],
        ),
    }


SEMI_SUPERVISED = Exercise(
    semi_supervised_gradient,
    lesson="16",
    title="K + 1 classes",
    statement=(
        "l(x) = logsumexp of the K logits, the fake logit is 0, D = sigma(l):\n"
        "L = mean [l - l_y] + 1/2 mean softplus(-l(unlabeled)) + 1/2 mean"
        " softplus(l(fake)).\n"
        "Return the gradients with respect to the three sets of logits."
    ),
    check=gradient_of(
        semi_supervised_loss,
        semi_supervised_gradient,
        _semi_inputs,
        ("labeled", "unlabeled", "fake"),
        _semi_candidates,
        batch=False,
    ),
    mutants=(
        mutant("label-missing", "    dlabeled[np.arange(n), labels] -= 1\n", ""),
        mutant("mean-missing", "return dlabeled / n", "return dlabeled"),
        mutant("factor-2", "-0.5 * real", "-real"),
        mutant("factor-2", "0.5 * generated", "generated"),
        mutant("sign", "-0.5 * real", "0.5 * real"),
        mutant("labels-swapped", "0.5 * generated", "-0.5 * (1 - generated)"),
        mutant("sigma-l-missing", "-0.5 * real *", "-0.5 *"),
        mutant("softmax-missing", "* softmax(fake)", "* np.ones_like(fake)"),
        mutant(
            "sigma-argument",
            "sigmoid(-log_sum_exp(unlabeled))",
            "sigmoid(log_sum_exp(unlabeled))",
        ),
        mutant("mean-missing", "softmax(fake) / k", "softmax(fake)"),
        mutant("other-batch", "softmax(fake) / k", "softmax(fake) / n"),
        mutant(
            "sign mean-missing",
            "-0.5 * real * softmax(unlabeled) / m",
            "0.5 * real * softmax(unlabeled)",
        ),
    ),
    hints=(
        "dl/dlogits = softmax; then softplus' = sigma, and the 1/2 stays.",
        "(p - onehot)/N, -sigma(-l) p/2M, sigma(l) p/2L",
    ),
    given=(sigmoid, softplus, softmax, log_sum_exp),
    points=3,
)

EXERCISES = (CROSS_ENTROPY, SEMI_SUPERVISED)
