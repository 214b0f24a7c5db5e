r"""From arrays to findings: numeric gradients, the diagnosis, the evidence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Comparison
from gan_numpy.gradcheck.diagnosis.diagnose import diagnose, evidence
from gan_numpy.gradcheck.diagnosis.explanation import Explanation
from gan_numpy.gradcheck.diagnosis.fit import SINGLE
from gan_numpy.gradcheck.directions import true_gradient
from gan_numpy.gradcheck.numeric import Derivative
from gan_numpy.gradcheck.result import CheckResult, Finding
from gan_numpy.gradcheck.trial import Trial


def numeric_gradients(trial: Trial) -> dict[str, Derivative]:
    """The true gradients: of our solution, where there is one and it is seen right."""
    problem, dy, got, rng = trial.problem, trial.dy, trial.got, trial.rng
    ours = {} if problem.solution is None else problem.solution(problem, dy)
    found = {}
    for k in problem.wrt:
        x = problem.inputs[k]

        def f(z: np.ndarray, k: str = k) -> np.ndarray:
            return np.array(problem.value(problem.fresh({k: z})))

        answers = [ours[k], got[k]] if k in ours else [got[k]]
        found[k] = true_gradient(f, x, dy, answers, rng)
    return found


def compare_arrays(
    values: list[tuple[Comparison, int]], result: CheckResult
) -> list[Finding]:
    """A finding for each array that is wrong; the others are listed as right."""
    findings = []
    for cmp, named in values:
        found = nothing_there(cmp)
        if found is None:
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
