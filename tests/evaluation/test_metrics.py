"""The table as a whole: what a perfect, a collapsed and a copying generator get."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gan_numpy.datasets import Dataset, load_dataset
from gan_numpy.datasets.toy import sample_grid, sample_ring
from gan_numpy.evaluation import METRICS
from gan_numpy.evaluation.measurement import Measurement
from gan_numpy.evaluation.metrics import compute, measure_of
from gan_numpy.evaluation.subject import NotApplicable, Subject


def values(subject, *names):
    """Value and real value of each row, by metric and key."""
    found = {}
    for name, outcome in compute(subject, names or METRICS):
        assert isinstance(outcome, Measurement), f"{name}: {outcome}"
        found |= {f"{name}.{r.key}": (r.value, r.real) for r in outcome.rows}
    return found


@pytest.fixture
def ring():
    return load_dataset("ring")


def test_a_perfect_generator_of_the_ring(ring):
    samples = sample_ring(1000, np.random.default_rng(5)).astype(np.float64)
    names = [n for n in METRICS if n not in ("parzen", "classifier_score")]
    found = values(Subject(samples, ring, "ring"), *names)
    assert found["modes.captured"] == (8, 8)
    assert found["modes.high_quality"][0] == pytest.approx(0.989, abs=0.01)
    assert found["modes.reverse_kl"][0] < 0.01
    assert found["fid.fid"][0] < 0.01 and found["sliced_wasserstein.sw2"][0] < 0.01
    for key in ("precision_recall.precision", "precision_recall.recall"):
        assert found[key][0] > 0.9
    assert found["kid.features"][0] < 3 * found["kid.features_error"][0]
    assert found["density_coverage.density"][0] == pytest.approx(1, abs=0.1)
    assert found["density_coverage.coverage"][0] > 0.9
    assert abs(found["data_copying.c_t"][0]) < 3
    for key in ("mmd.p_value", "two_sample.p_value"):
        assert found[key][0] > 0.01
    assert found["two_sample.nearest_neighbor"][0] == pytest.approx(0.5, abs=0.05)
    assert found["neighbors.too_near"][0] < 0.05


def test_a_collapsed_generator_of_the_grid():
    """All samples on one mode: precise, recalling nothing, log 25 in reverse KL."""
    samples = sample_grid(60_000, np.random.default_rng(5)).astype(np.float64)
    samples = samples[np.linalg.norm(samples, axis=1) < 0.5][:1000]
    grid = load_dataset("grid")
    found = values(
        Subject(samples, grid, "grid"), "modes", "precision_recall", "two_sample", "mmd"
    )
    assert found["modes.captured"] == (1, 25)
    assert found["modes.reverse_kl"][0] == pytest.approx(np.log(25))
    precision, recall = (
        found[f"precision_recall.{key}"] for key in ("precision", "recall")
    )
    assert precision[0] > 0.9 and recall[0] < 0.1 < 0.9 < recall[1]
    assert found["two_sample.accuracy"][0] > 0.9 > 0.6 > found["two_sample.accuracy"][1]
    assert found["mmd.p_value"][0] < 0.01 < found["mmd.p_value"][1]


def test_a_copying_generator_of_the_digits():
    """Training images: perfect for all metrics but those that look for copies."""
    digits = load_dataset("digits")
    samples = digits.scaled("train", slice(0, 250), np.float64)
    names = [name for name in METRICS if name != "parzen"]
    found = values(Subject(samples, digits, "digits"), *names)
    assert found["modes.captured"] == (10, 10)
    assert found["classifier_score.classifier_score"][0] > 8
    assert found["precision_recall.precision"][0] > 0.8
    assert found["neighbors.too_near"][0] == 1
    assert found["neighbors.median_distance"][0] == 0
    assert found["data_copying.c_t"][0] < -8 and abs(found["data_copying.c_t"][1]) < 3
    assert found["authenticity.authenticity"][0] == 0
    assert 0.2 < found["authenticity.authenticity"][1] < 0.6
    assert found["kid.features"][0] < 3 * found["kid.features_error"][0]
    better, worse = (
        found["fid.fid"][0],
        values(Subject(samples[:, ::-1], digits, "digits"), "fid")["fid.fid"],
    )
    assert better < worse[0] / 4
    assert worse[1] == found["fid.fid"][1]  # of real data, whatever the samples


def skipped(subject):
    return {
        name: str(outcome)
        for name, outcome in compute(subject, METRICS)
        if isinstance(outcome, NotApplicable)
    }


def test_what_needs_labels_is_skipped_with_a_reason(rng):
    images = rng.integers(0, 256, (100, 16), dtype=np.uint8)
    data = Dataset("own", images[:60], images[60:80], images[80:], 255.0, (4, 4))
    reasons = skipped(Subject(rng.random((20, 16)), data, "own.npy"))
    labeled = {"modes", "fid", "classifier_score", "precision_recall"}
    assert set(reasons) == labeled | {"density_coverage"}
    assert "own has no labels" in reasons["fid"]


def test_moons_have_no_known_modes(rng):
    moons = load_dataset("moons")
    reasons = skipped(Subject(moons.train[:50].astype(float), moons, "moons"))
    assert set(reasons) == {"modes", "classifier_score"}
    assert "neither a mixture nor labels" in reasons["modes"]


def test_a_file_named_like_a_mixture_is_none(ring, rng):
    subject = Subject(rng.random((20, 2)), ring, "folder/ring.npz")
    assert "modes" in skipped(subject)


def test_too_few_samples(ring, rng):
    reasons = skipped(Subject(rng.random((9, 2)), ring, "ring"))
    assert set(reasons) == set(METRICS) - {"parzen"}
    assert reasons["mmd"] == "needs 10 samples, got 9"


def test_test_examples_are_shuffled(ring):
    """The first of MNIST's test set are easier than the rest."""
    points = Subject(ring.train[:50].astype(float), ring, "ring").test
    assert not np.array_equal(points, ring.test)
    np.testing.assert_array_equal(
        np.sort(points, axis=0), np.sort(ring.test.astype(float), axis=0)
    )


def test_real_examples_are_as_many_as_samples(ring, rng):
    ring = dataclasses.replace(ring, test=ring.test[:30])
    subject = Subject(rng.random((40, 2)), ring, "ring")
    assert len(subject.real) == 40
    assert [len(x) for x in subject.points(99, "samples", "real", "test")] == [30] * 3


@pytest.mark.parametrize(("spread", "edge"), [(0.02, True), (0.3, False), (9, True)])
def test_a_bandwidth_at_the_end_of_the_grid_is_pointed_out(spread, edge, rng):
    """A Gaussian's own spread is the best bandwidth of a single center."""
    points = spread * rng.normal(size=(300, 4))
    data = Dataset("own", points[:100], points[100:200], points[200:])
    outcome = measure_of("parzen")(Subject(np.zeros((1, 4)), data, "own"))
    assert any("bandwidths end at" in note for note in outcome.notes) == edge
    fixed = measure_of("parzen")(Subject(np.zeros((1, 4)), data, "own", sigma=1.0))
    assert not any("bandwidths end" in note for note in fixed.notes)
