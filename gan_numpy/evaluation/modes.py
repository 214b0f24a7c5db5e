r"""Mode collapse, counted where the modes are known.

On a mixture of Gaussians each sample belongs to its nearest mean, and is of *high
quality* if it lies within :math:`3\sigma` of it. A mode is *captured* if a high-quality
sample belongs to it. With :math:`\hat p_k` the share of mode k among the high-quality
samples and :math:`q_k` its share in the data, the reverse KL divergence

.. math:: KL(\hat p \,\|\, q) = \sum_k \hat p_k \log \frac{\hat p_k}{q_k}

tells how unevenly the modes are served: 0 if they are served as in the data,
:math:`\log K` if all samples sit on one of K equal modes.

For labeled images the modes are the classes that a classifier sees in the samples; all
samples count, and :math:`q` is the histogram of the classes it sees in real images.

Source: PacGAN (Lin et al., arXiv:1712.04086, section 4.1); the first two measures are
those of VEEGAN (Srivastava et al., arXiv:1705.07761, section 5.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_numpy.datasets import toy
from gan_numpy.evaluation.distances import check_points, nearest
from gan_numpy.evaluation.measurement import Measurement, Row
from gan_numpy.evaluation.subject import NotApplicable, Subject

STANDARD_DEVIATIONS = 3.0
MIXTURES = {  # data sets whose modes are known
    "ring": (toy.ring_centers, toy.RING_STD),
    "grid": (toy.grid_centers, toy.GRID_STD),
}


@dataclass(frozen=True)
class ModeScore:
    """How well modes are covered.

    Attributes
    ----------
    captured, modes : int
        Modes that have a high-quality sample, of how many.
    high_quality : float
        Share of the samples that are of high quality, 0 to 1; 1 for classes.
    reverse_kl : float
        In nats; NaN if there is no high-quality sample.
    """

    captured: int
    modes: int
    high_quality: float
    reverse_kl: float


def mixture_modes(samples: np.ndarray, means: np.ndarray, std: float) -> ModeScore:
    r"""Modes of a mixture of equally likely Gaussians :math:`N(\mu_k, \sigma^2 I)`.

    Parameters
    ----------
    samples : (N, d)
    means : (K, d)
    std : float
        :math:`\sigma`, more than 0.

    Raises
    ------
    ValueError
        If shapes do not fit, a value is not finite, or `std` is not positive.
    """
    means = check_points("means", means)
    samples = check_points("samples", samples, features=means.shape[1])
    if not std > 0:
        raise ValueError(f"a standard deviation is more than 0, got {std}")
    mode, distance = nearest(samples, means)
    good = distance <= STANDARD_DEVIATIONS * std
    counts = np.bincount(mode[good], minlength=len(means))
    reverse_kl = histogram_kl(counts, np.ones(len(means)))
    captured = int(np.count_nonzero(counts))
    return ModeScore(captured, len(means), float(good.mean()), reverse_kl)


def class_modes(predicted: np.ndarray, real: np.ndarray, classes: int) -> ModeScore:
    """Classes that a classifier sees in samples, against those it sees in real images.

    Parameters
    ----------
    predicted, real : (N,), (M,) int
        A class, 0 to ``classes - 1``, for each sample and each real image.
    classes : int
    """
    histograms = []
    for name, labels in (("predicted", predicted), ("real", real)):
        if labels.ndim != 1 or not len(labels) or labels.dtype.kind not in "iu":
            raise ValueError(f"{name} classes need shape (N,) and whole numbers")
        if labels.min() < 0 or labels.max() >= classes:
            raise ValueError(f"{name} classes must lie in 0 to {classes - 1}")
        histograms.append(np.bincount(labels, minlength=classes))
    captured = int(np.count_nonzero(histograms[0]))
    return ModeScore(captured, classes, 1.0, histogram_kl(*histograms))


def histogram_kl(counts: np.ndarray, reference: np.ndarray) -> float:
    r""":math:`\sum_k p_k \log(p_k / q_k)` of two histograms, in nats.

    Empty bins of `counts` add nothing; a bin that only `reference` lacks makes the
    divergence infinite; without any count it is NaN.
    """
    if not counts.any():
        return float("nan")
    p, q = counts / counts.sum(), reference / reference.sum()
    used = p > 0
    if (q[used] == 0).any():
        return float("inf")
    return float(np.sum(p[used] * np.log(p[used] / q[used])))


def measure(subject: Subject) -> Measurement:
    """Modes of a mixture, or classes of labeled images."""
    if subject.dataset in MIXTURES:
        means, std = MIXTURES[subject.dataset]
        a, b = (mixture_modes(x, means(), std) for x in (subject.samples, subject.real))
        what, text = "modes", "modes with a sample within 3 sigma"
    elif subject.data.labels:
        judge = subject.classifier
        real = judge.predict(subject.test)
        a, b = (
            class_modes(judge.predict(x), real, judge.classes)
            for x in (subject.samples, subject.real)
        )
        what, text = "classes", "classes that the classifier sees"
    else:
        raise NotApplicable("no modes are known: neither a mixture nor labels")
    n = len(subject.samples)
    best = f"{a.modes}"
    rows = [Row("captured", f"{what} captured", a.captured, b.captured, best, n, text)]
    if what == "modes":
        text = "share of samples within 3 sigma of a mode"
        good = a.high_quality, b.high_quality
        rows.append(Row("high_quality", "high-quality", *good, "higher", n, text))
    text = f"how unevenly the {what} are served"
    kl = a.reverse_kl, b.reverse_kl
    rows.append(Row("reverse_kl", f"reverse KL of {what}", *kl, "lower", n, text))
    return Measurement(rows)
