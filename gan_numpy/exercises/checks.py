r"""The kinds of check that an exercise is made of.

- `backward_check`: ``backward(dy, cache)`` against differences of its forward.
- `loss_check`: a loss that returns its value and its gradient.
- `gradient_of`: a function that returns the gradient of a loss which is given.
- `value_check`: a function whose value is known.

All take ``inputs``, a function of a generator that returns the arguments by name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from gan_numpy.gradcheck.calls import StudentError
from gan_numpy.gradcheck.check import Supply, check_gradients
from gan_numpy.gradcheck.result import CheckResult, Finding
from gan_numpy.exercises.base import Check, Function, Functions
from gan_numpy.exercises.forwards import Supplier
from gan_numpy.exercises.values import Formulas, compare_values

Inputs = dict[str, Any]
Maker = Callable[[np.random.Generator], Inputs]
Also = Callable[[Functions], list[Finding]]


def with_signature(function: Function, inputs: Inputs, student: Function) -> Function:
    """Name the arguments after the inputs; the student's lines stay known."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(k, kind) for k in inputs]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__student__ = student  # type: ignore[attr-defined]
    return function


def backward_check(
    forward: Function,
    backward: Function,
    inputs: Maker,
    wrt: tuple[str, ...],
    candidates: Supply | None = None,
    batch: bool = True,
) -> Check:
    """A hand-written backward; whose cache it is given is said in `forwards`."""

    def check(functions: Functions, seed: int) -> CheckResult:
        given = inputs(np.random.default_rng(seed))
        student = functions[forward.__name__]
        supplier = Supplier(forward, student)

        def run(*values: Any) -> Any:
            return supplier(*values)

        result = check_gradients(
            with_signature(run, given, student),
            functions[backward.__name__],
            *given.values(),
            wrt=wrt,
            seed=seed + 1,
            candidates=candidates,
            batch=batch,
            truth=forward,
        )
        result.notes += supplier.notes()
        return result

    return check


def gradient_of(
    loss: Function,
    function: Function,
    inputs: Maker,
    wrt: tuple[str, ...],
    candidates: Supply | None = None,
    batch: bool = True,
) -> Check:
    """``function(*inputs)`` returns the gradients of the number ``loss(*inputs)``."""

    def check(functions: Functions, seed: int) -> CheckResult:
        given = inputs(np.random.default_rng(seed))
        student = functions[function.__name__]

        def forward(*values: Any) -> tuple[float, tuple[Any, ...]]:
            return loss(*values), values

        def backward(dy: np.ndarray, values: tuple[Any, ...]) -> Any:
            return times(dy, student(*values))

        return check_gradients(
            with_signature(forward, given, student),
            with_signature(backward, {"dy": 0, "cache": 0}, student),
            *given.values(),
            wrt=wrt,
            cotangent=np.asarray(1.0),
            candidates=candidates,
            batch=batch,
        )

    return check


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


def loss_check(
    function: Function,
    inputs: Maker,
    wrt: tuple[str, ...],
    candidates: Supply | None = None,
    formulas: Formulas | None = None,
    also: Also | None = None,
) -> Check:
    """``function(*inputs) -> (value, gradients)``: first the value, then the rest."""
    first = value_check(
        function,
        inputs,
        formulas or Formulas(),
        outputs=("value",),
        repeats=9,
        pick=first_of("the loss", "its gradient"),
    )
    last = value_check(function, inputs, pick=lambda returned: 0.0, also=also)

    def check(functions: Functions, seed: int) -> CheckResult:
        result = first(functions, seed)
        if not result:
            return result
        given = inputs(np.random.default_rng(seed))
        student = functions[function.__name__]

        def run(*values: Any) -> Any:
            return student(*values)

        result = check_gradients(
            with_signature(run, given, student),
            *given.values(),
            wrt=wrt,
            candidates=candidates,
            truth=function,
        )
        return last(functions, seed) if result and also is not None else result

    return check


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


def value_check(
    function: Function,
    inputs: Maker,
    formulas: Formulas | None = None,
    outputs: tuple[str, ...] = ("value",),
    repeats: int = 1,
    pick: Callable[[Any], Any] | None = None,
    also: Also | None = None,
    wrap: Callable[[Function], Function] | None = None,
) -> Check:
    """``function(*inputs)`` against the reference, on ``repeats`` different inputs.

    Numbers of several inputs are compared as one array, so that one accidental
    agreement does not name a mistake. ``pick`` takes what is to be compared from what
    is returned; ``wrap`` makes a function of the inputs of one that acts on objects;
    ``also`` asks further questions of a function whose values are right.
    """

    def check(functions: Functions, seed: int) -> CheckResult:
        rng = np.random.default_rng(seed)
        cases = [inputs(rng) for _ in range(repeats)]
        wrapped = wrap or (lambda plain: plain)
        student = functions[function.__name__]
        return compare_values(
            wrapped(function),
            with_signature(wrapped(student), cases[0], student) if wrap else student,
            functions,
            cases,
            formulas or Formulas(),
            outputs,
            pick or (lambda returned: returned),
            also,
        )

    return check
