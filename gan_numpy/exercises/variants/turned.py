r"""The same check for another layout, or for a sum in place of a mean.

An exercise's inputs, corners and candidates are written once, for rows and for means.
A variant's forward and reference are another text; what they are asked with, and what
a wrong answer may be made of, follows from the first by turning arrays or scaling them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np

from gan_numpy.exercises.checks import backward_check, gradient_of
from gan_numpy.exercises.corners import Maker
from gan_numpy.gradcheck.comparisons import Supply
from gan_numpy.gradcheck.diagnosis.candidates import Candidates

Kind = TypeVar("Kind", backward_check, gradient_of)
Change = Callable[[np.ndarray], np.ndarray]


def in_columns(check: Kind, names: Collection[str]) -> Kind:
    """The check where a sample is a column of these inputs, and of the output."""
    return replace(
        check,
        inputs=_turned_inputs(check.inputs, names),
        candidates=_turned_candidates(check.candidates, names),
        corners=tuple(
            replace(c, inputs=_turned_inputs(c.inputs, names)) for c in check.corners
        ),
        batch=False,
        batch_axis=1,
    )


def as_sum(check: Kind, names: Collection[str]) -> Kind:
    """The check where the loss is a sum over the samples of each of these inputs."""
    supply = check.candidates

    def found(
        inputs: dict[str, Any], y: np.ndarray, dy: np.ndarray
    ) -> dict[str, Candidates]:
        every = dict(supply(inputs, y, dy)) if supply is not None else {}
        for k in set(names) & set(every):
            every[k] = changed(every[k], partial(np.multiply, len(inputs[k])), np.array)
        return every

    return replace(check, candidates=found)


def under_names(check: Any, names: Mapping[str, str]) -> Any:
    """The check with inputs of other names, also those that another module makes."""

    def named(make: Maker) -> Maker:
        return lambda rng: {names.get(k, k): v for k, v in make(rng).items()}

    corners = tuple(replace(c, inputs=named(c.inputs)) for c in check.corners)
    return replace(check, inputs=named(check.inputs), corners=corners)


def _turned_inputs(make: Maker, names: Collection[str]) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        return _turned(make(rng), names)

    return inputs


def _turned(inputs: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {
        k: np.ascontiguousarray(v.T) if k in names else v for k, v in inputs.items()
    }


def _turned_candidates(supply: Supply | None, names: Collection[str]) -> Supply | None:
    if supply is None:
        return None

    def found(
        inputs: dict[str, Any], y: np.ndarray, dy: np.ndarray
    ) -> dict[str, Candidates]:
        rows = supply(_turned(inputs, names), y.T, dy.T)
        return {
            k: changed(c, np.transpose, _upright) if k in names else c
            for k, c in rows.items()
        }

    return found


def _upright(value: np.ndarray) -> np.ndarray:
    """What is broadcast along rows, along columns."""
    return np.atleast_2d(value).T


def changed(found: Candidates, summand: Change, factor: Change) -> Candidates:
    """Candidates with every gradient and every factor changed."""
    return Candidates(
        found.constants,
        [replace(f, value=factor(f.value)) for f in found.factors],
        [replace(t, value=summand(t.value)) for t in found.terms],
        [replace(m, value=factor(m.value)) for m in found.masks],
        [replace(m, value=summand(m.value)) for m in found.mistakes],
    )
