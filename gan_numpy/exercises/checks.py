r"""The kinds of check that an exercise is made of.

- `backward_check`: ``backward(dy, cache)`` against differences of its forward.
- `loss_check`: a loss that returns its value and its gradient.
- `gradient_of`: a function that returns the gradient of a loss which is given.
- `value_check`: a function whose value is known.

All take ``inputs``, a function of a generator that returns the arguments by name, and
``corners``, further inputs that the statement promises.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gan_numpy.exercises.base import Function, Functions
from gan_numpy.exercises.corners import (
    Answer,
    Check,
    Corner,
    Inputs,
    Maker,
    generator,
)
from gan_numpy.exercises.forwards import Supplier
from gan_numpy.exercises.values import Formulas, compare_values, parts_of
from gan_numpy.gradcheck.adapt import Problem
from gan_numpy.gradcheck.calls import StudentError
from gan_numpy.gradcheck.check import Supply, check_gradients
from gan_numpy.gradcheck.returned import gradients
from gan_numpy.gradcheck.result import CheckResult, Finding
from gan_numpy.gradcheck.structure import Leaf

Also = Callable[[Functions], list[Finding]]


def with_signature(function: Function, inputs: Inputs, student: Function) -> Function:
    """Name the arguments after the inputs; the student's lines stay known."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(k, kind) for k in inputs]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__student__ = student  # type: ignore[attr-defined]
    return function


@dataclass(frozen=True)
class backward_check(Check):
    """A hand-written backward; whose cache it is given is said in `forwards`."""

    forward: Function
    backward: Function
    inputs: Maker
    wrt: tuple[str, ...]
    candidates: Supply | None = None
    batch: bool = True
    batch_axis: int = 0
    corners: tuple[Corner, ...] = ()

    def ordinary_inputs(self, seed: int) -> Inputs:
        return self.inputs(generator(seed))

    def ordinary(self, functions: Functions, seed: int) -> CheckResult:
        given = self.ordinary_inputs(seed)
        student = functions[self.forward.__name__]
        supplier = Supplier(self.forward, student)

        def run(*values: Any) -> Any:
            return supplier(*values)

        result = check_gradients(
            with_signature(run, given, student),
            functions[self.backward.__name__],
            *given.values(),
            wrt=self.wrt,
            seed=seed + 1,
            candidates=self.candidates,
            batch=self.batch,
            batch_axis=self.batch_axis,
            truth=self.forward,
            solution=self.backward,
        )
        result.notes += supplier.notes()
        return result

    def answer(self, functions: Functions | None, inputs: Inputs, seed: int) -> Answer:
        forward, backward = self.forward, self.backward
        if functions is not None:
            backward = functions[backward.__name__]
            forward = Supplier(forward, functions[forward.__name__])
        y, cache = forward(*copy.deepcopy(list(inputs.values())))
        dy = generator(seed, -1 % 2**32).standard_normal(np.shape(y))
        return self._named(backward(dy, cache), backward, inputs)

    def _named(self, returned: Any, source: Function, inputs: Inputs) -> Answer:
        return named(returned, source, inputs, self.wrt)


def named(
    returned: Any, source: Function, inputs: Inputs, wrt: tuple[str, ...]
) -> Answer:
    """Gradients by the name of their variable: "dx"."""
    templates = {k: Leaf(k) for k in inputs}
    problem = Problem(inputs, list(wrt), source, source, source, templates=templates)
    return {f"d{k}": g for k, g in gradients(returned, problem).items()}


@dataclass(frozen=True)
class gradient_of(Check):
    """``function(*inputs)`` returns the gradients of the number ``loss(*inputs)``."""

    loss: Function
    function: Function
    inputs: Maker
    wrt: tuple[str, ...]
    candidates: Supply | None = None
    batch: bool = True
    batch_axis: int = 0
    corners: tuple[Corner, ...] = ()

    def ordinary_inputs(self, seed: int) -> Inputs:
        return self.inputs(generator(seed))

    def ordinary(self, functions: Functions, seed: int) -> CheckResult:
        given = self.ordinary_inputs(seed)
        student, loss = functions[self.function.__name__], self.loss

        def forward(*values: Any) -> tuple[float, tuple[Any, ...]]:
            return loss(*values), values

        def backward(dy: np.ndarray, values: tuple[Any, ...]) -> Any:
            return times(dy, student(*values))

        def solution(dy: np.ndarray, values: tuple[Any, ...]) -> Any:
            return times(dy, self.function(*values))

        return check_gradients(
            with_signature(forward, given, student),
            with_signature(backward, {"dy": 0, "cache": 0}, student),
            *given.values(),
            wrt=self.wrt,
            cotangent=np.asarray(1.0),
            candidates=self.candidates,
            batch=self.batch,
            batch_axis=self.batch_axis,
            solution=solution,
        )

    def answer(self, functions: Functions | None, inputs: Inputs, seed: int) -> Answer:
        function = (functions or {}).get(self.function.__name__, self.function)
        returned = function(*copy.deepcopy(list(inputs.values())))
        return named(returned, function, inputs, self.wrt)


