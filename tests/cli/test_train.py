from __future__ import annotations

import csv
import json
import os
import signal
import sys
import time

import numpy as np
import pytest

from tests import programs
from tests.cli.conftest import SMALL


def metrics(run):
    """Rows of a run's metrics."""
    return list(csv.DictReader((run / "metrics.csv").read_text().splitlines()))


def arrays(path):
    with np.load(path / "checkpoint.npz") as archive:
        return {name: archive[name] for name in archive.files}


def assert_same_checkpoint(a, b):
    first, second = arrays(a), arrays(b)
    assert first.keys() == second.keys()
    for name, value in first.items():
        np.testing.assert_array_equal(value, second[name], name)


def test_a_run_leaves_what_the_design_promises(small_run):
    names = {str(p.relative_to(small_run)) for p in small_run.rglob("*") if p.is_file()}
    assert names == {
        "config.json",
        "metrics.csv",
        "probes.csv",
        "report.html",
        "checkpoint.npz",
        "curves.png",
        "samples/epoch-0001.png",
        "samples/epoch-0002.png",
    }
    config = json.loads((small_run / "config.json").read_text())
    assert config["recipe"] == "digits" and config["seed"] == 0
    assert config["settings"]["generator_units"] == [8]
    assert {"numpy", "numba", "kernels", "blas_threads"} <= set(config["environment"])
    rows = metrics(small_run)
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert 0 < float(rows[0]["d_real"]) < 1
    assert all(np.isfinite(float(value)) for row in rows for value in row.values())
    for picture in small_run.rglob("*.png"):
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_train_prints_the_run_and_its_score(cli):
    code, out, err = cli("train", "--epochs", 1, "--seed", 7, *SMALL)
    assert code == 0
    assert "runs/digits-seed7: 1 epochs" in out
    assert "trained generator" in out and "untrained generator" in out
    assert "digits: 100%" in err  # the progress bar


def test_the_same_seed_gives_the_same_bits(cli, tmp_path):
    for name in "ab":
        cli("train", "--epochs", 1, "--out", name, "--quiet", *SMALL)
    assert_same_checkpoint(tmp_path / "a", tmp_path / "b")


def test_resume_to_more_epochs_equals_one_long_run(cli, small_run, tmp_path):
    code, _, err = cli("train", "--resume", small_run, "--epochs", 4, "--quiet")
    assert code == 0, err
    cli("train", "--epochs", 4, "--out", "long", "--quiet", *SMALL)
    assert_same_checkpoint(small_run, tmp_path / "long")
    rows = [metrics(path) for path in (small_run, tmp_path / "long")]
    for row in (*rows[0], *rows[1]):
        del row["steps_per_second"]
    assert rows[0] == rows[1] and len(rows[0]) == 4


def test_an_existing_run_is_not_overwritten(cli, small_run):
    before = {p: p.read_bytes() for p in small_run.rglob("*") if p.is_file()}
    code, _, err = cli("train", "--out", small_run, *SMALL)
    assert code == 2 and "already holds a run" in err and "--force" in err
    assert before == {p: p.read_bytes() for p in small_run.rglob("*") if p.is_file()}
    code, _, _ = cli(
        "train", "--out", small_run, "--force", "--epochs", 1, "--quiet", *SMALL
    )
    assert code == 0 and not (small_run / "samples" / "epoch-0002.png").exists()


