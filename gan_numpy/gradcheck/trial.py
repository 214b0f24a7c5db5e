r"""One question put to a backward and its answer: where every comparison starts."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gan_numpy.gradcheck.adapt import Problem
from gan_numpy.gradcheck.result import CheckResult


@dataclass(frozen=True)
class Trial:
    """A backward, asked once.

    Attributes
    ----------
    problem : Problem
    y : array
        The forward's output.
    dy : array
        The cotangent that the backward was given.
    got : dict
        What it returned, by the name of the variable.
    rng : numpy.random.Generator
        For random directions and further cotangents.
    result : CheckResult
        Notes and the arrays that are right are written here.
    suspect : list of str
        Arrays that disagree along a random direction.
    """

    problem: Problem
    y: np.ndarray
    dy: np.ndarray
    got: dict[str, np.ndarray]
    rng: np.random.Generator
    result: CheckResult
    suspect: list[str] = field(default_factory=list)

    def arrays(self) -> dict[str, np.ndarray]:
        """The inputs, the output y and (not for a loss) the cotangent dy, float64."""
        found = {**self.problem.arrays(), "y": self.y.astype(np.float64)}
        return found if self.problem.loss else {**found, "dy": self.dy}
