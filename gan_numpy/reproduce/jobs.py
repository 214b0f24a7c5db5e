"""Runs that a table or figure needs: trained once, resumed if interrupted, reused."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.evaluation.parzen import SAMPLES, ParzenResult, ParzenScore
from gan_numpy.evaluation.state_score import score_state
from gan_numpy.files import make_directory, read_json, write_text
from gan_numpy.recipes import Recipe
from gan_numpy.runs.job import train
from gan_numpy.runs.run import Run, create_run, open_run


@dataclass(frozen=True)
class Job:
    """A recipe to be trained with a seed, in a run directory of its own.

    Attributes
    ----------
    path : Path
    recipe : Recipe
    seed : int
    """

    path: Path
    recipe: Recipe
    seed: int

    @property
    def name(self) -> str:
        """Recipe and seed, for people."""
        return f"{self.recipe.name} seed {self.seed}"

    def open(self) -> Run | None:
        """The run if it was started before.

        Raises
        ------
        UserError
            If something else is there, or a run with other settings.
        """
        if not (self.path / "config.json").is_file():
            return None
        run = open_run(self.path)
        if run.recipe != self.recipe or run.seed != self.seed:
            raise UserError(
                f"{self.path} holds a run with other settings: choose another --out, "
                f"or remove it"
            )
        return run

    def epochs_done(self) -> int:
        """Complete epochs, by ``metrics.csv``."""
        run = self.open()
        rows = run.metrics() if run else []
        return int(rows[-1]["epoch"]) if rows else 0

    def seconds(self) -> float:
        """Seconds that training took so far, pictures and checkpoints aside."""
        run = self.open()
        return training_seconds(run) if run else 0.0


def training_seconds(run: Run) -> float:
    """Seconds of training, from the steps and their rate in ``metrics.csv``."""
    total, before = 0.0, 0
    for row in run.metrics():
        step = int(row["step"])
        total += (step - before) / float(row["steps_per_second"])
        before = step
    return total


def what_is_left(jobs: Sequence[Job]) -> str:
    """One line: runs and epochs that are left, and about how long they take.

    The time is that of the epochs already trained, of the same recipe; unknown before
    the first one.
    """
    rates: dict[str, list[float]] = {}
    open_jobs = []
    for job in jobs:
        done = job.epochs_done()
        if done:
            rates.setdefault(job.recipe.name, []).append(job.seconds() / done)
        if done < job.recipe.epochs:
            open_jobs.append((job, done))
    if not open_jobs:
        return f"all {len(jobs)} runs are trained"
    seconds, known = 0.0, True
    for job, done in open_jobs:
        measured = rates.get(job.recipe.name)
        known = known and measured is not None
        if measured:
            seconds += (job.recipe.epochs - done) * sum(measured) / len(measured)
    names = ", ".join(
        f"{job.name} ({done} of {job.recipe.epochs} epochs)" for job, done in open_jobs
    )
    time = (
        f"about {duration(seconds)}" if known else "time known after an epoch of each"
    )
    return f"left: {len(open_jobs)} of {len(jobs)} runs: {names}; {time}"


def duration(seconds: float) -> str:
    """Seconds as people say them: ``50 s``, ``12 min``, ``3.4 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


def start_or_open(job: Job, data: Dataset, data_dir: Path | None) -> Run:
    """The job's run directory, made if it is not there.

    Raises
    ------
    UserError
        If something else is there, or a run with other settings or on other data.
    """
    run = job.open()
    if run is None:
        make_directory(job.path.parent)
        return create_run(job.path, job.recipe, job.seed, data, data_dir)
    if run.fingerprint != data.fingerprint():
        raise UserError(f"{job.path} was trained on other data: choose another --out")
    return run


def train_job(
    job: Job,
    data: Dataset,
    data_dir: Path | None,
    should_stop: Callable[[], bool],
    progress: bool,
) -> Run | None:
    """Train a job to its last epoch, from where it is.

    Returns
    -------
    Run or None
        None if `should_stop` ended it; the checkpoint holds the state.
    """
    run = start_or_open(job, data, data_dir)
    state = run.load_state(data)
    if state.epoch < job.recipe.epochs:
        if not train(run, data, state, should_stop, progress):
            return None
    return run


def train_in_turn(
    jobs: Sequence[Job],
    data: Dataset,
    data_dir: Path | None,
    should_stop: Callable[[], bool],
    progress: bool = True,
) -> Iterator[Run]:
    """Train the jobs that are not done, saying what is left before each.

    Yields
    ------
    Run
        Each one as soon as it is trained; none after the one that `should_stop` ended.
    """
    for job in jobs:
        if job.epochs_done() < job.recipe.epochs:
            print(what_is_left(jobs), file=sys.stderr)
        run = train_job(job, data, data_dir, should_stop, progress)
        if run is None:
            print(what_is_left(jobs), file=sys.stderr)
            return
        yield run


def train_all(
    jobs: Sequence[Job],
    data: Dataset,
    data_dir: Path | None,
    should_stop: Callable[[], bool],
    progress: bool = True,
) -> list[Run] | None:
    """All runs of `train_in_turn`; None if `should_stop` ended one of them."""
    runs = list(train_in_turn(jobs, data, data_dir, should_stop, progress))
    return runs if len(runs) == len(jobs) else None


def finished_runs(folder: Path, data: Dataset) -> list[Run]:
    """Runs in a directory that came to their last epoch on these data."""
    runs, fingerprint = [], data.fingerprint()
    for config in sorted(folder.glob("*/config.json")):
        run = open_run(config.parent)
        done = Job(run.path, run.recipe, run.seed).epochs_done()
        if run.fingerprint == fingerprint and done >= run.recipe.epochs:
            runs.append(run)
    return runs


def parzen_of(run: Run, data: Dataset, samples: int = SAMPLES) -> ParzenResult:
    """The run's Parzen score, kept in ``parzen.json`` beside its checkpoint.

    It is computed anew if the run was trained on, or for another number of samples.
    """
    state = run.load_state(data)
    key = {"step": state.step, "samples": samples}
    path = run.path / "parzen.json"
    found = read_result(path, key)
    if found is None:
        found = score_state(run.recipe, data, state, run.seed, samples)
        write_result(path, key, found)
    return found


def read_result(path: Path, key: Mapping[str, object]) -> ParzenResult | None:
    """A score that was kept, if it is the one of `key`; None if not, or damaged."""
    try:
        stored = read_json(path)
        if stored["of"] != dict(key):
            return None
        values = dict(stored["parzen"])
        refined = ParzenScore(**values.pop("refined"))
        return ParzenResult(ParzenScore(**values), refined)
    except (UserError, ValueError, KeyError, TypeError):
        return None


def write_result(path: Path, key: Mapping[str, object], result: ParzenResult) -> None:
    """Keep a score and what it is the score of."""
    text = json.dumps({"of": dict(key), "parzen": result.as_dict()}, indent=2)
    write_text(path, text + "\n")


def quick(recipe: Recipe, epochs: int | None) -> Recipe:
    """The recipe, with fewer epochs if asked for a quick pass."""
    if epochs is None:
        return recipe
    return recipe.replace(epochs=epochs, sample_every=min(recipe.sample_every, epochs))
