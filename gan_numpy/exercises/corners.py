r"""Corners: inputs that a statement promises and that an ordinary draw does not show.

Any stride, any shape, labels that do not occur, logits of 800: each is drawn in every
check. There our own solution is the judge (its gradients are held against differences
for the ordinary inputs, and by the tests for the corners), so a corner costs as little
as one call.
"""

from __future__ import annotations

import copy
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gan_numpy.exercises.base import Functions
from gan_numpy.gradcheck.calls import (
    NotAttempted,
    StudentError,
    students_code,
    watching,
)
from gan_numpy.gradcheck.compare import arrays_differ
from gan_numpy.gradcheck.diagnosis.candidates import Comparison
from gan_numpy.gradcheck.diagnosis.diagnose import evidence
from gan_numpy.gradcheck.repair.values import ValueCase, fixes_of_values
from gan_numpy.gradcheck.result import CheckResult, Finding, error_finding
from gan_numpy.gradcheck.verdict import combine

Inputs = dict[str, Any]
Maker = Callable[[np.random.Generator], Inputs]
Answer = dict[str, np.ndarray]
STREAM = 0x47414E  # so that no student's default_rng(0) draws what we draw


def generator(seed: int, number: int = 0) -> np.random.Generator:
    """The source of our own draws."""
    return np.random.default_rng([STREAM, seed, number])


@dataclass(frozen=True)
class Corner:
    """One of the cases that a statement promises.

    Attributes
    ----------
    says : str
        "a stride of 2": follows "with".
    inputs : function of a generator
    tag : str
        The name of a mistake that shows here.
    verdict : str
    because : str
        What it means if an answer is not finite here: "exp overflows".
    """

    says: str
    inputs: Maker
    tag: str = "special-case"
    verdict: str = "special case"
    because: str = ""


class Check(ABC):
    """A question about an exercise: ordinary inputs first, then the corners."""

    corners: tuple[Corner, ...] = ()

    @abstractmethod
    def ordinary(self, functions: Functions, seed: int) -> CheckResult:
        """The diagnosis of the answer to ordinary inputs."""

    @abstractmethod
    def answer(self, functions: Functions | None, inputs: Inputs, seed: int) -> Answer:
        """What the functions return, array by array; our own answer for None."""

    @abstractmethod
    def ordinary_inputs(self, seed: int) -> Inputs:
        """What `ordinary` asks with."""

    def __call__(self, functions: Functions, seed: int) -> CheckResult:
        """The whole check; what is wrong is looked for in the lines, too."""
        started = time.monotonic()
        result = self.ordinary(functions, seed)
        if result.passed:
            with watching():
                result.findings += self._corner_findings(functions, seed)
            wrong = {k for f in result.findings for k in f.names}
            result.right = [k for k in result.right if k not in wrong]
        placed = any(f.places for f in result.findings) or result.repair is not None
        if result.attempted and result.findings and not placed:
            found = fixes_of_values(list(self._value_cases(functions, seed)), started)
            combine(result, found, trusted=True)
        return result

    def _value_cases(self, functions: Functions, seed: int) -> Iterator[ValueCase]:
        """The corners, and ordinary inputs, as questions whose answers are ours."""
        ordinary = [self.ordinary_inputs(s) for s in (seed, seed + 1, seed + 2)]
        for inputs in (*ordinary, *self._corner_inputs(seed)):

            def call(inputs: Inputs = inputs) -> Any:
                got = self.answer(functions, copy.deepcopy(inputs), seed)
                return list(got.values()), []

            def solution(inputs: Inputs = inputs) -> Answer:
                return self.answer(None, copy.deepcopy(inputs), seed)

            yield ValueCase(call, list(solution().values()), solution=solution)

    def agrees(self, functions: Functions, seed: int) -> bool:
        """Whether all answers are ours: no diagnosis, and no differences taken."""
        every = [self.ordinary_inputs(seed), *self._corner_inputs(seed)]
        with watching():
            try:
                return all(
                    not arrays_differ(
                        self.answer(functions, inputs, seed),
                        self.answer(None, inputs, seed),
                    )
                    for inputs in every
                )
            except Exception:  # whatever it is, it is not our answer
                return False

    def _corner_inputs(self, seed: int) -> list[Inputs]:
        return [c.inputs(generator(seed, k)) for k, c in enumerate(self.corners, 1)]

    def _corner_findings(self, functions: Functions, seed: int) -> list[Finding]:
        """What is wrong in the first corner that shows it; the others by name."""
        found: list[Finding] = []
        others: list[str] = []
        inputs = self._corner_inputs(seed)
        for corner, given in zip(self.corners, inputs, strict=True):
            wrong = self._one_corner(corner, functions, given, seed)
            if wrong and not found:
                found = wrong
            elif wrong:
                others.append(corner.says)
        if others:
            also = f"\nalso wrong with {', with '.join(others)}"
            found[0] = _saying(found[0], found[0].says + also)
        return found

    def _one_corner(
        self, corner: Corner, functions: Functions, given: Inputs, seed: int
    ) -> list[Finding]:
        want = self.answer(None, given, seed)
        try:
            with students_code():
                got = self.answer(functions, given, seed)
        except NotAttempted:
            says = f"with {corner.says} it raises NotImplementedError"
            return [Finding("error", ("exception",), (), says)]
        except StudentError as error:
            return [
                _saying(error_finding(error), f"with {corner.says}: {error.message}")
            ]
        return [
            _finding(corner, name, got[name], want[name])
            for name in arrays_differ(got, want)
        ]


def _saying(finding: Finding, says: str) -> Finding:
    f = finding
    return Finding(f.verdict, f.tags, f.names, says, f.evidence, f.places)


def _finding(corner: Corner, name: str, got: np.ndarray, want: np.ndarray) -> Finding:
    where = f"wrong with {corner.says}, though right for ordinary inputs"
    if got.shape != want.shape:
        says = f"{where}: shape {got.shape}, expected {want.shape}"
        return Finding("shape", ("shape",), (name,), says)
    if not np.all(np.isfinite(got)):
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(got))[0])
        at = f"{name}{list(index)}" if index else name
        says = f"{where}: {at} is {got[index]}, not {want[index]:.6g}"
        tag = corner.tag
        if corner.tag == "special-case":
            tag = "nan" if np.isnan(got[index]) else "inf"
        says += f": {corner.because}" if corner.because else ""
        return Finding("non-finite", (tag,), (name,), says)
    zero, known = np.zeros(want.shape), np.ones(want.shape, dtype=bool)
    numbers = evidence(Comparison(name, got, want, zero, known))
    return Finding(corner.verdict, (corner.tag,), (name,), where, numbers)
