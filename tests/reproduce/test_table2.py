"""Table 2: its lines, and which generators are decoders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gan_numpy.datasets import load_dataset
from gan_numpy.errors import UserError
from gan_numpy.evaluation.ais.annealing import Annealing
from gan_numpy.evaluation.parzen import ParzenScore
from gan_numpy.recipes import get_recipe
from gan_numpy.reproduce import annealed, table2
from gan_numpy.runs.run import Run


def run_of(recipe):
    return Run(Path("nowhere"), get_recipe(recipe), 0, None, {}, "")


def test_a_generator_that_is_told_a_class_is_refused():
    with pytest.raises(UserError, match="one decoder per class"):
        annealed.decoder_of(run_of("cgan"), load_dataset("digits"))


def test_runs_of_several_data_sets_are_refused(tmp_path):
    other = Run(Path("other"), get_recipe("ring"), 0, None, {}, "else")
    with pytest.raises(UserError, match="one table is of one data set"):
        table2.score_runs(
            [run_of("digits"), other], tmp_path, Annealing(), 1, lambda: False
        )


def test_what_is_no_decoder_has_a_line_and_a_reason(tmp_path):
    window = ParzenScore(50.0, 1.0, 0.1)
    score = annealed.AISScore(70.0, 1.5, 0.12, 0.3, 9.0, 100)
    rows = [
        table2.Row("k-means", None, window),
        table2.Row("digits", score, window, 0, 300),
    ]
    data = load_dataset("digits")
    text = table2.write_table(rows, data, Annealing(), tmp_path)
    assert "| k-means | - |  |  |  | 50.0 ± 1.0 |  |  |" in text
    line = "| digits | 70.0 ± 1.5 | 0.120 | 0.30 | 9.0 | 50.0 ± 1.0 | 0 | 300 |"
    assert line in text and "no decoder" in text and "100 of them" in text
    stored = json.loads((tmp_path / "table2.json").read_text("utf-8"))
    assert stored["rows"][0]["ais"] is None and stored["settings"]["chains"] == 16


def test_the_bar_counts_what_the_parts_cost():
    """Fit: 3 rounds of a quarter; bounds 3 times; two blocks twice each."""
    assert annealed._cost(Annealing(temperatures=40), 30) == 6 * 10 + 3 * 40 + 4 * 40
