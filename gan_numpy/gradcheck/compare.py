r"""From arrays to findings: numeric gradients, the diagnosis, the evidence."""

from __future__ import annotations

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Comparison
from gan_numpy.gradcheck.diagnosis.diagnose import diagnose, evidence
from gan_numpy.gradcheck.numeric import (
    FULL_SIZE,
    Derivative,
    directional,
    entry_gradient,
    vector_jacobian_product,
)
from gan_numpy.gradcheck.result import CheckResult, Finding
from gan_numpy.gradcheck.trial import Trial


def numeric_gradients(trial: Trial) -> dict[str, Derivative]:
    """The true gradients; of a large array, random directions, a sample of entries."""
    problem, dy, got, rng = trial.problem, trial.dy, trial.got, trial.rng
    found = {}
    for k in problem.wrt:
        x = problem.inputs[k]

        def f(z: np.ndarray, k: str = k) -> np.ndarray:
            return np.array(problem.value(problem.fresh({k: z})))

        if x.size <= FULL_SIZE:
            found[k] = entry_gradient(f, x, dy)
        elif got[k].shape == x.shape and agrees_along(f, x, dy, got[k], rng):
            found[k] = as_derivative(got[k])
        else:
            found[k] = vector_jacobian_product(f, x, dy, rng)
    return found


def agrees_along(
    f: object, x: np.ndarray, dy: np.ndarray, got: np.ndarray, rng: np.random.Generator
) -> bool:
    """The gradient has the right inner product with random directions."""
    slopes = directional(f, x, dy, rng)  # type: ignore[arg-type]
    norm = float(np.linalg.norm(got.astype(np.float64))) / np.sqrt(got.size)
    rtol = 2e-5 if got.dtype == np.float32 else 1e-8
    compared = [(u, s) for u, s in slopes if not s.kink and s.error < 1e-3 * norm]
    agree = [
        abs(float((got * u).sum()) - s.value) <= rtol * norm + 10 * s.error
        for u, s in compared
    ]
    return len(agree) >= 3 and all(agree)


def as_derivative(g: np.ndarray) -> Derivative:
    """A gradient that has been found right, as the true one."""
    value = np.asarray(g, dtype=np.float64)
    return Derivative(value, np.zeros(g.shape), np.ones(g.shape, dtype=bool), 0)


def compare_arrays(
    values: list[tuple[Comparison, int]], result: CheckResult
) -> list[Finding]:
    """A finding for each array that is wrong; the others are listed as right."""
    findings = []
    for cmp, named in values:
        found = diagnose(cmp, named)
        if found is None:
            result.right.append(cmp.name)
            if cmp.got.dtype == np.float32 and cmp.want.dtype == np.float64:
                result.notes.append(f"{cmp.name} is float32: compared to 1e-5 only")
        else:
            findings.append(
                Finding(
                    found.verdict, found.tags, (cmp.name,), found.says, evidence(cmp)
                )
            )
    return findings
