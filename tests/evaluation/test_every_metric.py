"""Every check on every metric: what its `measure` returns, and what it must not do."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gan_numpy.datasets import load_dataset
from gan_numpy.evaluation import METRICS
from gan_numpy.evaluation.measurement import Measurement
from gan_numpy.evaluation.metrics import measure_of
from gan_numpy.evaluation.subject import Subject


@pytest.fixture(scope="module")
def subject():
    """Noisy digits in a generator's place, with a classifier that is trained once."""
    data = load_dataset("digits")
    rng = np.random.default_rng(0)
    samples = data.scaled("train", slice(0, 200), np.float64)
    noisy = np.clip(samples + 0.1 * rng.normal(size=samples.shape), 0, 1)
    subject = Subject(noisy, data, "digits")
    assert subject.classifier.test_error < 0.1
    return subject


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_returns_rows_and_changes_nothing(name, subject):
    before = {key: getattr(subject, key).copy() for key in ("samples", "real", "test")}
    measured = measure_of(name)(subject)
    assert isinstance(measured, Measurement) and measured.rows
    assert len({row.key for row in measured.rows}) == len(measured.rows)
    for row in measured.rows:
        assert isinstance(row.value, float | int) and np.isfinite(row.value), row
        assert isinstance(row.real, float | int) and np.isfinite(row.real), row
        assert row.label and row.meaning and row.better
        assert 0 < row.points <= len(subject.samples)
    for key, value in before.items():
        np.testing.assert_array_equal(getattr(subject, key), value)
    again = measure_of(name)(subject)
    assert [(r.key, r.value, r.real) for r in again.rows] == [
        (r.key, r.value, r.real) for r in measured.rows
    ]


@pytest.mark.parametrize("name", [name for name in METRICS if name != "neighbors"])
def test_the_row_of_real_data_does_not_depend_on_the_samples(name, subject):
    other = dataclasses.replace(subject, samples=subject.samples[:, ::-1].copy())
    vars(other)["classifier"] = subject.classifier  # trained once is enough
    mine, theirs = (measure_of(name)(s).rows for s in (subject, other))
    assert [row.real for row in mine] == [row.real for row in theirs]
