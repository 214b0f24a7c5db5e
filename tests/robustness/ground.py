"""The ground that the fuzzer and the faults work on: a run and data of a few bytes."""

from __future__ import annotations

import gzip
import io
import json
import shutil
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
from scipy.io import savemat

from gan_numpy.cli import main

TINY = [
    *("--set", "generator_units=4"),
    *("--set", "discriminator_units=3"),
    *("--set", "batch_size=10"),
    *("--set", "latent_size=2"),
]


def call(*arguments) -> tuple[int | str | None, str, str]:
    """The command line in this process: exit code, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code
    return code, out.getvalue(), err.getvalue()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def idx(array: np.ndarray) -> bytes:
    """An IDX file of bytes."""
    sizes = np.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def make_ground(folder: Path) -> None:
    """Write own data, three data sets' files, and a finished run of two epochs."""
    rng = np.random.default_rng(1)
    np.save(folder / "own.npy", rng.random((40, 2, 2), dtype=np.float32))
    splits = {name: rng.random((20, 4)) for name in ("train", "validation", "test")}
    np.savez(folder / "own.npz", **splits)
    mnist = folder / "mnist"
    mnist.mkdir()
    for part, n in (("train", 60), ("t10k", 20)):
        images = rng.integers(0, 256, (n, 6, 6), dtype=np.uint8)
        (mnist / f"{part}-images-idx3-ubyte").write_bytes(idx(images))
        labels = gzip.compress(idx(rng.integers(0, 10, n, dtype=np.uint8)), mtime=0)
        (mnist / f"{part}-labels-idx1-ubyte.gz").write_bytes(labels)
    cifar = folder / "cifar10"
    cifar.mkdir()
    for name in ("data_batch_1.bin", "test_batch.bin"):
        records = rng.integers(0, 256, (12, 3073), dtype=np.uint8)
        records[:, 0] %= 10
        (cifar / name).write_bytes(records.tobytes())
    tfd = folder / "tfd"
    tfd.mkdir()
    arrays = {
        "images": rng.integers(0, 256, (40, 48, 48), dtype=np.uint8),
        "folds": np.tile(np.array([0, 1, 2, 3]), 10)[:, None] * np.ones(5, int),
        "labs_ex": np.full((40, 1), 3),
    }
    savemat(tfd / "TFD_48x48.mat", arrays)
    progress = {"relu_backward": "right", "dense_forward": "wrong"}
    (folder / "progress.json").write_text(json.dumps(progress))
    (folder / "solution.py").write_text(
        "def relu_backward(dy, cache):\n    return dy * (cache > 0)\n"
    )
    data = ("--data", folder / "own.npy")
    code, _, err = call(
        *("train", *data, "--out", folder / "run", "--epochs", 2, "--quiet", *TINY)
    )
    assert code == 0, err
    code, _, err = call("evaluate", folder / "run", "--samples", 20, "--sigma", 0.3)
    assert code == 0, err


@contextmanager
def fresh_copy(pristine: Path, folder: Path):
    """A copy of the ground that may be spoiled.

    The run remembers where its data lie: those of the pristine ground.
    """
    shutil.copytree(pristine, folder, symlinks=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
