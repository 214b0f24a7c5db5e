"""What the doctor costs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.cli.train import page_of
from gan_numpy.datasets import load_dataset
from gan_numpy.doctor.trace import NAME as PROBES
from gan_numpy.doctor.trace import write_trace
from gan_numpy.doctor.verdict import judge
from gan_numpy.doctor.watch import Watch, is_due
from gan_numpy.kernels.threads import limit_threads
from gan_numpy.recipes import get_recipe
from gan_numpy.runs.job import PAGE_SHARE, REFRESH, save_preview
from gan_numpy.runs.run import create_run
from gan_numpy.training.algorithm1 import UPDATES, steps_per_epoch
from gan_numpy.training.state import initial_state

from .record import train_until


def cost(name: str, steps: int = 256, data_dir: Path | None = None) -> str:
    """The share of a recipe's training that the doctor and the page take, measured.

    Processor time: of a step with an examination and its verdict beyond that of one
    without, times their number in a whole run; and of writing the page as often as a
    run does that, a machine with one processor being assumed.
    """
    recipe = get_recipe(name)
    data = load_dataset(recipe.dataset, data_dir)
    state, watch = initial_state(recipe, data, 0), Watch(data, 0, told=judge)
    inner, times = watch.over(UPDATES[recipe.update]), {True: [], False: []}

    def update(state: Any, recipe: Any, next_batch: Callable[[], Any]) -> Any:
        start = time.process_time()
        done = inner(state, recipe, next_batch)
        times[is_due(state.step + 1)].append(time.process_time() - start)
        return done

    with limit_threads(1):
        train_until(steps, state, recipe, data, update)
        written = page_cost(name, data, data_dir, state, watch)
    plain, seen = (float(np.median(times[due])) for due in (False, True))
    whole = recipe.epochs * steps_per_epoch(recipe, data)
    looks = sum(is_due(step) for step in range(1, whole + 1))
    pages = 1 + int(whole * plain / max(REFRESH, written / PAGE_SHARE))
    shares = [
        n * each / (whole * plain)
        for n, each in ((looks, seen - plain), (pages, written))
    ]
    return (
        f"{name}: {looks} examinations in {whole:,} steps, {1e3 * (seen - plain):.1f} "
        f"ms each beside steps of {1e3 * plain:.1f} ms: {shares[0]:.2%} of the "
        f"training; {pages} pages, {1e3 * written:.0f} ms each: {shares[1]:.2%}; "
        f"together {sum(shares):.2%}"
    )


def page_cost(
    name: str, data: Any, data_dir: Path | None, state: Any, watch: Watch
) -> float:
    """Seconds that it takes to write the page of a run with as many rows as a whole one
    has: the rows and the pictures of a short one, repeated."""
    recipe, row = get_recipe(name), watch.rows[-1]
    whole = recipe.epochs * steps_per_epoch(recipe, data)
    due = [step for step in range(1, whole + 1) if is_due(step)]
    with tempfile.TemporaryDirectory() as folder:
        run = create_run(Path(folder) / "run", recipe, 0, data, data_dir)
        write_trace(run.path / PROBES, [row | {"step": float(step)} for step in due])
        (run.path / "samples").mkdir(exist_ok=True)
        for epoch in range(1, recipe.epochs + 1, recipe.sample_every):
            state.epoch = epoch
            if epoch == 1:
                first = save_preview(run, data, state).read_bytes()
            name = f"epoch-{epoch:04d}.png"
            (run.path / "samples" / name).write_bytes(first)
        write = page_of(run, data)
        write(state, True)
        start = time.process_time()
        write(state, True)
        return time.process_time() - start
