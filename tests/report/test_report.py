"""The page of a run: one file with all that it promises; opened in Chromium."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from gan_numpy.cli import main
from gan_numpy.cli.train import page_of
from gan_numpy.datasets import load_dataset
from gan_numpy.recipes import get_recipe
from gan_numpy.report.charts import landmarks
from gan_numpy.runs import job as job_of_runs
from gan_numpy.runs.job import train
from gan_numpy.runs.run import create_run, open_run

BROWSE = Path(__file__).with_name("browse_report.py")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run of images, and one of points with a fault."""
    folder = tmp_path_factory.mktemp("runs")
    images, points = folder / "images", folder / "points"
    few = {"epochs": 3, "sample_every": 1}
    units = {"generator_units": (8,), "discriminator_units": (8,)}
    for path, name, own in (
        (images, "digits", units),
        (points, "ring", units | {"clip": 0.001}),
    ):
        recipe = get_recipe(name).replace(**few, **own)
        data = load_dataset(recipe.dataset)
        job = create_run(path, recipe, 0, data)
        state = job.load_state(data)
        assert train(job, data, state, progress=False, refresh=page_of(job, data))
    return images, points


def content(path: Path) -> list[dict]:
    """The data of a page."""
    text = path.read_text("utf-8")
    (data,) = re.findall(r'id="runs">(.*?)</script>', text)
    return json.loads(data)


def test_train_leaves_a_page_that_is_all_there(runs):
    for path in runs:
        page = path / "report.html"
        text = page.read_text("utf-8")
        assert page.stat().st_size < 3_000_000
        assert (
            not re.findall(r'(?:src|href)="(?!data:)', text)
            and "http-equiv" not in text
        )
        (run,) = content(page)
        assert [p["epoch"] for p in run["pictures"]] == [1, 2, 3]
        titles = [chart["title"] for chart in run["charts"]]
        assert len(titles) == 6 and titles[0] == "Losses (nats)"
        (logits,) = (c for c in run["charts"] if c["title"].startswith("D's outputs"))
        for line in logits["lines"]:
            bands = np.array(line["bands"])
            assert bands.shape == (3, len(line["points"]), 2)
            medians = [y for _, y in line["points"]]
            ordered = [*bands[:, :, 0], medians, *bands[::-1, :, 1]]
            assert (np.diff(ordered, axis=0) >= -1e-3).all()
        assert run["settings"]["epochs"] == 3 and run["source"] in text
    assert content(runs[0] / "report.html")[0]["neighbors"]["of"] > 1000
    (finding,) = content(runs[1] / "report.html")[0]["verdict"]["findings"]
    assert finding["name"] == "clipping_pins" and finding["since"] == 1


def test_a_page_that_is_slow_to_write_is_written_seldom(tmp_path, monkeypatch):
    """Its next writing waits until the last one is a small part of the time."""
    monkeypatch.setattr(job_of_runs, "REFRESH", 0.0)
    recipe = get_recipe("ring").replace(
        epochs=4, generator_units=(8,), discriminator_units=(8,)
    )
    data = load_dataset(recipe.dataset)
    run, told = create_run(tmp_path / "run", recipe, 0, data), []

    def refresh(state, goes_on):
        told.append(goes_on)
        time.sleep(0.5)  # two hundred times as long is more than the run takes

    assert train(
        run, data, run.load_state(data), progress=False, save_every=0.0, refresh=refresh
    )
    assert told == [True, False]


def test_the_command_makes_the_run_again(runs, tmp_path):
    (run,) = content(runs[0] / "report.html")
    words = shlex.split(run["command"])
    assert words[:3] == ["gan-numpy", "train", "digits"]
    again = tmp_path / "again"
    assert main([*words[1:], "--quiet", "--out", str(again)]) == 0
    assert open_run(again).recipe == open_run(runs[0]).recipe
    rows = [
        [r["loss_generator"] for r in open_run(p).metrics()] for p in (again, runs[0])
    ]
    assert rows[0] == rows[1]


def test_the_landmarks_of_the_losses():
    """D's is 2 log 2, or half of it by the released code's factor; G's log 2."""
    assert [round(m["y"], 3) for m in landmarks(get_recipe("digits"))] == [0.693]
    assert [round(m["y"], 3) for m in landmarks(get_recipe("ring"))] == [1.386, 0.693]
    minimax = get_recipe("ring").replace(objective="minimax")
    assert [round(m["y"], 3) for m in landmarks(minimax)] == [1.386, -0.693]
    assert landmarks(get_recipe("wgan")) == []


def test_the_command(runs, tmp_path, capsys):
    out = tmp_path / "both.html"
    assert main(["report", *map(str, runs), "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    assert [run["recipe"] for run in content(out)] == ["digits", "ring"]
    assert main(["report", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_in_a_browser(runs, tmp_path):
    """No error, no request; light and dark, wide and 390 px."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    both = tmp_path / "both.html"
    assert main(["report", *map(str, runs), "--out", str(both)]) == 0
    shutil.copy(runs[0] / "report.html", tmp_path / "digits.html")
    shots = os.environ.get("GAN_NUMPY_SCREENSHOTS")
    done = subprocess.run(
        [sys.executable, str(BROWSE), CHROMIUM, tmp_path, *([shots] if shots else [])],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
