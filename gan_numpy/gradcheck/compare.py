r"""From arrays to findings: numeric gradients, the diagnosis, the evidence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gan_numpy.gradcheck.deadline import is_late
from gan_numpy.gradcheck.diagnosis.candidates import Comparison
from gan_numpy.gradcheck.diagnosis.diagnose import (
    NOT_RECOGNIZED,
    diagnose,
    evidence,
)
from gan_numpy.gradcheck.diagnosis.explanation import Explanation
from gan_numpy.gradcheck.diagnosis.fit import SINGLE
from gan_numpy.gradcheck.directions import true_gradient
from gan_numpy.gradcheck.numeric import Derivative
from gan_numpy.gradcheck.result import CheckResult, Finding
from gan_numpy.gradcheck.trial import Trial

FEWEST = 8  # entries on which a name may rest


def numeric_gradients(trial: Trial) -> dict[str, Derivative]:
    """The true gradients: of our solution, where there is one and it is seen right."""
    problem, dy, got, rng = trial.problem, trial.dy, trial.got, trial.rng
    ours = {} if problem.solution is None else problem.solution(problem, dy)
    found: dict[str, Derivative] = {}
    for k in problem.wrt:
        x = problem.inputs[k]
        if is_late() and any(_is_wrong(got[name], d) for name, d in found.items()):
            trial.result.notes.append(f"d{k}: not compared, the time has gone")
            continue

        def f(z: np.ndarray, k: str = k) -> np.ndarray:
            return np.array(problem.value(problem.fresh({k: z})))

        answers = [ours[k], got[k]] if k in ours else [got[k]]
        found[k] = true_gradient(f, x, dy, answers, rng)
    return found


def _is_wrong(got: np.ndarray, true: Derivative) -> bool:
    """At least one entry differs beyond doubt."""
    if true.disagrees or got.shape != true.value.shape:
        return True
    gap = np.abs(got - true.value)
    return bool(
        (true.known & ~(gap <= 1e-3 * np.abs(true.value) + 10 * true.error)).any()
    )


def compare_arrays(
    values: list[tuple[Comparison, int]], result: CheckResult
) -> list[Finding]:
    """A finding for each array that is wrong; the others are listed as right."""
    findings = []
    for cmp, named in values:
        found = nothing_there(cmp)
        if found is None and too_few(cmp):
            found = NOT_RECOGNIZED
        elif found is None:
            found = diagnose(cmp, named)
        else:
            cmp = replace(cmp, want=np.zeros(cmp.want.shape))
        if found is None:
            result.right.append(cmp.name)
            if cmp.got.dtype == np.float32 and cmp.want.dtype == np.float64:
                result.notes.append(f"{cmp.name} is float32: compared to 1e-6 only")
        else:
            findings.append(
                Finding(
                    found.verdict, found.tags, (cmp.name,), found.says, evidence(cmp)
                )
            )
    return findings


def too_few(cmp: Comparison) -> bool:
    """The time has gone before so many entries were known that a name could rest on."""
    return is_late() and int(cmp.known.sum()) < min(FEWEST, cmp.got.size)


def nothing_there(cmp: Comparison) -> Explanation | None:
    """The true array is 0 but for rounding, and the student's is not."""
    if cmp.got.shape != cmp.want.shape or not np.all(np.isfinite(cmp.got)):
        return None
    got, want = (float(np.abs(a).max(initial=0)) for a in (cmp.got, cmp.want))
    noise = 100 * float(cmp.error.max(initial=0))
    if got == 0 or want > min(1e-6 * got, noise) or got <= noise:
        return None
    says = "the true one is 0 everywhere: nothing depends on it"
    return Explanation("pattern", ("zero-expected",), says)


def arrays_differ(got: dict[str, np.ndarray], want: dict[str, np.ndarray]) -> list[str]:
    """The names of the arrays that are not the wanted ones, up to rounding."""
    return [k for k in want if not nearly_equal(got[k], want[k])]


def nearly_equal(got: np.ndarray, want: np.ndarray) -> bool:
    """To eight digits of the largest entry; to six in single precision."""
    if want.shape == () and got.shape == (1,):  # what np.asfortranarray makes of ()
        got = got[0]
    if got.shape != want.shape or not np.all(np.isfinite(got)):
        return False
    rtol = SINGLE if got.dtype == np.float32 else 1e-8
    size = float(np.abs(want).max(initial=0))
    return bool(np.abs(got - want).max(initial=0) <= rtol * size + 1e-300)
