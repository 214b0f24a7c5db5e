"""Table 1: rows, files, what is left, and what is not computed twice."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from gan_numpy.datasets import load_dataset
from gan_numpy.errors import UserError
from gan_numpy.evaluation.parzen import ParzenResult, ParzenScore
from gan_numpy.recipes import get_recipe, with_settings
from gan_numpy.reproduce import jobs, table1
from gan_numpy.reproduce.jobs import Job

SMALL = ("generator_units=8", "discriminator_units=6", "batch_size=200", "epochs=2")


def result(coarse, refined=None):
    scores = [
        ParzenScore(x, 2.0, 0.2) for x in (coarse, coarse + 4 if refined is None else 0)
    ]
    return ParzenResult(*scores)


@pytest.fixture
def data():
    return load_dataset("digits")


@pytest.fixture
def recipe():
    return with_settings(get_recipe("digits"), SMALL)


def train(job, data, should_stop=lambda: False):
    return jobs.train_job(job, data, None, should_stop, progress=False)


ROWS = [
    table1.Row("DBN", "paper", published=(138.0, 2.0)),
    table1.Row("training images", "no model", result(100.0)),
    table1.Row("ours", "here", result(110.0), None, 0, 10, 2.0, 1),
    table1.Row("ours", "here", result(120.0), None, 1, 10, 4.0, 1),
]


def test_the_seeds_of_a_recipe_are_one_line_with_their_mean(data):
    text = table1.as_markdown(ROWS, data)
    assert "| DBN, published | 138 ± 2 |" in text
    assert (
        "| ours | 115.0 ± 2.0 | 119.0 ± 2.0 | 0.200, 0.200 | 0: 110.0, 1: 120.0 | 10 "
        "| 3.0 | 1 |" in text
    )
    assert "That is so for: ours." in text
    below = [*ROWS[:2], table1.Row("ours", "here", result(99.0), None, 0, 10, 2.0, 1)]
    assert "That is so for" not in table1.as_markdown(below, data)


def test_runs_of_other_length_are_another_line(data):
    rows = [*ROWS, table1.Row("ours", "here", result(90.0), None, 0, 5, 1.0, 1)]
    lines = [x for x in table1.as_markdown(rows, data).splitlines() if "| ours" in x]
    assert ["115.0" in lines[0], "90.0" in lines[1], len(lines)] == [True, True, 2]


def test_changed_numbers_are_part_of_the_name(recipe):
    assert table1.described(get_recipe("digits").replace(epochs=3)) == "digits"
    changed = "digits batch_size=200 generator_units=(8,) discriminator_units=(6,)"
    assert set(table1.described(recipe).split()) == set(changed.split())


def test_finished_runs_on_the_same_data_are_found(data, recipe, tmp_path):
    assert jobs.finished_runs(tmp_path, data) == []
    for seed in (1, 0):
        train(Job(tmp_path / f"s{seed}", recipe, seed), data)
    train(Job(tmp_path / "s2", recipe, 2), data, should_stop=lambda: True)
    assert [run.seed for run in jobs.finished_runs(tmp_path, data)] == [0, 1]
    other = replace(data, test=data.test[:-1])
    assert jobs.finished_runs(tmp_path, other) == []


def test_the_files_have_a_line_per_run(data, tmp_path):
    table1.write_table(ROWS, data, tmp_path)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "table1.csv").read_text())))
    assert [row["log_likelihood"] for row in rows] == ["138.0", "100.0", "110.0"] + [
        "120.0"
    ]
    stored = json.loads((tmp_path / "table1.json").read_text())["rows"]
    assert stored[0]["refined_log_likelihood"] is None
    assert stored[3]["refined_log_likelihood"] == 124.0 and stored[3]["seed"] == 1


def test_published_rows_stand_beside_mnist_only(data):
    assert table1.published_rows(data) == []
    rows = table1.published_rows(replace(data, name="mnist"))
    assert [row.published for row in rows][-1] == (225.0, 2.0) and len(rows) == 4


def test_baselines_are_kept(data, tmp_path, monkeypatch):
    first = table1.baseline_rows(data, tmp_path, samples=50)
    monkeypatch.setattr(table1, "evaluate_baseline", None)  # must not be called
    assert table1.baseline_rows(data, tmp_path, samples=50) == first
    assert [row.model for row in first] == ["training images", "k-means"]


def test_a_damaged_kept_score_is_computed_anew(data, tmp_path):
    first = table1.baseline_rows(data, tmp_path, samples=50)
    (tmp_path / "k_means.json").write_text("{")
    assert table1.baseline_rows(data, tmp_path, samples=50) == first


def test_what_is_left_counts_epochs_and_time(data, recipe, tmp_path):
    todo = [Job(tmp_path / f"s{seed}", recipe, seed) for seed in (0, 1)]
    assert "2 of 2 runs" in jobs.what_is_left(todo)
    assert "time known after an epoch" in jobs.what_is_left(todo)
    train(todo[0], data)
    text = jobs.what_is_left(todo)
    assert text.startswith("left: 1 of 2 runs: digits seed 1 (0 of 2 epochs); about ")
    assert "\n" not in text
    train(todo[1], data)
    assert jobs.what_is_left(todo) == "all 2 runs are trained"


@pytest.mark.parametrize(
    ("seconds", "text"), [(50, "50 s"), (600, "10 min"), (9000, "2.5 h")]
)
def test_durations(seconds, text):
    assert jobs.duration(seconds) == text


def test_an_interrupted_run_goes_on_to_the_same_bits(data, recipe, tmp_path):
    straight, broken = (Job(tmp_path / name, recipe, 0) for name in ("a", "b"))
    run = train(straight, data)
    assert train(broken, data, should_stop=lambda: True) is None
    again = train(broken, data)
    for name, value in run.load_state(data).G.params.items():
        np.testing.assert_array_equal(value, again.load_state(data).G.params[name])


def test_a_finished_run_is_not_trained_again(data, recipe, tmp_path, monkeypatch):
    job = Job(tmp_path / "run", recipe, 0)
    train(job, data)
    monkeypatch.setattr(jobs, "train", None)  # must not be called
    run = train(job, data)
    first = jobs.parzen_of(run, data, 50)
    monkeypatch.setattr(jobs, "score_state", None)
    assert jobs.parzen_of(run, data, 50) == first


def test_other_settings_or_data_are_refused(data, recipe, tmp_path):
    train(Job(tmp_path / "run", recipe, 0), data)
    for other in (
        Job(tmp_path / "run", recipe.replace(epochs=3), 0),
        Job(tmp_path / "run", recipe, 1),
    ):
        with pytest.raises(UserError, match="other settings"):
            train(other, data)
    with pytest.raises(UserError, match="other data"):
        train(Job(tmp_path / "run", recipe, 0), load_dataset("moons"))


def test_minutes_come_from_the_metrics(data, recipe, tmp_path):
    run = train(Job(tmp_path / "run", recipe, 0), data)
    rows = run.metrics()
    expected = sum(6 / float(row["steps_per_second"]) for row in rows)
    assert jobs.training_seconds(run) == pytest.approx(expected)
    assert len(rows) == 2 and rows[-1]["step"] == "12"
