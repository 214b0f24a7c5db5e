"""The run directory: everything about one training, in plain files.

==================  ================================================================
``config.json``     recipe, seed, data, versions, kernels, threads
``metrics.csv``     one row per epoch
``checkpoint.npz``  the state of training, to resume from and to sample with
``samples/``        ``epoch-0001.png`` ...: samples of one fixed z over time
``curves.png``      the metrics as curves
``result.json``     scores, after ``gan-numpy evaluate``
==================  ================================================================
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import gan_numpy
from gan_numpy import kernels
from gan_numpy.datasets import Dataset, load_dataset
from gan_numpy.errors import UserError
from gan_numpy.files import make_directory, write_text
from gan_numpy.recipes import Recipe, recipe_from_dict
from gan_numpy.runs.checkpoint import load_checkpoint, save_checkpoint
from gan_numpy.sampling.draw import SAMPLE_STREAM, sample, sample_classes
from gan_numpy.training.state import Monitors, TrainingState, initial_state

COLUMNS = (
    "epoch",
    "step",
    "loss_discriminator",
    "loss_generator",
    "d_real",
    "d_fake",
    "grad_norm_discriminator",
    "grad_norm_generator",
    "steps_per_second",
)
EXTRA_COLUMNS = ("penalty", "accuracy")  # the last columns, of recipes that have them
OWN_FILES = ("checkpoint.npz", "metrics.csv", "curves.png", "result.json", "samples")


@dataclass(frozen=True)
class Run:
    """A run directory and what its ``config.json`` says.

    Attributes
    ----------
    path : Path
    recipe : Recipe
    seed : int
    data_dir : Path or None
    environment : dict
        Versions, kernels and threads when the run was started.
    fingerprint : str
        SHA-256 of the data.
    """

    path: Path
    recipe: Recipe
    seed: int
    data_dir: Path | None
    environment: dict[str, Any]
    fingerprint: str

    @property
    def checkpoint(self) -> Path:
        """Path of the checkpoint."""
        return self.path / "checkpoint.npz"

    def load_data(self) -> Dataset:
        """Load the data set, and make sure that it is the one of the run.

        Raises
        ------
        UserError
            If it is missing, damaged or another one.
        """
        data = load_dataset(self.recipe.dataset, self.data_dir)
        if data.fingerprint() != self.fingerprint:
            raise UserError(
                f"data set {self.recipe.dataset} is not the one that {self.path} was "
                f"trained on (its SHA-256 differs)"
            )
        return data

    def load_state(self, data: Dataset) -> TrainingState:
        """The state in the checkpoint, or the initial one if the run just started.

        Raises
        ------
        UserError
            If the checkpoint is damaged or does not belong to this run.
        """
        state = initial_state(self.recipe, data, self.seed)
        if self.checkpoint.exists():
            load_checkpoint(self.checkpoint, state)
        return state

    def save_state(self, state: TrainingState) -> None:
        """Write the checkpoint atomically."""
        save_checkpoint(self.checkpoint, state)

    def metrics(self, epochs: int | None = None) -> list[dict[str, str]]:
        """Rows of ``metrics.csv``, up to an epoch.

        Raises
        ------
        UserError
            If the file is damaged.
        """
        path = self.path / "metrics.csv"
        if not path.exists():
            return []
        try:
            rows = list(csv.DictReader(io.StringIO(path.read_text())))
            return [r for r in rows if epochs is None or int(r["epoch"]) <= epochs]
        except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
            raise UserError(f"cannot read {path}: {error}") from None

    def add_metrics(self, state: TrainingState, monitors: Monitors) -> None:
        """Add the row of the epoch that ended; later rows, of a lost future, go."""
        row: dict[str, Any] = {"epoch": state.epoch, "step": state.step}
        row |= {name: f"{value:.6g}" for name, value in monitors.items()}
        text = io.StringIO()
        columns = (*COLUMNS, *(name for name in EXTRA_COLUMNS if name in row))
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*self.metrics(state.epoch - 1), row])
        write_text(self.path / "metrics.csv", text.getvalue())

    def sample(
        self,
        state: TrainingState,
        n: int,
        seed: int,
        stream: int = SAMPLE_STREAM,
        labels: np.ndarray | None = None,
    ) -> np.ndarray:
        """Draw `n` samples from the generator (averaged, if it is).

        Returns
        -------
        (n, features) float32 ndarray
        """
        rng = np.random.default_rng([seed, stream])
        return sample(self.recipe, state, n, rng, labels)

    def sample_classes(
        self,
        state: TrainingState,
        classes: Sequence[int],
        each: int,
        seed: int,
        stream: int = SAMPLE_STREAM,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw `each` samples of every class, and their labels.

        As `gan_numpy.sampling.draw.sample_classes` does: every class from the same z.
        """
        rng = np.random.default_rng([seed, stream])
        return sample_classes(self.recipe, state, classes, each, rng)


