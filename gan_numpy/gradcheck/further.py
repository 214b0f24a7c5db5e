r"""What is asked only of a backward whose values are right.

None of it is a reason to fail but memory: an array that is a slice must do, too.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gan_numpy.gradcheck.compare import compare_arrays, numeric_gradients
from gan_numpy.gradcheck.diagnosis.candidates import Comparison
from gan_numpy.gradcheck.probes import (
    attempt,
    batch_of_one,
    layout,
    single_precision,
    sweep,
)
from gan_numpy.gradcheck.result import CheckResult
from gan_numpy.gradcheck.trial import Trial


def more_probes(trial: Trial, batch: bool) -> None:
    """Slices, single precision, and (for ``batch``) a single sample."""
    problem, result = trial.problem, trial.result
    result.findings += attempt(lambda: layout(problem, trial.dy, trial.got)) or []
    result.notes += attempt(lambda: single_precision(problem, trial.dy)) or []
    one = batch_of_one(problem, trial.y) if batch else None
    if one is not None:
        result.notes += attempt(lambda: _alone(trial, one)) or []


def _alone(trial: Trial, one: dict[str, np.ndarray]) -> list[str]:
    """A note on what is wrong for a batch of one: no reason to fail by itself."""
    problem = trial.problem
    small = replace(problem, inputs={**problem.inputs, **one})
    y = np.asarray(small.value(small.fresh()))
    if y.ndim != trial.y.ndim or not np.all(np.isfinite(y)):
        return []
    dy = trial.dy if problem.loss else trial.rng.standard_normal(y.shape)
    got = sweep(small, dy)
    alone = Trial(small, y, dy, got, trial.rng, CheckResult(""))
    values = [
        (Comparison(f"d{k}", got[k], d.value, d.error, d.known), 0)
        for k, d in numeric_gradients(alone).items()
    ]
    return [
        f"{', '.join(f.names)}: wrong for a batch of one"
        + (f", {f.says}" if f.verdict == "shape" else "")
        for f in compare_arrays(values, alone.result)
    ]
