r"""Authenticity: the share of the samples that are no copy of a training example.

Let :math:`x_i` be the training example nearest to a sample y. It is authentic if

.. math:: \lVert y - x_i \rVert > \min_{j \ne i} \lVert x_i - x_j \rVert,

that is if it is no nearer to :math:`x_i` than another real example is. Copies, and what
differs from a copy by less than real examples differ from each other, count 0.

The first trap is the value of an honest generator, which is far from 1. Its sample is
*not* authentic exactly if y and :math:`x_i` are each other's nearest neighbor. Among
many points this happens with a probability that depends on the dimension alone: no
third point may lie in either of the balls around the two that reach to the other, so
that it is V(ball)/V(both balls). Authenticity is the rest: 1/3 on a line, .378 in the
plane, 11/27 in space, ½ at most. Only by comparison with fresh data does it tell
anything: less means copies. The second trap: more means nothing good, noise is
perfectly authentic. And a training example that is there twice makes no copy of it
suspect but an exact one.

Source: Alaa et al., arXiv:2102.08921, section 4.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.evaluation.distances import (
    BLOCK_VALUES,
    check_points,
    kth_neighbor,
    nearest,
)
from gan_numpy.evaluation.measurement import Measurement, Row
from gan_numpy.evaluation.subject import SAMPLES, TEST, Subject

POINTS = 2_000  # samples and test examples, in the table


def authentic(
    samples: np.ndarray, train: np.ndarray, block_values: int = BLOCK_VALUES
) -> np.ndarray:
    """Which samples are authentic, (N,) bool.

    Parameters
    ----------
    samples, train : (N, d), (M, d)
        Two training examples at least.
    block_values : int
        Distances held at once.

    Raises
    ------
    ValueError
        If there are too few points, shapes do not fit or a value is not finite.
    """
    train = check_points("training examples", train, least=2)
    samples = check_points("samples", samples, features=train.shape[1])
    index, distance = nearest(samples, train, block_values)
    asked, place = np.unique(index, return_inverse=True)
    radii = np.sqrt(kth_neighbor(train, 1, block_values, of=asked))
    return distance > radii[place]


def measure(subject: Subject) -> Measurement:
    """Authenticity, beside that of test examples."""
    samples, test = subject.points(POINTS, SAMPLES, TEST)
    train = subject.data.scaled("train", dtype=np.float64)
    if subject.data.labels:  # distances of pixels are blind to a shift by one
        features = subject.classifier.features
        samples, test, train = map(features, (samples, test, train))
    values = [float(authentic(x, train).mean()) for x in (samples, test)]
    row = Row(
        "authenticity",
        "authenticity",
        values[0],
        values[1],
        f"{values[1]:.3g}",
        len(samples),
        "no copies; real: test examples",
    )
    note = (
        "authenticity: fresh data have half or less, not 1; below that are copies, "
        "above it may be noise"
    )
    return Measurement([row], [note])