def test_a_directory_that_is_no_run_is_never_touched(cli, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1").write_text("years of work")
    code, _, err = cli("train", "--out", "thesis", "--force")
    assert code == 2 and "is not a run directory" in err
    assert os.listdir(tmp_path / "thesis") == ["chapter1"]


def test_divergence_keeps_the_last_good_checkpoint(cli, small_run):
    kept = arrays(small_run)
    code, out, err = cli(
        *("train", "--out", "wild", "--quiet", *SMALL, "--epochs", 50),
        *("--set", "optimizer=momentum", "--set", "learning_rate=1e30"),
    )
    assert code == 1 and out == ""
    assert "error: training diverged at step" in err
    assert "generator" in err or "discriminator" in err
    assert "the last good checkpoint is wild/checkpoint.npz" in err
    from pathlib import Path

    assert all(
        np.isfinite(v).all() for k, v in arrays(Path("wild")).items() if "/" in k
    )
    assert kept.keys() == arrays(small_run).keys()


def default_interrupt():
    """What runs in the background of a shell would not hear Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def start(*arguments, cwd):
    """A command line in its own process, which compiles and measures nothing."""
    return programs.start(
        [sys.executable, "-m", "gan_numpy", *arguments],
        cwd=cwd,
        text=True,
        preexec_fn=default_interrupt,
        env={
            **os.environ,
            "PYTHONPATH": os.getcwd(),
            "GAN_NUMPY_KERNELS": "reference",
        },
    )


def end_of(process):
    """Exit code, stdout, stderr of a command that ends by itself."""
    out, err = programs.finish(process)
    return process.returncode, out, err


def wait_for(path, process):
    """Wait until a file is there."""
    deadline = time.monotonic() + programs.SECONDS
    while not path.exists():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline, f"no {path} in time"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """Arguments: twenty epochs of few images, so that the score at the end is cheap."""
    path = tmp_path_factory.mktemp("data") / "own.npy"
    np.save(path, np.random.default_rng(3).random((2000, 3, 3), dtype=np.float32))
    size = ("--set", "batch_size=100", *SMALL[:4])
    return ("train", "--epochs", 20, "--data", path, *size)


@pytest.fixture(scope="module")
def whole(long, tmp_path_factory):
    """Twenty epochs without interruption."""
    folder = tmp_path_factory.mktemp("whole")
    process = start(*long, "--out", "run", cwd=folder)
    code, _, err = end_of(process)
    assert code == 0, err
    return folder / "run"


def test_ctrl_c_saves_and_says_how_to_go_on(long, whole, tmp_path):
    run = tmp_path / "my run"
    process = start(*long, "--out", run, cwd=os.getcwd())
    wait_for(run / "metrics.csv", process)
    process.send_signal(signal.SIGINT)
    code, out, err = end_of(process)
    assert code == 130 and out == ""
    assert f"gan-numpy train --resume '{run}'" in err and "Traceback" not in err
    code, _, err = end_of(start("train", "--resume", run, cwd=os.getcwd()))
    assert code == 0, err
    assert_same_checkpoint(run, whole)


def test_kill_9_and_resume(long, whole, tmp_path):
    """Once, somewhere; tests/robustness/test_killed.py dies at every change."""
    process = start(*long, "--out", "run", "--save-every", 0, cwd=tmp_path)
    wait_for(tmp_path / "run" / "checkpoint.npz", process)
    time.sleep(0.05)
    programs.end(process)
    end_of(process)
    code, _, err = end_of(start("train", "--resume", "run", cwd=tmp_path))
    assert code == 0, err
    assert_same_checkpoint(tmp_path / "run", whole)
    rows = metrics(tmp_path / "run")
    assert [row["epoch"] for row in rows] == [str(i) for i in range(1, 21)]


def test_killed_before_its_first_checkpoint(cli, small_run, tmp_path):
    (small_run / "checkpoint.npz").unlink()
    code, _, err = cli("train", "--resume", small_run, "--quiet")
    assert code == 2 and "metrics.csv has 2 epochs" in err and "--force" in err
    (small_run / "metrics.csv").unlink()
    code, _, err = cli("train", "--resume", small_run, "--quiet")
    assert code == 0, err
    cli("train", "--epochs", 2, "--out", "other", "--quiet", *SMALL)
    assert_same_checkpoint(small_run, tmp_path / "other")


def test_own_data(cli, tmp_path, rng):
    np.save(tmp_path / "own.npy", rng.random((300, 6, 6)))
    code, out, err = cli(
        *("train", "--data", "own.npy", "--epochs", 1, "--out", "own", "--quiet"),
        *SMALL[:4],
    )
    assert code == 0, err
    code, out, _ = cli("sample", "own", "-n", 5, "--out", "own.npz")
    with np.load(tmp_path / "own.npz") as archive:
        assert archive["samples"].shape == (5, 6, 6)


@pytest.mark.parametrize("name", ["ring", "moons"])
def test_toy_data(name, cli, tmp_path):
    code, _, err = cli(
        *("train", "--epochs", 1, "--out", "toy", "--quiet", *SMALL),
        *("--set", f"dataset={name}"),
    )
    assert code == 2 and "draws values in [0, 1]" in err
