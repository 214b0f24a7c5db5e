r"""Lesson 16: classes and a fake class, semi-supervised learning (arXiv:1606.03498)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Factor, Mistake, Term
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import gradient_of
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.classes import log_sum_exp, logits_and_labels, onehot, softmax
from gan_numpy.exercises.functions import sigmoid, softplus
from gan_numpy.exercises.losses import batch_constants


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
    given = logits_and_labels(rng)
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


def _of(n: int, m: int, k: int, classes: int, *known: int, size: float = 1) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        a, b, c = (size * rng.standard_normal((s, classes)) for s in (n, m, k))
        labels = np.resize(np.array(known), n)
        return {"labeled": a, "labels": labels, "unlabeled": b, "fake": c}

    return inputs


CORNERS = (
    Corner("more labeled samples than others", _of(13, 7, 5, 3, 0, 1, 2)),
    Corner("labels that are all one class", _of(7, 11, 13, 5, 1)),
    Corner("a last class that does not occur", _of(7, 11, 13, 5, 0, 1, 2)),
    Corner("one sample of each kind", _of(1, 1, 1, 5, 2)),
    Corner("two classes", _of(7, 5, 11, 2, 0, 1)),
    Corner("more fakes than classes and large logits", _of(3, 5, 7, 11, 10, 0, size=9)),
)


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
        corners=CORNERS,
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

EXERCISES = (SEMI_SUPERVISED,)
