"""The shipped recipes, which train well: alarms, the table of thresholds, the cost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import gan_numpy.doctor
from gan_numpy.datasets import load_dataset
from gan_numpy.doctor.thresholds import NAME, distribution_of
from gan_numpy.doctor.trace import Trace
from gan_numpy.doctor.verdict import judge
from gan_numpy.doctor.watch import Watch, is_due
from gan_numpy.kernels.threads import limit_threads
from gan_numpy.recipes import get_recipe
from gan_numpy.training.algorithm1 import UPDATES, steps_per_epoch, train_epoch
from gan_numpy.training.state import initial_state

RECIPES = ("digits", "ring")


def alarms(trace: Trace) -> dict[str, int]:
    """What was found of a trace at any examination, and when first."""
    found: dict[str, int] = {}
    for row in trace:
        for finding in judge(trace.until(int(row["step"]))).findings:
            found.setdefault(finding.name, int(row["step"]))
    return found


def write_thresholds(traces: Mapping[str, Trace]) -> None:
    """The distribution of all figures, into the package."""
    content = {
        "runs": list(traces),
        "examinations": sum(len(trace.rows) for trace in traces.values()),
        "figures": distribution_of(traces.values()),
    }
    path = Path(gan_numpy.doctor.__file__).with_name(NAME)
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def cost(name: str, steps: int = 256) -> str:
    """The share of a recipe's training that goes into examinations, measured.

    Processor time of a step with an examination beyond that of one without, times
    their number in a whole run.
    """
    recipe = get_recipe(name)
    data = load_dataset(recipe.dataset)
    state, watch = initial_state(recipe, data, 0), Watch(data, 0)
    inner, times = watch.over(UPDATES[recipe.update]), {True: [], False: []}

    def update(state: Any, recipe: Any, next_batch: Callable[[], Any]) -> Any:
        start = time.process_time()
        done = inner(state, recipe, next_batch)
        times[is_due(state.step + 1)].append(time.process_time() - start)
        return done

    with limit_threads(1):
        while state.step < steps:
            train_epoch(state, recipe, data, update=update)
    plain, seen = (float(np.median(times[due])) for due in (False, True))
    whole = recipe.epochs * steps_per_epoch(recipe, data)
    looks = sum(is_due(step) for step in range(1, whole + 1))
    share = looks * (seen - plain) / (whole * plain)
    return (
        f"{name}: {looks} examinations in {whole:,} steps, {1e3 * (seen - plain):.1f} "
        f"ms each beside steps of {1e3 * plain:.1f} ms: {share:.1%} of the training"
    )
