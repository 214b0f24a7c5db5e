"""Bad usage and bad input: one clear line, exit 2, nothing that was there is lost."""

from __future__ import annotations

import gzip
import os
import resource
import struct
import sys

import numpy as np
import pytest

from tests.cli.conftest import SMALL
from tests.datasets.test_idx import idx_bytes
from tests.programs import finished


def assert_refused(result, *words):
    code, out, err = result
    assert code == 2, err
    last = err.strip().splitlines()[-1]
    assert last.startswith("gan-numpy") and "error: " in last
    assert "Traceback" not in err and out == ""
    for word in words:
        assert word in last
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["train", "nonsense"], "unknown recipe 'nonsense'"),
        (["train", "--set", "nonsense=1"], "no setting 'nonsense'"),
        (["train", "--set", "batch_size=x"], "a whole number"),
        (["train", "--set", "batch_size"], "key=value"),
        (["train", "--epochs", "0"], "0 is out of range"),
        (["train", "--epochs", "-1"], "-1 is out of range"),
        (["train", "--epochs", "two"], "not a whole number"),
        (["train", "--seed", "-1"], "out of range"),
        (["train", "--set", "epochs=0"], "at least 1"),
        (["train", "--set", "batch_size=2000"], "a step takes 2,000"),
        (["train", "mnist", "--data-dir", "none"], "none does not exist"),
        (["train", "--data", "none.npy"], "does not exist"),
        (["train", "--data", "none.csv"], ".npy or .npz"),
        (["train", "--resume", "none"], "not a run directory"),
        (["train", "mnist", "--resume", "none"], "recipe cannot be given"),
        (["train", "--nonsense"], "unrecognized arguments"),
        (["evaluate", "none"], "not a run directory"),
        (["evaluate", "none", "--samples", "0"], "out of range"),
        (["evaluate", "none", "--sigma", "0"], "more than 0"),
        (["evaluate", "none", "--sigma", "nan"], "more than 0"),
        (["sample", "none"], "not a run directory"),
        (["sample", "none", "--out", "x.jpg"], ".png or .npz"),
        (["recipes", "none"], "unknown recipe"),
        (["data", "verify", "none"], "unknown data set"),
        (["data", "verify", "mnist"], "not present"),
        (["data", "verify", "mnist", "--data-dir", "none"], "does not exist"),
        (["nonsense"], "invalid choice"),
        ([], "required"),
    ],
    ids=" ".join,
)
def test_bad_arguments(arguments, word, cli, tmp_path):
    assert_refused(cli(*arguments), word)
    assert os.listdir(tmp_path) == []


@pytest.fixture
def mnist(tmp_path, rng):
    """Small files in MNIST's format."""
    folder = tmp_path / "files"
    folder.mkdir()
    for part, n in (("train", 120), ("t10k", 20)):
        images = idx_bytes(rng.integers(0, 256, (n, 28, 28), dtype=np.uint8))
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images, 1))
        labels = idx_bytes(np.zeros(n, np.uint8))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels, 1))
    return folder


def break_file(kind, path):
    content = gzip.decompress(path.read_bytes())
    huge = struct.pack(">4B3I", 0, 0, 8, 3, 1_000_000, 1000, 1000)
    if kind == "directory":
        path.unlink()
        path.mkdir()
        return
    path.write_bytes(
        {
            "truncated": path.read_bytes()[:-100],
            "magic": gzip.compress(b"\0\0\x0b\x03" + content[4:]),
            "counts": gzip.compress(idx_bytes(np.zeros((119, 28, 28), np.uint8))),
            "trillion": gzip.compress(huge + content[16:]),
            "empty": b"",
        }[kind]
    )


@pytest.mark.parametrize(
    "kind, word",
    [
        ("truncated", "truncated or damaged gzip"),
        ("magic", "not an IDX file"),
        ("counts", "do not belong together"),
        ("trillion", "claims 1,000,000 x 1,000 x 1,000 bytes"),
        ("empty", "is empty"),
        ("directory", "is a directory"),
    ],
)
def test_broken_mnist_files(kind, word, mnist, cli, tmp_path):
    path = mnist / "train-images-idx3-ubyte.gz"
    break_file(kind, path)
    result = cli("train", "mnist", "--data-dir", mnist, "--out", "run")
    assert_refused(result, word, "train-images-idx3-ubyte.gz")
    assert os.listdir(tmp_path) == ["files"]


