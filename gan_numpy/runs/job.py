"""Training as a job: epochs, pictures, checkpoints, interruption."""

from __future__ import annotations

import math
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.doctor.trace import NAME as PROBES
from gan_numpy.doctor.trace import Trace, read_rows, write_trace
from gan_numpy.doctor.verdict import judge
from gan_numpy.doctor.watch import Watch
from gan_numpy.errors import TrainingDiverged, UserError
from gan_numpy.files import make_directory
from gan_numpy.kernels.threads import limit_threads
from gan_numpy.plots import save_samples
from gan_numpy.progress import tqdm
from gan_numpy.runs.curves import save_curves
from gan_numpy.runs.lock import exclusive
from gan_numpy.runs.run import Run, open_run
from gan_numpy.sampling.draw import PREVIEW_STREAM
from gan_numpy.training.algorithm1 import UPDATES, steps_per_epoch, train_epoch
from gan_numpy.training.state import TrainingState

PREVIEW, REAL = 100, 30  # samples in a picture, and real examples beside them
REFRESH = 30.0  # seconds between two writings of a page that follows the run, or more:
PAGE_SHARE = 0.005  # of a training's time, at most, goes into them
SMALL_PRODUCT = 2**23  # multiplications for which one thread is enough


@dataclass
class StopRequest:
    """Whether somebody pressed Ctrl-C; asked for between two steps."""

    requested: bool = False

    def __call__(self) -> bool:
        return self.requested


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Turn the first Ctrl-C (or SIGTERM) into a request; the second one interrupts.

    A step that has begun is finished, so that the state saved is a state between steps.
    """
    request = StopRequest()

    def handle(signum: int, frame: FrameType | None) -> None:
        if request.requested:
            raise KeyboardInterrupt
        request.requested = True

    previous = {
        number: signal.signal(number, handle)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield request
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def train(
    run: Run,
    data: Dataset,
    state: TrainingState,
    should_stop: Callable[[], bool] = lambda: False,
    progress: bool = True,
    save_every: float = 5.0,
    refresh: Callable[[TrainingState, bool], object] = lambda state, goes_on: None,
) -> bool:
    """Train to the recipe's last epoch, writing into the run directory.

    Parameters
    ----------
    run : Run
    data : Dataset
    state : TrainingState
        Changed; where training goes on.
    should_stop : callable
        Asked between steps.
    progress : bool
        Whether to show a progress bar on stderr.
    save_every : float
        Seconds between checkpoints, which are written at the end of epochs.
    refresh : callable
        Told the state, and whether training goes on, after the last checkpoint and
        after some of those before.

    Returns
    -------
    bool
        Whether it came to its end; False if `should_stop` ended it. Either way the
        checkpoint holds the state.

    Raises
    ------
    TrainingDiverged
        If a loss or a parameter is not finite. The checkpoint is the last good one.
    UserError
        If a file cannot be written.
    """
    with exclusive(run.path):
        if open_run(run.path).told() != run.told():
            raise UserError(f"{run.path} was replaced by another process")
        return _train(run, data, state, should_stop, progress, save_every, refresh)


def _train(
    run: Run,
    data: Dataset,
    state: TrainingState,
    should_stop: Callable[[], bool],
    progress: bool,
    save_every: float,
    refresh: Callable[[TrainingState, bool], object],
) -> bool:
    """`train`, with nobody else in the directory."""
    recipe, steps = run.recipe, steps_per_epoch(run.recipe, data)
    make_directory(run.path / "samples")  # git and some archives drop an empty one
    if not run.checkpoint.exists():
        run.save_state(state)  # from here on the run can be resumed
    watch = watch_of(run, data, state)
    update = watch.over(UPDATES[recipe.update])
    saved = refreshed = time.monotonic()
    wait, done = REFRESH, True
    with limit_threads(useful_threads(run, state)), tqdm(
        total=recipe.epochs * steps,
        initial=state.step,
        unit="step",
        desc=recipe.name,
        disable=not progress,
        mininterval=0.5,
    ) as bar:
        while done and state.epoch < recipe.epochs:
            first_step, start = state.step, time.monotonic()
            try:
                means = train_epoch(
                    state, recipe, data, should_stop, bar.update, update
                )
            except TrainingDiverged:  # the checkpoint stays; what was seen is kept
                write_trace(run.path / PROBES, watch.rows)
                raise
            if means is not None:
                seconds = time.monotonic() - start
                rate = (state.step - first_step) / seconds
                run.add_metrics(state, means | {"steps_per_second": rate})
                bar.set_postfix_str(
                    f"D(x) {means['d_real']:.2f}, D(G(z)) {means['d_fake']:.2f}"
                )
                if _is_picture_epoch(state.epoch, run):
                    save_preview(run, data, state)
            done = means is not None and not should_stop()
            last = not done or state.epoch == recipe.epochs
            if last or time.monotonic() - saved >= save_every:
                save(run, state, watch)
                saved = time.monotonic()
                if not last and saved - refreshed >= wait:
                    refresh(state, True)
                    refreshed = time.monotonic()
                    wait = max(REFRESH, (refreshed - saved) / PAGE_SHARE)
    refresh(state, False)
    draw_curves(run, steps)
    return done or state.epoch >= recipe.epochs


def save(run: Run, state: TrainingState, watch: Watch) -> None:
    """Write the checkpoint, and what the doctor has seen until then."""
    run.save_state(state)
    if watch.rows:
        write_trace(run.path / PROBES, watch.rows)


def watch_of(run: Run, data: Dataset, state: TrainingState) -> Watch:
    """The doctor's watch over a run, from its state on.

    As soon as something is certain it says so, in a line on stderr, and once.
    """
    said: set[str] = set()

    def tell(trace: Trace) -> None:
        verdict = judge(trace)
        if not said.issuperset(f.name for f in verdict.findings):
            tqdm.write(verdict.line(), file=sys.stderr)
            said.update(f.name for f in verdict.findings)

    rows = [r for r in read_rows(run.path / PROBES) if r["step"] <= state.step]
    return Watch(data, run.seed, rows=rows, told=tell)


def useful_threads(run: Run, state: TrainingState) -> int | None:
    """1 if the networks are too small for several threads, else None: all there are."""
    networks = (state.G, state.D)
    largest = max(value.size for net in networks for value in net.params.values())
    return 1 if run.recipe.batch_size * largest < SMALL_PRODUCT else None


def _is_picture_epoch(epoch: int, run: Run) -> bool:
    every, last = run.recipe.sample_every, run.recipe.epochs
    return epoch in (1, last) or epoch % every == 0


def save_preview(run: Run, data: Dataset, state: TrainingState) -> Path:
    """Write the picture of this epoch, always of the same z, with real examples beside.

    If the generator is told a class: one class a row, one z a column.
    """
    path = run.path / "samples" / f"epoch-{state.epoch:04d}.png"
    n, columns, rows = PREVIEW if data.image_shape else 1000, None, []
    if run.recipe.told:
        classes = range(run.recipe.told)
        columns, rows = math.ceil(n / len(classes)), [str(c) for c in classes]
        samples, _ = run.sample_classes(
            state, classes, columns, run.seed, PREVIEW_STREAM
        )
    else:
        samples = run.sample(state, n, run.seed, PREVIEW_STREAM)
    real = data.scaled("test", real_rows(run, data))
    title = f"epoch {state.epoch}"
    save_samples(path, samples, data, columns, title=title, rows=rows, real=real)
    return path


def real_rows(run: Run, data: Dataset) -> np.ndarray | slice:
    """Which test examples a preview shows: if classes are asked for, some of each."""
    labels, classes = data.labels.get("test"), run.recipe.told
    if labels is None or not classes or run.recipe.label_policy.discovers:
        return slice(0, REAL)
    some = [np.flatnonzero(labels == c)[: REAL // classes] for c in range(classes)]
    return np.concatenate(some)


def draw_curves(run: Run, steps: int) -> None:
    """Write ``curves.png`` from ``metrics.csv``; nothing if no epoch is complete."""
    rows = run.metrics()
    if rows:
        columns = {name: [float(row[name]) for row in rows] for name in rows[0]}
        # Half the sum of two cross-entropies, and one: both are log 2 where D = 1/2.
        usual = run.recipe.objective == "non_saturating"
        draw = math.log(2) if usual else None
        save_curves(run.path / "curves.png", columns, steps, draw)