def environment() -> dict[str, Any]:
    """Versions, kernels and threads: what the bits of a run depend on."""
    from importlib.metadata import version

    import numba
    from threadpoolctl import threadpool_info

    return {
        "gan_numpy": gan_numpy.__version__,
        "numpy": np.__version__,
        "numba": version("numba"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "kernels": kernels.active_kernels(),
        "numba_threads": numba.get_num_threads(),
        "blas_threads": max(
            (p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"),
            default=1,
        ),
    }


def create_run(
    path: Path,
    recipe: Recipe,
    seed: int,
    data: Dataset,
    data_dir: Path | None = None,
    force: bool = False,
) -> Run:
    """Make a run directory with its ``config.json``.

    Parameters
    ----------
    path : Path
    recipe : Recipe
    seed : int
    data : Dataset
    data_dir : Path, optional
    force : bool
        Whether to replace a run that is already there.

    Raises
    ------
    UserError
        If something is already there, or the directory cannot be written.
    """
    try:
        occupied = path.exists() and (not path.is_dir() or any(path.iterdir()))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    is_run = occupied and (path / "config.json").is_file()
    if occupied and not is_run:
        raise UserError(
            f"{path} exists and is not a run directory: choose another --out"
        )
    if is_run and not force:
        raise UserError(
            f"{path} already holds a run: go on with --resume {path}, replace it with "
            f"--force, or choose another --out"
        )
    initial_state(recipe, data, seed)  # refuses a recipe that does not fit the data
    run = Run(
        path=path,
        recipe=recipe,
        seed=seed,
        data_dir=data_dir.resolve() if data_dir else None,
        environment=environment(),
        fingerprint=data.fingerprint(),
    )
    make_directory(path)
    write_config(run)
    for name in OWN_FILES:  # of the run that --force replaces
        old = path / name
        shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
    make_directory(path / "samples")
    return run


def write_config(run: Run) -> None:
    """Write ``config.json`` atomically."""
    config = {
        "recipe": run.recipe.name,
        "settings": dataclasses.asdict(run.recipe),
        "seed": run.seed,
        "data_dir": str(run.data_dir) if run.data_dir else None,
        "data_sha256": run.fingerprint,
        "environment": run.environment,
    }
    write_text(run.path / "config.json", json.dumps(config, indent=2) + "\n")


def open_run(path: Path) -> Run:
    """Read a run directory's ``config.json``.

    Raises
    ------
    UserError
        If it is not a run directory or the file is damaged.
    """
    file = path / "config.json"
    if not file.is_file():
        raise UserError(f"{path} is not a run directory: it has no config.json")
    try:
        config = json.loads(file.read_text())
        return Run(
            path=path,
            recipe=recipe_from_dict(config["recipe"], config["settings"]),
            seed=int(config["seed"]),
            data_dir=Path(config["data_dir"]) if config["data_dir"] else None,
            environment=dict(config["environment"]),
            fingerprint=str(config["data_sha256"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{file} is damaged ({type(error).__name__}: {error})"
        ) from None
