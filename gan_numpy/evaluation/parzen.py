r"""Parzen-window log-likelihood, by the protocol of the paper (section 5).

Draw samples of the model, put a Gaussian of width :math:`\sigma` on each, and report
the mean log-density of the test examples under that mixture:

.. math::
    LL = \frac1T \sum_{t=1}^T \log \frac1M \sum_{i=1}^M N(x_t; c_i, \sigma^2 I),
    \qquad SE = \frac{s}{\sqrt T},

with :math:`s` the standard deviation over the test examples. :math:`\sigma` is chosen
on validation examples, never on the test set. The paper's released code tries ten
values, ``logspace(-1, 0, 10)``, on 1,000 validation images and draws 10,000 samples.
That grid is coarse - neighbors differ by 29 % - and costs up to a dozen nats, so the
figure at a refined :math:`\sigma` is given beside it.

In high dimension the estimate misleads: k-means centroids beat every model, and real
images themselves (Theis, van den Oord and Bethge, arXiv:1511.01844, section 4.2). Read
it beside the baselines (`gan_numpy.evaluation.baselines`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gan_numpy import kernels
from gan_numpy.datasets import Dataset
from gan_numpy.evaluation.baselines import BASELINES, SAMPLES
from gan_numpy.evaluation.measurement import Measurement, Row
from gan_numpy.evaluation.subject import Subject

VALIDATION = 1_000
SIGMAS = np.logspace(-1, 0, 10)
REFINE_ROUNDS, REFINE_POINTS = 2, 21


@dataclass(frozen=True)
class ParzenScore:
    """A log-likelihood with its bandwidth, in nats.

    Attributes
    ----------
    log_likelihood : float
        Mean over the test examples.
    standard_error : float
        Its standard error over the test examples.
    sigma : float
        The bandwidth, chosen on validation examples.
    """

    log_likelihood: float
    standard_error: float
    sigma: float

    def __str__(self) -> str:
        return (
            f"{self.log_likelihood:.1f} ± {self.standard_error:.1f} nats "
            f"(sigma {self.sigma:.3g})"
        )


@dataclass(frozen=True)
class ParzenResult:
    """The paper's coarse-grid score and the one at the refined bandwidth."""

    coarse: ParzenScore
    refined: ParzenScore

    def as_dict(self) -> dict[str, Any]:
        """The coarse score's three values, and the refined ones under ``refined``."""
        return asdict(self.coarse) | {"refined": asdict(self.refined)}


def parzen_log_likelihood(
    x: np.ndarray, centers: np.ndarray, sigma: float
) -> ParzenScore:
    """Score of examples under the window around `centers`.

    Parameters
    ----------
    x : (T, d) ndarray
    centers : (M, d) ndarray
        Samples of the model.
    sigma : float
        Bandwidth, more than 0.

    Raises
    ------
    ValueError
        If shapes do not fit, a value is not finite, or `sigma` is not positive.
    """
    _check(x, centers, np.array([sigma]))
    values = kernels.parzen_log_density(x, centers, np.array([sigma]))[:, 0]
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.inf
    return ParzenScore(float(values.mean()), float(error), float(sigma))


def select_sigma(
    validation: np.ndarray, centers: np.ndarray, sigmas: np.ndarray = SIGMAS
) -> float:
    """The bandwidth with the largest mean log-density of the validation examples."""
    _check(validation, centers, sigmas)
    means = kernels.parzen_log_density(validation, centers, sigmas).mean(axis=0)
    return float(sigmas[means.argmax()])


def refine_sigma(
    validation: np.ndarray, centers: np.ndarray, sigma: float, ratio: float
) -> float:
    """Zoom in on the best bandwidth between ``sigma / ratio`` and ``sigma * ratio``.

    Each round is one pass of distances for 21 bandwidths, spaced evenly in the
    logarithm; two rounds locate the maximum to 0.3 % for the paper's grid.
    """
    for _ in range(REFINE_ROUNDS):
        grid = np.geomspace(sigma / ratio, sigma * ratio, REFINE_POINTS)
        sigma = select_sigma(validation, centers, grid)
        ratio = ratio ** (2 / (REFINE_POINTS - 1))
    return sigma


