"""All metrics by name, each as the rows that a table needs.

A metric is a function of a `Subject`; it returns an `Outcome` or raises
`NotApplicable`. Numbers of points are chosen so that all of them together take about
two minutes for 10,000 samples of MNIST on two cores; every row says its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gan_numpy.datasets import toy
from gan_numpy.evaluation.baselines import evaluate_baseline
from gan_numpy.evaluation.classifier_score import classifier_score
from gan_numpy.evaluation.fid import fid
from gan_numpy.evaluation.mmd import mmd_test
from gan_numpy.evaluation.modes import class_modes, mixture_modes
from gan_numpy.evaluation.neighbors import nearest_training
from gan_numpy.evaluation.parzen import SIGMAS, VALIDATION, evaluate_parzen
from gan_numpy.evaluation.precision_recall import precision_recall
from gan_numpy.evaluation.sliced_wasserstein import sliced_wasserstein
from gan_numpy.evaluation.subject import REAL, SAMPLES, TEST, NotApplicable, Subject
from gan_numpy.evaluation.two_sample import (
    classifier_two_sample,
    nearest_neighbor_two_sample,
)

ALL = 10**9
FEATURES, KERNEL, PIXELS, NEIGHBORS = 5_000, 2_000, 2_000, 2_000
LEAST = 10  # points of a set, below which nothing but densities is estimated
MIXTURES = {
    "ring": (toy.ring_centers, toy.RING_STD),
    "grid": (toy.grid_centers, toy.GRID_STD),
}


@dataclass(frozen=True)
class Row:
    """A number of a metric.

    Attributes
    ----------
    key, label : str
        Its name for programs and for people.
    value, real : float
        Of the samples, and of real data in their place.
    better : str
        ``"higher"``, ``"lower"``, or the value that an honest, perfect sample has.
    points : int
        How many samples it was computed from.
    meaning : str
        In a few words.
    """

    key: str
    label: str
    value: float
    real: float
    better: str
    points: int
    meaning: str


@dataclass(frozen=True)
class Outcome:
    """Rows, remarks on how to read them, and entries of ``result.json``."""

    rows: list[Row]
    notes: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


def parzen(subject: Subject) -> Outcome:
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
    return Outcome(rows, notes, {"parzen": score.as_dict(), "baselines": baselines})


def modes(subject: Subject) -> Outcome:
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
    return Outcome(rows)


def frechet(subject: Subject) -> Outcome:
    """Fréchet distance of features."""
    a, b, test = subject.features(ALL, SAMPLES, REAL, TEST)
    text = "distance of Gaussians fitted to features"
    values = fid(a, test), fid(b, test)
    row = Row("fid", "Fréchet distance (FID)", *values, "lower", len(a), text)
    note = "FID: on features of this data set's classifier, not Inception's"
    return Outcome([row], [note] if subject.data.labels else [])


def score(subject: Subject) -> Outcome:
    """The inception score on the data set's classifier."""
    judge = subject.classifier
    a, b = (classifier_score(judge.probabilities(x)) for x in _both(subject))
    text = f"clear and varied classes, 1 to {judge.classes}"
    n = len(subject.samples)
    row = Row("classifier_score", "classifier score", a, b, "higher", n, text)
    note = (
        "classifier score: never looks at real images; blind to memorization and to "
        "collapse within a class"
    )
    return Outcome([row], [note])


def _both(subject: Subject) -> tuple[np.ndarray, np.ndarray]:
    return subject.samples, subject.real


def coverage(subject: Subject) -> Outcome:
    """Improved precision and recall."""
    a, b, test = subject.features(FEATURES, SAMPLES, REAL, TEST)
    found, real = precision_recall(a, test), precision_recall(b, test)
    texts = "samples that look like real ones", "real ones that a sample looks like"
    rows = [
        Row(key, key, found[i], real[i], "higher", len(a), texts[i])
        for i, key in enumerate(("precision", "recall"))
    ]
    return Outcome(rows)


