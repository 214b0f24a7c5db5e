r"""A derivation as an answer to its exercise: the checker says what is wrong with it.

The equations become a function of the exercise's signature, which walks over their
trees. So they are asked what code is asked: all sizes that the statement promises, on
random arrays, with the same diagnosis. Gradients that are not derived yet are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gan_numpy.derive.arrays import arrays_of, example, parameters, targets
from gan_numpy.derive.equations import read_equations
from gan_numpy.derive.errors import FormulaError
from gan_numpy.derive.nodes import Equation
from gan_numpy.derive.result import Derivation
from gan_numpy.derive.solve import known_values, solve
from gan_numpy.derive.vocabulary import VOCABULARIES, Arrays, Vocabulary
from gan_numpy.exercises.base import Exercise
from gan_numpy.exercises.checks import backward_check, value_check
from gan_numpy.exercises.registry import get_exercise
from gan_numpy.gradcheck.calls import StudentError
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits
from gan_numpy.gradcheck.result import CheckResult

UNCHANGED = Limits(0.0)  # a formula has no lines of code to look for a repair in


class Answer:
    """The functions of an exercise, computed from equations."""

    def __init__(self, exercise: Exercise, equations: list[Equation]) -> None:
        self.exercise, self.equations = exercise, equations
        self.words: Vocabulary = VOCABULARIES[exercise.name]
        self.wanted = targets(exercise)

    def functions(self) -> dict[str, Callable[..., Any]]:
        """By name, in place of a student's."""
        check, name = self.exercise.check, self.exercise.name
        if isinstance(check, backward_check):
            return {name: self.backward, check.forward.__name__: self.forward}
        return {name: self.each if self.words.each else self.function}

    def forward(self, *inputs: Any) -> tuple[Any, Any]:
        """Ours, with the inputs in the cache too: a formula may name them."""
        check = self.exercise.check
        assert isinstance(check, backward_check)
        y, cache = check.forward(*inputs)
        names = check.forward.__code__.co_varnames
        return y, (dict(zip(names, inputs, strict=False)), cache)

    def backward(self, dy: Any, cache: Any) -> Any:
        """As the exercise's reference, from the equations."""
        inputs, held = cache
        first = parameters(self.exercise)[0]
        arrays = arrays_of(self.exercise, {**inputs, first: dy}, held)
        ours = self.exercise.reference(dy, held)
        return self._together(arrays, ours)

    def function(self, *inputs: Any) -> Any:
        """As the exercise's reference, from the equations."""
        given = dict(zip(parameters(self.exercise), inputs, strict=False))
        ours = self.exercise.reference(*inputs)
        found = self._together(arrays_of(self.exercise, given), ours)
        return (found, None) if isinstance(self.exercise.check, value_check) else found

    def each(self, params: Arrays, *others: Any) -> Arrays:
        """The same formula for every array of a dict."""
        names = parameters(self.exercise)[1:]
        found = {}
        for k, p in params.items():
            arrays = {"p": p.ravel(), **dict(zip(names, others, strict=False))}
            new = self._solved(arrays)["p"]
            found[k] = new.reshape(p.shape) if new.size == p.size else new
        return found

    def _solved(self, arrays: Arrays) -> dict[str, np.ndarray]:
        try:
            return solve(self.equations, self.words, arrays)
        except FormulaError as error:
            raise StudentError(error.kind, error.says) from None

    def _together(self, arrays: Arrays, ours: Any) -> Any:
        solved = self._solved(arrays)
        parts = ours if isinstance(ours, tuple) else (ours,)
        both = zip(self.wanted, parts, strict=False)
        found = tuple(
            np.asarray(solved.get(name, part)).astype(np.asarray(part).dtype)
            for name, part in both
        )
        return found if len(self.wanted) > 1 else found[0]


def judge(name: str, text: str, seed: int = 0) -> Derivation:
    """Check a derivation.

    Parameters
    ----------
    name : str
        Of an exercise in `VOCABULARIES`.
    text : str
        Equations, one a line.

    Raises
    ------
    ValueError
        If there is no derivation of this name.
    """
    if name not in VOCABULARIES:
        known_names = ", ".join(VOCABULARIES)
        raise ValueError(f"no derivation {name!r}; choose among {known_names}")
    exercise = get_exercise(name)
    words, wanted = VOCABULARIES[name], targets(exercise)
    given = example(exercise, seed)
    known, _ = known_values(words, given)
    result = Derivation(exercise, text, wanted)
    names = frozenset({*known, *words.aliases, *wanted, *given})
    try:
        result.equations = read_equations(text, names)
        solve(result.equations, words, given)
    except FormulaError as error:
        result.error = error
        return result
    result.derived = tuple(
        k for k in wanted if any(e.target == k for e in result.equations)
    )
    if result.derived:
        functions = Answer(exercise, result.equations).functions()
        if exercise.agrees(functions, seed):
            result.check = CheckResult(name)
        else:
            with searching(UNCHANGED):
                result.check = exercise.run(functions, seed)
        others = set(wanted) - set(result.derived)
        result.check.right = [k for k in result.check.right if k not in others]
    return result