def evaluate_parzen(
    centers: np.ndarray,
    validation: np.ndarray,
    test: np.ndarray,
    sigma: float | None = None,
) -> ParzenResult:
    """The paper's protocol, and the refined bandwidth beside it.

    Parameters
    ----------
    centers : (M, d) ndarray
        Samples of the model.
    validation : (V, d) ndarray
        The first 1,000 choose the bandwidth.
    test : (T, d) ndarray
    sigma : float, optional
        A fixed bandwidth instead of the chosen ones.
    """
    validation = validation[:VALIDATION]
    if sigma is not None:
        score = parzen_log_likelihood(test, centers, sigma)
        return ParzenResult(score, score)
    coarse = select_sigma(validation, centers)
    refined = refine_sigma(validation, centers, coarse, float(SIGMAS[1] / SIGMAS[0]))
    return ParzenResult(
        parzen_log_likelihood(test, centers, coarse),
        parzen_log_likelihood(test, centers, refined),
    )


def _check(x: np.ndarray, centers: np.ndarray, sigmas: np.ndarray) -> None:
    """Refuse what would give a wrong number without a word."""
    for name, values in (("examples", x), ("centers", centers)):
        if values.ndim != 2 or 0 in values.shape:
            raise ValueError(f"{name} need shape (N, d), got {values.shape}")
        if not np.isfinite(values).all():
            raise ValueError(f"{name} hold values that are not finite")
    if x.shape[1] != centers.shape[1]:
        raise ValueError(
            f"examples have {x.shape[1]} values, centers {centers.shape[1]}: they must "
            f"have as many"
        )
    if not (np.isfinite(sigmas).all() and (sigmas > 0).all()):
        raise ValueError(f"bandwidths must be finite and more than 0, got {sigmas}")


def evaluate_baseline(
    name: str, data: Dataset, n: int = SAMPLES, sigma: float | None = None
) -> ParzenResult:
    """Parzen score of a baseline.

    Parameters
    ----------
    name : {"training_images", "k_means"}
    data : Dataset
    n : int
        Number of centers, at most.
    sigma : float, optional
        A fixed bandwidth instead of the chosen ones.
    """
    return evaluate_parzen(
        BASELINES[name](data, n),
        data.scaled("validation", slice(0, VALIDATION), np.float64),
        data.scaled("test", dtype=np.float64),
        sigma,
    )


def measure(subject: Subject) -> Measurement:
    """The paper's score, beside that of training images and of k-means centroids."""
    data, n = subject.data, len(subject.samples)
    validation = data.scaled("validation", slice(0, VALIDATION), np.float64)
    score = evaluate_parzen(subject.samples, validation, subject.test, subject.sigma)
    images, centroids = (
        evaluate_baseline(name, data, n, subject.sigma)
        for name in ("training_images", "k_means")
    )
    text = "mean log-density of test examples"
    label = "Parzen log-likelihood, nats"
    rows = [
        Row(key, f"{label}{which}", a.log_likelihood, b.log_likelihood, "higher", n, m)
        for key, which, a, b, m in (
            ("coarse", "", score.coarse, images.coarse, text),
            (
                "refined",
                ", refined",
                score.refined,
                images.refined,
                f"at sigma {score.refined.sigma:.3g}, not {score.coarse.sigma:.3g}",
            ),
        )
    ]
    notes = [
        f"Parzen: k-means centroids get {centroids.coarse.log_likelihood:.1f} "
        f"({centroids.refined.log_likelihood:.1f} refined), though nobody would call "
        f"them samples"
    ]
    if score.coarse.log_likelihood > images.coarse.log_likelihood:
        notes.append(
            "Parzen: the generator passes real training images; above that a higher "
            "score does not mean better samples (arXiv:1511.01844)"
        )
    if subject.sigma is None and score.coarse.sigma in (SIGMAS[0], SIGMAS[-1]):
        notes.append(
            f"Parzen: the paper's bandwidths end at {score.coarse.sigma:g}, the best "
            f"of them here: a bandwidth beyond it may score higher"
        )
    baselines = {"training_images": images.as_dict(), "k_means": centroids.as_dict()}
    return Measurement(rows, notes, {"parzen": score.as_dict(), "baselines": baselines})