def mmd(subject: Subject) -> Outcome:
    """Maximum mean discrepancy."""
    a, b, test = subject.points(KERNEL, SAMPLES, REAL, TEST)
    found, real = mmd_test(a, test), mmd_test(b, test)
    n, sigma = len(a), f"median sigma {found.sigma:.3g}"
    p = found.p_value, real.p_value
    text = f"kernel distance, {sigma}"
    rows = [
        Row("mmd2", "MMD², unbiased", found.mmd2, real.mmd2, "lower", n, text),
        Row("p_value", "MMD p-value", *p, "> 0.05", n, "chance gives as much"),
    ]
    note = (
        "MMD: with the median bandwidth a kernel in many dimensions sees little more "
        "than means; a large p-value does not prove equality"
    )
    return Outcome(rows, [note])


def wasserstein(subject: Subject) -> Outcome:
    """Sliced Wasserstein distance."""
    a, b, test = subject.points(ALL, SAMPLES, REAL, TEST)
    values = sliced_wasserstein(a, test), sliced_wasserstein(b, test)
    text = "transport along random lines, squared"
    row = Row("sw2", "sliced Wasserstein W2²", *values, "lower", len(a), text)
    return Outcome([row])


def two_sample(subject: Subject) -> Outcome:
    """Classifier two-sample tests."""
    a, b, test = subject.points(PIXELS, SAMPLES, REAL, TEST)
    found, real = classifier_two_sample(a, test), classifier_two_sample(b, test)
    one_nn = (
        nearest_neighbor_two_sample(a, test),
        nearest_neighbor_two_sample(b, test),
    )
    n, accuracy = len(a), (found.accuracy, real.accuracy)
    p = found.p_value, real.p_value
    rows = [
        Row(key, label, *values, better, n, text)
        for key, label, values, better, text in (
            ("accuracy", "two-sample accuracy", accuracy, "0.5", "a new D's, held out"),
            ("p_value", "two-sample p-value", p, "> 0.05", "chance does as well"),
            (
                "nearest_neighbor",
                "1-NN accuracy",
                one_nn,
                "0.5",
                "1: sets apart; 0: samples are copies",
            ),
        )
    ]
    return Outcome(rows)


def neighbors(subject: Subject) -> Outcome:
    """Nearest training examples."""
    a, test = subject.points(NEIGHBORS, SAMPLES, TEST)
    found = nearest_training(a, test, subject.data.scaled("train", dtype=np.float64))
    medians = float(np.median(found.distance)), float(np.median(found.test_distance))
    n, copies = len(a), (found.too_near, found.too_near_test)
    rows = [
        Row(key, label, *values, better, n, text)
        for key, label, values, better, text in (
            (
                "median_distance",
                "nearest training example",
                medians,
                f"{medians[1]:.3g}",
                "median distance; real: test examples",
            ),
            (
                "too_near",
                "suspiciously near",
                copies,
                "0.01",
                "nearer than 99 % of test examples",
            ),
        )
    ]
    note = "nearest training example: in pixels, blind to a copy shifted by one"
    return Outcome(rows, [note] if subject.data.image_shape else [])


METRICS: dict[str, Callable[[Subject], Outcome]] = {
    "parzen": parzen,
    "modes": modes,
    "fid": frechet,
    "classifier_score": score,
    "precision_recall": coverage,
    "mmd": mmd,
    "sliced_wasserstein": wasserstein,
    "two_sample": two_sample,
    "neighbors": neighbors,
}


def compute(
    subject: Subject, names: Iterable[str]
) -> Iterator[tuple[str, Outcome | NotApplicable]]:
    """Each metric's outcome, or why there is none, as soon as it is known."""
    sizes = {"samples": subject.samples, "test examples": subject.test}
    for name in names:
        try:
            for what, points in sizes.items():
                if name != "parzen" and len(points) < LEAST:
                    raise NotApplicable(f"needs {LEAST} {what}, got {len(points)}")
            yield name, METRICS[name](subject)
        except NotApplicable as reason:
            yield name, reason
