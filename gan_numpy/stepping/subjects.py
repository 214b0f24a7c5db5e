r"""What can be stepped through: the functions of the exercises, and the layers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np

from gan_numpy.exercises.base import Exercise, Function
from gan_numpy.exercises.checks import backward_check, gradient_of, loss_check
from gan_numpy.exercises.corners import generator
from gan_numpy.exercises.registry import NAMES, get_exercise
from gan_numpy.exercises.variants import exercise_for
from gan_numpy.gradcheck.adapt import from_functions
from gan_numpy.gradcheck.repair.adjoints import LARGEST
from gan_numpy.stepping.chain import Chain
from gan_numpy.stepping.layers import LAYERS, layer_call
from gan_numpy.stepping.recorder import Recording, record

Followed = Callable[[CodeType], bool]


@dataclass
class Subject:
    """A function with its forward, recorded.

    Attributes
    ----------
    name, title, statement : str
    forward, backward : Recording or None
        A function that is no backward has only the second.
    chain : Chain or None
        What the values of the backward are adjoints of.
    verdict : str
        What the checker says of a student's function.
    wrong : tuple of int
        Lines that it names.
    inputs : dict
        The arguments of the forward.
    """

    name: str
    title: str
    statement: str
    forward: Recording | None
    backward: Recording
    chain: Chain | None = None
    verdict: str = ""
    wrong: tuple[int, ...] = ()
    inputs: dict[str, Any] = field(default_factory=dict)


def names() -> tuple[str, ...]:
    """All that can be stepped through."""
    return (*NAMES, *LAYERS)


def subject(name: str, namespace: Mapping[str, Any] | None = None) -> Subject:
    """Run it and record it.

    Parameters
    ----------
    name : str
        One of `names()`.
    namespace : mapping, optional
        A student's functions by name, in place of the library's.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    if name in LAYERS:
        return _layer(name)
    theirs = namespace or {}
    exercise = exercise_for(theirs[name], name) if name in theirs else None
    return _exercise(exercise or get_exercise(name), theirs)


def _exercise(exercise: Exercise, theirs: Mapping[str, Any]) -> Subject:
    functions = exercise.functions(theirs)
    student = functions[exercise.name]
    files = {code.co_filename for code in map(_code, functions.values()) if code}
    followed: Followed = lambda code: code.co_filename in files  # noqa: E731
    check: Any = exercise.check
    inputs = small_inputs(check)
    statement = exercise.statement
    if isinstance(check, backward_check):
        found = _backward(exercise, functions, inputs, followed)
    elif isinstance(check, gradient_of):
        loss = record(check.loss, tuple(inputs.values()), followed)
        chain = _chain(check.loss, check.loss, small_inputs(check), check.wrt)
        back = record(student, tuple(inputs.values()), followed)
        found = Subject(exercise.name, exercise.title, statement, loss, back, chain)
    else:
        wrap = getattr(check, "wrap", None)
        whole = (
            student if wrap is None or isinstance(check, loss_check) else wrap(student)
        )
        back = record(whole, tuple(inputs.values()), followed)
        found = Subject(exercise.name, exercise.title, statement, None, back)
    found.inputs = inputs
    if student is not exercise.reference:
        _judge(found, exercise, theirs)
    return found


def small_inputs(check: Any) -> dict[str, Any]:
    """Ordinary ones; of images a smaller case that the statement allows."""
    every = [check.ordinary_inputs(0)]
    every += [c.inputs(generator(0, k)) for k, c in enumerate(check.corners, 1)]
    sizes = [max((np.size(v) for v in given.values()), default=0) for given in every]
    if sizes[0] <= LARGEST:
        return dict(every[0])
    fitting = [(n, -k) for k, n in enumerate(sizes) if n <= LARGEST]
    return dict(every[-max(fitting)[1]]) if fitting else dict(every[0])


def _code(function: Any) -> CodeType | None:
    return getattr(inspect.unwrap(function), "__code__", None)


def _backward(
    exercise: Exercise,
    functions: dict[str, Function],
    inputs: dict[str, Any],
    followed: Followed,
) -> Subject:
    check: Any = exercise.check
    forward = functions[check.forward.__name__]
    run = record(forward, tuple(inputs.values()), followed)
    y, cache = run.value
    dy = np.random.default_rng(1).standard_normal(np.shape(y))
    back = record(functions[exercise.name], (dy, cache), followed)
    fresh = small_inputs(check)
    chain = _chain(forward, forward, fresh, check.wrt, dy)
    return Subject(exercise.name, exercise.title, exercise.statement, run, back, chain)


def _chain(
    forward: Function,
    source: Function,
    inputs: dict[str, Any],
    wrt: tuple[str, ...],
    dy: np.ndarray | None = None,
) -> Chain:
    keywords: dict[str, Any] = {}
    problem = from_functions(forward, source, tuple(inputs.values()), keywords, wrt)
    return Chain.of(source, problem, np.asarray(1.0) if dy is None else dy)


def _judge(found: Subject, exercise: Exercise, theirs: Mapping[str, Any]) -> None:
    """What the checker says of a student's function, and which lines it names."""
    result = exercise.run(theirs)
    found.verdict = result.text()
    places = [p for f in result.findings for p in f.places]
    code = _code(theirs.get(exercise.name))
    if code is not None:
        found.wrong = tuple(p.line for p in places if p.filename == code.co_filename)


def _layer(name: str) -> Subject:
    """A layer with the plain kernels, whose lines are followed too."""
    call = layer_call(name)
    forward = record(call.forward, (), call.follows)
    y, cache = forward.value
    dy = np.random.default_rng(1).standard_normal(np.shape(y))
    back = record(call.backward, (dy, cache), call.follows)
    title = (inspect.getdoc(call.kind) or name).split("\n")[0]
    return Subject(name, title, "", forward, back, inputs={"x": call.x})
