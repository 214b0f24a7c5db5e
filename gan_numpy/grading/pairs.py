r"""Students whose answers have the same unusual wrong numbers.

Equal right numbers say nothing, and nor do those of a mistake that has a name: many
make it. What is compared are wrong arrays that the checker has no name for, on the
inputs that a whole class is asked with, where only a few have the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gan_numpy.exercises.base import Exercise
from gan_numpy.gradcheck.calls import StudentError
from gan_numpy.gradcheck.result import CheckResult
from gan_numpy.gradcheck.verdict import WEAK

DIGITS = 6
SHARE = 0.1  # of a class; what more than these have is a usual mistake
FEW = 2


def unusual(
    exercise: Exercise, functions: Mapping[str, Any], result: CheckResult, seed: int
) -> dict[str, str]:
    """A hash of every wrong array that has no name; none for what is right.

    Parameters
    ----------
    exercise : Exercise
    functions : dict
        The student's.
    result : CheckResult
        Of the check.
    seed : int
        Of the inputs, the same for the whole class.
    """
    nameless = [f for f in result.findings if set(f.tags) <= WEAK]
    wrong = {name for f in nameless for name in f.names}
    if not wrong:
        return {}
    check: Any = exercise.check
    try:
        given = exercise.functions(functions)
        answered = check.answer(given, check.ordinary_inputs(seed), seed)
    except (StudentError, NotImplementedError):
        return {}
    return {k: hashed(v) for k, v in sorted(answered.items()) if k in wrong}


def hashed(array: Any) -> str:
    """Of shape and numbers to six digits, so that rounding changes nothing."""
    values = np.asarray(array, dtype=np.float64)
    top = float(np.abs(values[np.isfinite(values)]).max(initial=0)) or 1.0
    short = np.round(values.ravel() / top, DIGITS - 1) + 0.0  # there is no minus zero
    text = ",".join(f"{v:.{DIGITS - 1}f}" for v in short)
    whole = f"{values.shape} {top:.{DIGITS - 1}e} {text}"
    return hashlib.sha256(whole.encode()).hexdigest()[:24]


def same_numbers(records: Iterable[dict[str, Any]]) -> list[str]:
    """A sentence for each few students who share unusual wrong numbers."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    count = 0
    for record in records:
        count += 1
        for name, entry in record.get("exercises", {}).items():
            for array, code in entry.get("numbers", {}).items():
                groups.setdefault((name, array, code), []).append(record["student"])
    most = max(FEW, int(SHARE * count))
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (name, array, _), students in groups.items():
        if 2 <= len(students) <= most:
            found.setdefault((name, tuple(sorted(students))), []).append(array)
    return [
        f"{' and '.join(students)}: {', '.join(arrays)} of {name}"
        for (name, students), arrays in sorted(found.items())
    ]