def test_whole_mnist_files_would_have_trained(mnist, cli):
    code, out, err = cli(
        *("train", "mnist", "--data-dir", mnist, "--out", "run", "--epochs", 1),
        *("--quiet", "--set", "generator_units=8", "--set", "discriminator_units=5"),
    )
    assert code == 0, err
    code, out, err = cli("data", "verify", "mnist", "--data-dir", mnist)
    assert code == 1 and out.count("DIFFERENT") == 4


def test_nan_in_own_data(cli, tmp_path):
    values = np.full((50, 4), 0.5)
    values[7, 2] = np.nan
    np.save(tmp_path / "own.npy", values)
    assert_refused(cli("train", "--data", "own.npy"), "not finite", "(7, 2)")
    assert os.listdir(tmp_path) == ["own.npy"]


def contents(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    "kind", ["corrupt", "foreign", "pickled", "empty", "directory"]
)
@pytest.mark.parametrize("command", ["train --resume", "evaluate", "sample"])
def test_bad_checkpoints(kind, command, cli, small_run):
    path = small_run / "checkpoint.npz"
    good = path.read_bytes()
    if kind == "directory":
        path.unlink()
        path.mkdir()
    elif kind == "pickled":
        np.savez(path, meta=np.array([{}], dtype=object))
    elif kind == "foreign":
        np.savez(path, weights=np.zeros(3))
    else:
        path.write_bytes({"corrupt": good[:2000] + good[2100:], "empty": b""}[kind])
    before = contents(small_run)
    assert_refused(cli(*command.split(), small_run), "checkpoint.npz")
    assert contents(small_run) == before


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"recipe": "digits"}', "\xff", "{"])
def test_bad_config(text, cli, small_run):
    (small_run / "config.json").write_text(text, encoding="latin-1")
    assert_refused(cli("evaluate", small_run), "config.json")


def test_bad_metrics(cli, small_run):
    (small_run / "metrics.csv").write_text("epoch\nmany\n")
    result = cli("train", "--resume", small_run, "--epochs", 3, "--quiet")
    assert_refused(result, "metrics.csv")


def test_other_data_than_the_runs(cli, tmp_path):
    np.save(tmp_path / "own.npy", np.full((300, 4), 0.5))
    cli(
        "train", "--data", "own.npy", "--epochs", 1, "--out", "r", "--quiet", *SMALL[:4]
    )
    np.save(tmp_path / "own.npy", np.full((300, 4), 0.25))
    assert_refused(cli("evaluate", "r"), "not the one")


def limited(arguments, cwd, limit):
    """Run with a limit on the size of written files, as a full disk would."""

    def set_limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = finished(
        [sys.executable, "-m", "gan_numpy", *arguments],
        cwd=cwd,
        preexec_fn=set_limit,
        env={
            **os.environ,
            "PYTHONPATH": os.getcwd(),
            "MPLCONFIGDIR": str(cwd),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )
    return done.returncode, done.stdout, done.stderr


def test_a_full_disk(small_run, tmp_path):
    """The checkpoint no longer fits: the old one stays, whole."""
    before = contents(small_run)
    result = limited(
        ["train", "--resume", small_run, "--epochs", 9, "--quiet"], tmp_path, 5000
    )
    assert_refused(result, "cannot write", "small")
    assert (small_run / "checkpoint.npz").read_bytes() == before[
        small_run / "checkpoint.npz"
    ]
    assert not [p for p in small_run.rglob(".*")]


def test_output_that_cannot_be_written(cli, tmp_path):
    (tmp_path / "file").touch()
    assert_refused(cli("train", "--out", "file/run", *SMALL), "file/run")
    assert_refused(cli("train", "--out", "/proc/run", *SMALL), "/proc/run")


def test_a_directory_in_place_of_a_picture(cli, small_run):
    (small_run / "samples.png").mkdir()
    assert_refused(cli("sample", small_run), "cannot write", "samples.png")
