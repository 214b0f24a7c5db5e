"""Mode collapse as a table and a picture: what is counted, averaged and drawn."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from gan_numpy.datasets import load_dataset, toy
from gan_numpy.evaluation.modes import ModeScore
from gan_numpy.recipes import get_recipe
from gan_numpy.reproduce import jobs, modes
from gan_numpy.reproduce.modes_drawing import PARTNERS, SIDE, draw_modes, opinion_map

NO_SAMPLES = np.zeros((0, 2))


@pytest.fixture(scope="module")
def data():
    return load_dataset("ring")


@pytest.fixture(params=["ring", "ring-pacgan"])
def run(request, data, tmp_path):
    """A run that was started and not trained."""
    recipe = get_recipe(request.param).replace(
        generator_units=(8,), discriminator_units=(6,)
    )
    return jobs.start_or_open(jobs.Job(tmp_path / "run", recipe, 3), data, None)


def test_mean_and_standard_error_over_seeds():
    assert modes.mean_and_error([6, 7, 8], 1) == "7.0 ± 0.6"  # 1 / sqrt(3)
    assert modes.mean_and_error([6], 1) == "6.0"
    assert modes.mean_and_error([6, float("nan")]) == "undefined"


def test_the_data_capture_all_modes_and_half_of_them_half():
    for name, centers in (("ring", toy.ring_centers()), ("grid", toy.grid_centers())):
        samples = np.repeat(centers, 10, axis=0).astype(np.float32)
        score = modes.score_samples(samples, name)
        assert (score.captured, score.high_quality) == (len(centers), 1)
        score = modes.score_samples(samples[: len(samples) // 2], name)
        assert score.captured == (len(centers) + 1) // 2
        assert score.reverse_kl > 0.6


def test_the_table_has_all_seeds_and_what_was_published(run, data):
    rows = [
        modes.Row(run, NO_SAMPLES, ModeScore(captured, 8, 0.5, 0.25), 100, 1.0)
        for captured in (5, 7)
    ]
    text = modes.as_markdown(rows, data)
    name = run.recipe.name
    line = "6.0 ± 1.0 | 0.500 ± 0.000 | 0.25 ± 0.00 | 5, 7 | 100 | 1.0 |"
    assert f"| {name} | {line}" in text
    assert "| GAN, published | 6.3 ± 0.5 |" in text
    assert "| test examples | 8 | 0.9" in text
    first, second = csv.DictReader(io.StringIO(modes.as_csv(rows)))
    assert tuple(first) == modes.COLUMNS
    assert (first["captured"], second["captured"]) == ("5", "7")


def test_the_map_is_what_the_discriminator_says(run, data):
    """The plain D of a point; the packed one, on average over real partners."""
    D, m = run.load_state(data).D, run.recipe.packing
    for name, value in D.params.items():
        value[...] = np.random.default_rng(len(name)).normal(size=value.shape)
    state = run.load_state(data)
    for name, value in D.params.items():
        state.D.params[name][...] = value
    run.save_state(state)
    seen = opinion_map(run, data, 1.5)
    assert seen.shape == (SIDE, SIDE) and 0 <= seen.min() < seen.max() <= 1
    corner = np.array([[1.5, -1.5]], dtype=np.float32)  # right, bottom
    if m == 1:
        expected = 1 / (1 + np.exp(-D.forward(corner)[0][0, 0]))
        assert seen[0, -1] == pytest.approx(expected, rel=1e-5)
        return
    pairs = np.stack([np.repeat(corner, 2000, 0), data.scaled("train")[:2000]], axis=1)
    answers = 1 / (1 + np.exp(-D.forward(pairs.reshape(-1, 2))[0]))
    error = answers.std() / np.sqrt(PARTNERS)
    assert abs(seen[0, -1] - answers.mean()) < 4 * error + 1e-6


def test_the_picture_has_a_panel_for_each_seed(run, data, tmp_path):
    row = modes.run_row(run, data)
    assert row.samples.shape == (modes.SAMPLES, 2) and row.steps == 0
    draw_modes(tmp_path / "modes.png", [row, row], data)
    assert (tmp_path / "modes.png").read_bytes().startswith(b"\x89PNG")
