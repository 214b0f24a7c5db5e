"""The run directory: everything about one training, in plain files.

==================  ================================================================
``config.json``     recipe, seed, data, versions, kernels, threads
``metrics.csv``     one row per epoch
``checkpoint.npz``  the state of training, to resume from and to sample with
``samples/``        ``epoch-0001.png`` ...: samples of one fixed z over time
``curves.png``      the metrics as curves
``result.json``     scores, after ``gan-numpy evaluate``
``probes.csv``      what the doctor's examinations found
``report.html``     all of it as a page
==================  ================================================================
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.datasets import Dataset, load_dataset
from gan_numpy.errors import UserError
from gan_numpy.files import make_directory, sweep
from gan_numpy.recipes import Recipe
from gan_numpy.runs.checkpoint import load_checkpoint, read_told, save_checkpoint
from gan_numpy.runs.config import Config, environment, read_config
from gan_numpy.runs.lock import exclusive
from gan_numpy.runs.metrics import Row, read_metrics, row_of, write_metrics
from gan_numpy.sampling.draw import SAMPLE_STREAM, sample, sample_classes
from gan_numpy.training.state import Monitors, TrainingState, initial_state

# What belongs to one training, and goes when another one takes its place.
OWN_FILES = (
    "checkpoint.npz",
    "metrics.csv",
    "curves.png",
    "result.json",
    "parzen.json",
    "ais.json",
    "probes.csv",
    "report.html",
    "samples",
)
MAY_CHANGE = ("epochs", "sample_every", "dataset")  # between two parts of a training


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

    def told(self) -> dict[str, Any]:
        """What the bits of the run follow from, as JSON; a checkpoint repeats it."""
        settings = dataclasses.asdict(self.recipe)
        for name in MAY_CHANGE:
            settings.pop(name, None)
        about = {"recipe": self.recipe.name, "seed": self.seed, **settings}
        return json.loads(json.dumps(about | {"data_sha256": self.fingerprint}))

    def load_state(self, data: Dataset) -> TrainingState:
        """The state in the checkpoint, or the initial one if the run just started.

        Raises
        ------
        UserError
            If the checkpoint is damaged or does not belong to this run, or if it is
            gone although epochs were trained.
        """
        if not self.checkpoint.exists():
            if epochs := len(self.metrics()):
                raise UserError(
                    f"{self.checkpoint} is gone, though metrics.csv has {epochs} "
                    f"epochs: put it back, or start anew with --force"
                )
            return initial_state(self.recipe, data, self.seed)
        then, now = read_told(self.checkpoint), self.told()
        for key in sorted(then.keys() & now.keys()):
            if then[key] != now[key]:
                raise UserError(
                    f"{self.path / 'config.json'} says {key}={now[key]}, the "
                    f"checkpoint was trained with {then[key]}: put that back, or train "
                    f"another run"
                )
        state = initial_state(self.recipe, data, self.seed)
        load_checkpoint(self.checkpoint, state)
        return state

    def save_state(self, state: TrainingState) -> None:
        """Write the checkpoint atomically."""
        save_checkpoint(self.checkpoint, state, self.told())

    def metrics(self, epochs: int | None = None) -> list[Row]:
        """Rows of ``metrics.csv``, up to an epoch.

        Raises
        ------
        UserError
            If the file is damaged.
        """
        rows = read_metrics(self.path / "metrics.csv")
        return [r for r in rows if epochs is None or int(r["epoch"]) <= epochs]

    def check_metrics(self, state: TrainingState) -> None:
        """Refuse rows that end before the state: the next one would not follow them.

        Raises
        ------
        UserError
            If they do. That there are none at all is as somebody wanted it.
        """
        rows = self.metrics()
        if rows and int(rows[-1]["epoch"]) < state.epoch:
            raise UserError(
                f"{self.path / 'metrics.csv'} ends at epoch {rows[-1]['epoch']}, the "
                f"checkpoint at {state.epoch}: put its rows back, or remove the file "
                f"to lose them"
            )

    def add_metrics(self, state: TrainingState, monitors: Monitors) -> None:
        """Add the row of the epoch that ended; later rows, of a lost future, go."""
        row = row_of(state.epoch, state.step, monitors)
        before = self.metrics(state.epoch - 1)
        write_metrics(self.path / "metrics.csv", before, row)

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
    _refuse_occupied(path, force)
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
    with exclusive(path):
        replaces = _refuse_occupied(path, force)  # another process may have been here
        write_config(run, replacing=replaces)  # from here on it is the new run
        if replaces:
            _finish(run)
        make_directory(path / "samples")
    return run


def _refuse_occupied(path: Path, force: bool) -> bool:
    """Whether a run is there that may be replaced; raise if anything else is there."""
    sweep(path)
    try:
        occupied = path.exists() and (not path.is_dir() or any(path.iterdir()))
        is_run = occupied and (path / "config.json").is_file()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    if occupied and not is_run:
        raise UserError(
            f"{path} exists and is not a run directory: choose another --out"
        )
    if is_run and not force:
        raise UserError(
            f"{path} already holds a run: go on with --resume {path}, replace it with "
            f"--force, or choose another --out"
        )
    return is_run


def _finish(run: Run) -> None:
    """Remove what a replaced run left, then say that nothing is left of it.

    While ``config.json`` says ``replacing``, everything else is the old run's. Whoever
    opens the run finishes this, if the process that began it was killed.
    """
    try:
        for name in OWN_FILES:
            old = run.path / name
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            elif os.path.lexists(old):
                old.unlink()
    except OSError as error:
        raise UserError(
            f"cannot write to {run.path}: {error.strerror} ({error.filename})"
        ) from None
    write_config(run)


def write_config(run: Run, replacing: bool = False) -> None:
    """Write ``config.json`` atomically."""
    Config(
        run.recipe,
        run.seed,
        run.data_dir,
        run.fingerprint,
        run.environment,
        replacing,
    ).write(run.path)


def open_run(path: Path) -> Run:
    """Read a run directory's ``config.json``; clear what a killed process left there.

    Raises
    ------
    UserError
        If it is not a run directory or the file is damaged.
    """
    config = read_config(path)
    if config.replacing:
        with exclusive(path):
            config = read_config(path)
            if config.replacing:
                _finish(_run_of(path, config))
    sweep(path)
    sweep(path / "samples")
    return _run_of(path, config)


def _run_of(path: Path, config: Config) -> Run:
    return Run(
        path=path,
        recipe=config.recipe,
        seed=config.seed,
        data_dir=config.data_dir,
        environment=config.environment,
        fingerprint=config.fingerprint,
    )
