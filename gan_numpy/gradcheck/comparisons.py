r"""The student's arrays beside the true ones, with what may explain a gap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gan_numpy.gradcheck.adapt import Problem
from gan_numpy.gradcheck.compare import numeric_gradients
from gan_numpy.gradcheck.deadline import is_late
from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Comparison
from gan_numpy.gradcheck.diagnosis.fit import Fit
from gan_numpy.gradcheck.diagnosis.generic import (
    constants_of,
    derivative_mistakes,
    generic_candidates,
    sizes_of,
)
from gan_numpy.gradcheck.numeric import elementwise_gradient
from gan_numpy.gradcheck.trial import Trial

Supply = Callable[[dict[str, Any], np.ndarray, np.ndarray], Mapping[str, Candidates]]


def comparisons(trial: Trial, supply: Supply | None) -> list[tuple[Comparison, int]]:
    """The student's arrays beside the numeric ones, with what may explain a gap."""
    problem, y, dy, got = trial.problem, trial.y, trial.dy, trial.got
    arrays, scalars = trial.arrays(), problem.scalars()
    named = supply(problem.fresh(), y, dy) if supply is not None else {}
    found = []
    for k, derivative in numeric_gradients(trial).items():
        if derivative.kinks:
            s = "entry is" if derivative.kinks == 1 else "entries are"
            trial.result.notes.append(
                f"d{k}: {derivative.kinks} {s} at a kink, where no derivative exists:"
                " not compared"
            )
        if derivative.left:
            trial.result.notes.append(
                f"d{k}: {derivative.left} of {got[k].size} entries are not compared"
            )
        if derivative.disagrees:
            trial.suspect.append(f"d{k}")
        own = named.get(k, Candidates())
        every = own.plus(generic_candidates(k, arrays, scalars))
        every.constants = own.constants + constants_of(scalars, own.constants)
        cmp = Comparison(
            f"d{k}",
            got[k],
            derivative.value,
            derivative.error,
            derivative.known,
            sizes_of(arrays, problem.batch_axis),
            arrays,
            every,
        )
        if not problem.loss and problem.inputs[k].shape == y.shape == got[k].shape:
            if y.size > 3 and not Fit(cmp).passes():
                every.mistakes += derivative_mistakes(
                    problem.inputs[k], arrays["y"], dy, _slope_at(problem, k, dy)
                )
        found.append((cmp, len(own.factors)))
    return found


def _slope_at(
    problem: Problem, k: str, dy: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """dy times the derivative of the forward at another value of input k."""

    def slope(z: np.ndarray) -> np.ndarray:
        if is_late():
            return np.full(z.shape, np.nan)

        def forward(x: np.ndarray) -> np.ndarray:
            return np.array(problem.value(problem.fresh({k: x})))

        return elementwise_gradient(forward, z, dy)

    return slope
