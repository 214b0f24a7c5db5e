"""Everything that reads something from outside, and the commands that make it read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.robustness import mutations as m
from tests.robustness.ground import TINY, call

Result = tuple[int | str | None, str, str]


@dataclass(frozen=True)
class Reader:
    """A file to damage, how, and who reads it.

    Attributes
    ----------
    file : str
        In the ground; empty for what is read from the command line itself.
    mutate : callable
        Of this format; one time in three the bytes are damaged instead.
    commands : tuple of callables
        From the folder of the ground and a generator to (exit code, stdout, stderr).
    """

    file: str
    mutate: m.Mutation | None
    commands: tuple[Callable[[Path, m.Rng], Result], ...]


def command(*words: str) -> Callable[[Path, m.Rng], Result]:
    """A command line; ``@name`` is a path in the ground."""

    def run(folder: Path, rng: m.Rng) -> Result:
        return call(*(folder / w[1:] if w.startswith("@") else w for w in words))

    return run


def train_on(name: str) -> Callable[[Path, m.Rng], Result]:
    """Training of one epoch on own data."""
    out = ("--out", "@fresh", "--epochs", "1", "--quiet", *TINY)
    return command("train", "--data", f"@{name}", *out)


def verify(name: str) -> Callable[[Path, m.Rng], Result]:
    return command("data", "verify", name, "--data-dir", f"@{name}")


def train_from(name: str, recipe: str) -> Callable[[Path, m.Rng], Result]:
    """Training of an epoch on the files of a data set."""
    small = [
        *("--set", "generator_units=4", "--set", "discriminator_units=3"),
        *("--set", "batch_size=5", "--set", "latent_size=2", "--epochs", "1"),
        *("--set", f"dataset={name}", "--out", "@fresh", "--quiet"),
    ]
    return command("train", recipe, "--data-dir", f"@{name}", *small)


def settings(folder: Path, rng: m.Rng) -> Result:
    """Any value for any setting of any recipe of dense networks."""
    from gan_numpy.recipes import RECIPES

    recipe = m.pick(rng, ("digits", "lsgan", "wgan", "wgan-gp", "r1", "ring", "mnist"))
    key = m.pick(rng, [*vars(RECIPES[recipe]), "nonsense", ""])
    sizes = ("4", "3,3", "100000000000", "1000000000", "4,", "0", "9" * 25, "7")
    numbers = ("0.5", "1e300", "1e-300", "1", "2", "0.0", "-1e-5", "1e39")
    value = m.pick(rng, (*m.TEXTS, *sizes, *numbers))
    equals = "" if rng.integers(30) == 0 else "="
    tail = ("--data", folder / "own.npy", "--out", folder / "fresh", "--quiet")
    tail += ("--epochs", "1")
    return call("train", recipe, *TINY, "--set", f"{key}{equals}{value}", *tail)


def names(folder: Path, rng: m.Rng) -> Result:
    """Names and numbers that commands take."""
    text = m.pick(rng, m.TEXTS)
    words = m.pick(
        rng,
        (
            *(("train", text), ("recipes", text), ("exercises", text)),
            *(("data", "verify", text), ("data", "list", text), ("check", text)),
            *(("sample", folder / "run", "-n", text), ("evaluate", text)),
            *(("sample", folder / "run", "--seed", text), ("sample", text)),
            *(("sample", folder / "run", "--label", text), ("interpolate", text)),
            *(("evaluate", folder / "run", "--metrics", text),),
            *(("evaluate", folder / "run", "--sigma", text, "--samples", "5"),),
            *(("train", "--data", text), ("train", "--data", f"{text}.npy")),
            *(("train", "--resume", text), ("train", "--data-dir", text, "mnist")),
            *(
                ("train", "nonsense", "--out", text),
                ("arithmetic", text, "1", "2", "3"),
            ),
            *(("sample", folder / "run", "--out", f"{text}.png"),),
        ),
    )
    return call(*words)


def parzen(folder: Path, rng: m.Rng) -> Result:
    """The score that figures keep beside a run."""
    from gan_numpy.reproduce.jobs import read_result

    read_result(folder / "run" / "parzen.json", {"step": 8, "samples": 20})
    return 0, "", ""


def progress(folder: Path, rng: m.Rng) -> Result:
    """What was solved so far, with the result of a check to add."""
    from gan_numpy.errors import UserError
    from gan_numpy.exercises.progress import load_progress, progress_table, save_results

    path = folder / "progress.json"
    try:
        save_results([{"title": "relu", "attempted": True, "passed": True}], path)
        progress_table(load_progress(path))
    except UserError as error:
        return 2, "", f"gan-numpy: error: {error}\n"
    return 0, "", ""


SAMPLE = command("sample", "@run", "-n", "4", "--out", "@samples.npz")
EVALUATE = command("evaluate", "@run", "--samples", "5", "--sigma", "0.3", "--json")
RESUME = command("train", "--resume", "@run", "--epochs", "3", "--quiet")
DOCTOR, REPORT = command("doctor", "@run"), command("report", "@run")
WALK = command("interpolate", "@run", "--rows", "1", "--steps", "2")

READERS = {
    "config": Reader("run/config.json", m.mutate_json, (SAMPLE, EVALUATE, RESUME)),
    "metrics": Reader("run/metrics.csv", m.mutate_csv, (RESUME,)),
    "result": Reader("run/result.json", m.mutate_json, (EVALUATE,)),
    "parzen": Reader("run/parzen.json", m.mutate_json, (parzen,)),
    "checkpoint": Reader("run/checkpoint.npz", m.mutate_npz, (SAMPLE, RESUME, WALK)),
    "own npy": Reader("own.npy", m.mutate_npy, (train_on("own.npy"),)),
    "own npz": Reader("own.npz", m.mutate_npz, (train_on("own.npz"),)),
    "images": Reader(
        "mnist/train-images-idx3-ubyte",
        m.mutate_idx,
        (verify("mnist"), train_from("mnist", "mnist")),
    ),
    "labels": Reader(
        "mnist/t10k-labels-idx1-ubyte.gz", None, (train_from("mnist", "mnist"),)
    ),
    "records": Reader(
        "cifar10/data_batch_1.bin",
        m.mutate_records,
        (verify("cifar10"), train_from("cifar10", "digits")),
    ),
    "matlab": Reader("tfd/TFD_48x48.mat", m.mutate_matlab, (verify("tfd"),)),
    "progress": Reader("progress.json", m.mutate_json, (progress,)),
    "settings": Reader("", None, (settings,)),
    "names": Reader("", None, (names,)),
    "probes": Reader("run/probes.csv", m.mutate_csv, (DOCTOR, REPORT, RESUME)),
}
