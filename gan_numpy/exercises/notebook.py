r"""The cell after an exercise: ``check(relu_backward)`` shows the diagnosis there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gan_numpy.gradcheck.result import CheckResult
from gan_numpy.exercises.registry import NAMES, get_exercise

LATER = (
    "nothing is wrong yet. Write the function above in place of the line that raises"
    " NotImplementedError, run its cell and then this one again. What follows works"
    " without it, too."
)


def check(function: Callable[..., Any], seed: int = 0) -> CheckResult:
    """Check one exercise in this process; a notebook shows the result as HTML.

    Parameters
    ----------
    function : function
        Named like the exercise. Other functions of its module or notebook (a forward
        of the student's own) are used where the exercise has them.
    seed : int
        Of the inputs.

    Raises
    ------
    ValueError
        If no exercise has this name.
    """
    name = getattr(function, "__name__", "")
    if name not in NAMES:
        raise ValueError(f"no exercise is called {name!r}")
    namespace = dict(getattr(function, "__globals__", {}))
    result = get_exercise(name).run({**namespace, name: function}, seed)
    if not result.attempted:
        result.notes.append(LATER)
    return result