def times(dy: np.ndarray, returned: Any) -> Any:
    """dy times each array of what was returned; anything else stays as it is."""
    if isinstance(returned, (tuple, list)):
        return tuple(times(dy, part) for part in returned)
    if isinstance(returned, dict):
        return {k: times(dy, part) for k, part in returned.items()}
    if isinstance(returned, np.ndarray) and returned.dtype.kind == "f":
        return returned * returned.dtype.type(dy)
    if isinstance(returned, (int, float, np.number, np.ndarray)):
        return returned * float(dy)
    return returned


@dataclass(frozen=True)
class loss_check(Check):
    """``function(*inputs) -> (value, gradients)``: first the value, then the rest."""

    function: Function
    inputs: Maker
    wrt: tuple[str, ...]
    candidates: Supply | None = None
    formulas: Formulas = Formulas()
    corners: tuple[Corner, ...] = ()

    def ordinary_inputs(self, seed: int) -> Inputs:
        return self.inputs(generator(seed))

    def ordinary(self, functions: Functions, seed: int) -> CheckResult:
        pick = first_of("the loss", "its gradient")
        first = value_check(
            self.function, self.inputs, self.formulas, repeats=9, pick=pick
        )
        result = first(functions, seed)
        if not result:
            return result
        given = self.ordinary_inputs(seed)
        student = functions[self.function.__name__]

        def run(*values: Any) -> Any:
            return student(*values)

        return check_gradients(
            with_signature(run, given, student),
            *given.values(),
            wrt=self.wrt,
            candidates=self.candidates,
            truth=self.function,
            solution=lambda dy, gradient: gradient,
        )

    def answer(self, functions: Functions | None, inputs: Inputs, seed: int) -> Answer:
        function = (functions or {}).get(self.function.__name__, self.function)
        returned = function(*copy.deepcopy(list(inputs.values())))
        first_of("the loss", "its gradient")(returned)
        (loss,) = parts_of(returned[0], lambda value: value, ("the loss",))
        return {"the loss": loss, **named(returned[1], function, inputs, self.wrt)}


def first_of(*names: str) -> Callable[[Any], Any]:
    """The first of the things that a function must return together."""

    def pick(returned: Any) -> Any:
        if returned is None:
            raise StudentError("none", "it returns None: is the return missing?")
        if not isinstance(returned, tuple) or len(returned) != len(names):
            expected = " and ".join(names)
            message = f"it must return {len(names)} things: {expected}"
            raise StudentError("count", message)
        return returned[0]

    return pick


def _itself(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class value_check(Check):
    """``function(*inputs)`` against the reference, on ``repeats`` different inputs.

    Numbers of several inputs are compared as one array, so that one accidental
    agreement does not name a mistake. ``pick`` takes what is to be compared from what
    is returned; ``wrap`` makes a function of the inputs of one that acts on objects;
    ``also`` asks further questions of a function whose values are right; ``names``
    says what is returned where that depends on the inputs.
    """

    function: Function
    inputs: Maker
    formulas: Formulas = Formulas()
    outputs: tuple[str, ...] = ("value",)
    repeats: int = 1
    pick: Callable[[Any], Any] = _itself
    also: Also | None = None
    wrap: Callable[[Function], Function] = _itself
    names: Callable[[Inputs], tuple[str, ...]] | None = None
    corners: tuple[Corner, ...] = ()

    def ordinary_inputs(self, seed: int) -> Inputs:
        return self.inputs(generator(seed))

    def ordinary(self, functions: Functions, seed: int) -> CheckResult:
        rng = generator(seed)
        cases = [self.inputs(rng) for _ in range(self.repeats)]
        student = functions[self.function.__name__]
        wrapped = self.wrap(student)
        if wrapped is not student:
            wrapped = with_signature(wrapped, cases[0], student)
        return compare_values(
            self.wrap(self.function),
            wrapped,
            functions,
            cases,
            self.formulas,
            self.outputs,
            self.pick,
            self.also,
        )

    def answer(self, functions: Functions | None, inputs: Inputs, seed: int) -> Answer:
        function = (functions or {}).get(self.function.__name__, self.function)
        returned = self.wrap(function)(*copy.deepcopy(list(inputs.values())))
        names = self.names(inputs) if self.names is not None else self.outputs
        parts = parts_of(returned, self.pick, names)
        return dict(zip(names, parts, strict=True))
