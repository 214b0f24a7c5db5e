r"""The inception score, with a classifier of the data set itself in Inception's place.

.. math::
    \exp\left( E_x\, KL\big(p(y|x) \,\|\, p(y)\big) \right), \qquad
    p(y) = E_x\, p(y|x).

It is large if each sample is clearly of one class and all classes are there: from 1,
where all samples get the same probabilities, to K, where each is certain and the K
classes are equally many. It does not look at real images at all: one perfect image of
each class, repeated, scores K, and so does a balanced training set.

Source: Salimans et al., arXiv:1606.03498, section 4.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.evaluation.distances import check_points
from gan_numpy.evaluation.measurement import Measurement, Row
from gan_numpy.evaluation.subject import Subject


def classifier_score(probabilities: np.ndarray) -> float:
    """The score of samples from the classifier's probabilities.

    Parameters
    ----------
    probabilities : (N, K)
        One row per sample, adding up to 1.

    Returns
    -------
    float
        From 1 to K; higher is better.

    Raises
    ------
    ValueError
        If rows are no probabilities.
    """
    p = check_points("probabilities", probabilities)
    if (p < 0).any() or not np.allclose(p.sum(axis=1), 1, atol=1e-6):
        raise ValueError("probabilities must not be negative and add up to 1")
    marginal = np.broadcast_to(p.mean(axis=0), p.shape)
    some = p > 0  # 0 log 0 = 0
    divergence = p[some] * np.log(p[some] / marginal[some])
    return float(np.exp(divergence.sum() / len(p)))


def measure(subject: Subject) -> Measurement:
    """The inception score on the data set's classifier."""
    judge = subject.classifier
    a, b = (
        classifier_score(judge.probabilities(x))
        for x in (subject.samples, subject.real)
    )
    text = f"clear and varied classes, 1 to {judge.classes}"
    n = len(subject.samples)
    row = Row("classifier_score", "classifier score", a, b, "higher", n, text)
    note = (
        "classifier score: never looks at real images; blind to memorization and to "
        "collapse within a class"
    )
    return Measurement([row], [note])
