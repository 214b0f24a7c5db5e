r"""Lesson 16: conditioning (arXiv:1411.1784), feature matching (arXiv:1606.03498)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Mistake, Term
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import backward_check, gradient_of
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.losses import batch_constants


def condition_forward(
    x: np.ndarray, E: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, Any]:
    r"""y_n = [x_n, E_label(n)]: the label's embedding beside the input.

    x is (N, n), E is (classes, e), labels is (N,) int, y is (N, n + e).
    """
    return np.concatenate([x, E[labels]], axis=1), (x.shape[1], E, labels)


def condition_backward(dy: np.ndarray, cache: Any) -> tuple[np.ndarray, np.ndarray]:
    r"""The gradients of <dy, [x, E[labels]]>.

    Parameters
    ----------
    dy : (N, n + e)
    cache : what condition_forward returned, (n, E, labels)

    Returns
    -------
    dx : (N, n)
    dE : (classes, e)
        A label may occur several times in a batch, or not at all.
    """
    n, E, labels = cache
    dx = dy[:, :n].copy()
    dE = np.zeros_like(E)
    np.add.at(dE, labels, dy[:, n:])
    return dx, dE


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "x": rng.standard_normal((7, 5)),
        "E": rng.standard_normal((4, 3)),
        "labels": rng.permutation(np.array([0, 0, 0, 2, 2, 3, 3])),
    }


def _candidates(
    inputs: dict[str, Any], y: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    E, labels = inputs["E"], inputs["labels"]
    n = inputs["x"].shape[1]
    last, total = np.zeros_like(E), np.zeros_like(E)
    last[labels] = dy[:, n:]
    np.add.at(total, labels, dy[:, n:])
    counts = np.maximum(np.bincount(labels, minlength=len(E)), 1)[:, None]
    overwritten = "of a label that repeats only the last sample counts: = for +="
    averaged = "it is averaged over the samples of a label; each of them adds"
    wrong = "it is taken from the columns of x, not from those of the embedding"
    other = np.zeros_like(E)
    np.add.at(other, labels, dy[:, : E.shape[1]])
    return {
        "x": Candidates(
            mistakes=[
                Mistake(
                    "wrong-columns",
                    "it is taken from the last columns: x comes first",
                    dy[:, -n:],
                )
            ]
        ),
        "E": Candidates(
            mistakes=[
                Mistake("repeats-overwritten", overwritten, last),
                Mistake("repeats-averaged", averaged, total / counts),
                Mistake("wrong-columns", wrong, other),
            ]
        ),
    }


def _of(n: int, features: int, classes: int, width: int, *known: int) -> Maker:
    """``known`` are the labels that occur, again and again."""

    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        x, E = rng.standard_normal((n, features)), rng.standard_normal((classes, width))
        return {"x": x, "E": E, "labels": np.resize(np.array(known), n)}

    return inputs


CORNERS = (
    Corner("every sample of the same label", _of(11, 5, 3, 2, 1)),
    Corner("every label once", _of(5, 7, 5, 3, 3, 1, 4, 0, 2)),
    Corner("a last label that does not occur", _of(7, 5, 6, 3, 0, 1, 3)),
    Corner("label 0 does not occur", _of(7, 5, 6, 3, 5, 1)),
    Corner("an embedding wider than x", _of(7, 3, 4, 11, 0, 1, 2, 3)),
    Corner("an embedding of one number", _of(7, 5, 4, 1, 0, 1, 2, 3)),
    Corner("a batch of one", _of(1, 5, 4, 3, 2)),
    Corner("more labels than samples", _of(3, 5, 13, 2, 12, 0, 12)),
)


CONDITION = Exercise(
    condition_backward,
    lesson="16",
    title="Conditioning on a label, backward",
    statement=(
        "y_n = [x_n, E_label(n)]. Given dy, return dx and dE.\n"
        "A row of E is used by every sample of its label."
    ),
    check=backward_check(
        condition_forward,
        condition_backward,
        _inputs,
        ("x", "E"),
        _candidates,
        corners=CORNERS,
    ),
    mutants=(
        mutant(
            "repeats-overwritten",
            "np.add.at(dE, labels, dy[:, n:])",
            "dE[labels] += dy[:, n:]",
        ),
        mutant(
            "repeats-averaged",
            "    return dx, dE",
            "    dE /= np.maximum(np.bincount(labels, minlength=len(E)), 1)[:,"
            " None]\n    return dx, dE",
        ),
        mutant("wrong-columns", "dy[:, :n]", "dy[:, -n:]"),
        mutant("wrong-columns", "dy[:, n:]", "dy[:, : E.shape[1]]"),
        mutant("shape", "dy[:, :n]", "dy"),
        mutant("sign", "dy[:, :n]", "-dy[:, :n]"),
        mutant("mean-twice", "dy[:, n:]", "dy[:, n:] / len(dy)"),
        mutant("all-zero", "    np.add.at(dE, labels, dy[:, n:])\n", ""),
        mutant("upstream-ignored", "dy[:, n:]", "1.0"),
        mutant("count", "dx, dE\n", "dx\n"),
    ),
    hints=(
        "A concatenation backward is a split; a row used three times gets three terms.",
        "dx = dy[:, :n]; np.add.at(dE, labels, dy[:, n:])",
    ),
    given=(condition_forward,),
)


def feature_matching_loss(real: np.ndarray, fake: np.ndarray) -> float:
    r"""|mean real - mean fake|^2 of features (N, f) and (M, f)."""
    return float(((real.mean(axis=0) - fake.mean(axis=0)) ** 2).sum())


def feature_matching_gradient(real: np.ndarray, fake: np.ndarray) -> np.ndarray:
    r"""The gradient of |mean real - mean fake|^2 with respect to the fakes' features.

    Parameters
    ----------
    real : (N, features)
    fake : (M, features)

    Returns
    -------
    (M, features)
        Every row is the same.
    """
    gap = real.mean(axis=0) - fake.mean(axis=0)
    return np.tile(-2 * gap / len(fake), (len(fake), 1))


def _features(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "real": rng.standard_normal((11, 5)) + 1,
        "fake": rng.standard_normal((7, 5)),
    }


def _feature_candidates(
    inputs: dict[str, Any], loss: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    real, fake = inputs["real"], inputs["fake"]
    m = len(fake)
    each = -2 * (real.mean(axis=0) - fake) / m
    return {
        "fake": Candidates(
            constants=batch_constants(m, len(real)),
            terms=[
                Term("mean of the data", np.tile(-2 * real.mean(axis=0) / m, (m, 1))),
                Term("mean of the fakes", np.tile(2 * fake.mean(axis=0) / m, (m, 1))),
            ],
            mistakes=[
                Mistake(
                    "each-sample-matched",
                    "each fake is drawn to the mean of the data, not their mean",
                    each,
                )
            ],
        )
    }


def _features_of(n: int, m: int, features: int, shift: float) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        real = rng.standard_normal((n, features)) + shift
        return {"real": real, "fake": rng.standard_normal((m, features))}

    return inputs


FEATURE_CORNERS = (
    Corner("more fakes than data", _features_of(5, 13, 3, 1.0)),
    Corner("fakes of larger features than the data", _features_of(11, 7, 5, -2.0)),
    Corner("one fake", _features_of(11, 1, 5, 1.0)),
    Corner("one sample of the data", _features_of(1, 7, 5, 1.0)),
    Corner("a single feature", _features_of(11, 7, 1, 1.0)),
)


FEATURE_MATCHING = Exercise(
    feature_matching_gradient,
    lesson="16",
    title="Feature matching",
    statement=(
        "L_G = |m_r - m_f|^2, m_r and m_f the means over the batch of D's features of\n"
        "data and fakes. Return the gradient with respect to the fakes' features."
    ),
    check=gradient_of(
        feature_matching_loss,
        feature_matching_gradient,
        _features,
        ("fake",),
        _feature_candidates,
        batch=False,
        corners=FEATURE_CORNERS,
    ),
    mutants=(
        mutant("factor-half", "-2 * gap", "-gap"),
        mutant("sign", "-2 * gap", "2 * gap"),
        mutant("mean-missing", "-2 * gap / len(fake)", "-2 * gap"),
        mutant("other-batch", "gap / len(fake)", "gap / len(real)"),
        mutant("mean-twice", "gap / len(fake)", "gap / len(fake) ** 2"),
        mutant(
            "each-sample-matched",
            "np.tile(-2 * gap / len(fake), (len(fake), 1))",
            "-2 * (real.mean(axis=0) - fake) / len(fake)",
        ),
        mutant("mean-of-the-data-missing", "real.mean(axis=0) -", "-"),
        mutant("mean-of-the-fakes-missing", " - fake.mean(axis=0)", ""),
        mutant("mean-of-the-fakes-sign", "- fake.mean", "+ fake.mean"),
        mutant(
            "not-broadcast",
            "np.tile(-2 * gap / len(fake), (len(fake), 1))",
            "-2 * gap / len(fake)",
        ),
        mutant("sign factor-half", "-2 * gap", "gap"),
    ),
    hints=(
        "m_f is a mean over the batch: each fake has the weight 1/M in it.",
        "-2 (m_r - m_f)/M, the same for every fake",
    ),
)

EXERCISES = (CONDITION, FEATURE_MATCHING)
