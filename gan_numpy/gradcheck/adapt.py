r"""Any forward and backward as one thing: a function of named arrays.

Understood are a pair ``forward(x, W) -> (y, cache)``, ``backward(dy, cache) -> (dx,
dW)`` or a dict; a pair without a cache, ``forward(x) -> y``, ``backward(dy, x) -> dx``;
a loss ``f(a, y) -> (value, da)``; and an object with ``params``, ``forward`` and
``backward``. Arguments may be dicts, lists and tuples of arrays, nested, and so may the
output: see `structure`.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from gan_numpy.gradcheck.calls import StudentError, defined_at
from gan_numpy.gradcheck.structure import (
    Leaf,
    holds_arrays,
    leaf_names,
    packed,
    put_together,
    rebuilt,
    taken_apart,
    unpacked,
)

Arrays = dict[str, np.ndarray]


@dataclass
class Problem:
    """A function of named arrays with a hand-written gradient.

    Attributes
    ----------
    inputs : dict
        Every argument by name; arrays of floats as float64.
    wrt : list of str
        The inputs whose gradients the backward returns, in its order.
    forward : function of the dict of inputs -> (y, cache)
    backward : function (dy, cache, inputs) -> whatever the student returns
    templates : dict
        Where the inputs belong in the arguments: see `structure.taken_apart`.
    fixed : bool
        The caller has said what is differentiated.
    loss : bool
        The function returns (value, gradient); there is no cotangent.
    truth : function of the dict of inputs -> (y, cache), optional
        A forward that is known to be right; the other one then only makes the cache.
    solution : function (problem, dy) -> gradients by name, optional
        A backward that should be right: if it agrees with differences along random
        directions, the student's arrays are compared with its.
    batch_axis : int
        Of the first input.
    """

    inputs: dict[str, Any]
    wrt: list[str]
    forward: Callable[[dict[str, Any]], tuple[Any, Any]]
    backward: Callable[[Any, Any, dict[str, Any]], Any]
    source: Callable[..., Any]
    loss: bool = False
    notes: list[str] = field(default_factory=list)
    templates: dict[str, Any] = field(default_factory=dict)
    fixed: bool = False
    truth: Callable[[dict[str, Any]], tuple[Any, Any]] | None = None
    solution: Callable[[Problem, np.ndarray], Arrays] | None = None
    batch_axis: int = 0

    def value(self, values: dict[str, Any]) -> Any:
        """The output that is differentiated: that of ``truth`` where there is one."""
        return (self.truth or self.forward)(values)[0]

    def fresh(self, changed: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Copies of the inputs, so that nothing the student does can reach ours."""
        given = {**self.inputs, **(changed or {})}
        return {k: _copied(v) for k, v in given.items()}

    def scalars(self) -> dict[str, float]:
        """The plain numbers among the inputs."""
        kinds = (int, float, np.integer, np.floating)
        return {
            k: float(v)
            for k, v in self.inputs.items()
            if isinstance(v, kinds) and not isinstance(v, bool)
        }

    def arrays(self) -> Arrays:
        """The arrays among the inputs, as float64."""
        return {
            k: v.astype(np.float64)
            for k, v in self.inputs.items()
            if isinstance(v, np.ndarray) and v.dtype.kind in "fiub"
        }


def _copied(value: Any) -> Any:
    """A copy of what could be written to."""
    if type(value) is np.ndarray and value.dtype.kind != "O":
        return value.copy(order="K")
    if isinstance(value, (np.ndarray, np.random.Generator, dict, list, tuple)):
        return copy.deepcopy(value)
    return value


def argument_names(function: Callable[..., Any], count: int) -> list[str]:
    """The names of the first positional arguments, x0, x1, ... where unknown."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # some built-in functions have none
        parameters = []
    kinds = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )
    names = [p.name for p in parameters if p.kind in kinds][:count]
    if not names and count == 1:
        return ["x"]
    return names + [f"x{k}" for k in range(len(names), count)]


def as_input(name: str, value: Any, alone: bool, notes: list[str]) -> Any:
    """Lists become arrays, float32 becomes float64 (and a note says so)."""
    if holds_arrays(value):
        return _as_floats(value)
    if isinstance(value, list) or (alone and isinstance(value, (int, float))):
        value = np.asarray(value)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        return value
    if value.dtype.kind == "f" and value.dtype != np.float64:
        notes.append(f"{name} is {value.dtype}: checked in float64 instead")
        return value.astype(np.float64)
    if value.dtype.kind in "iu" and alone:
        notes.append(f"{name} holds integers: checked as float64 instead")
        return value.astype(np.float64)
    return value


def _as_floats(value: Any) -> Any:
    """A container, its arrays of floats as float64."""
    if holds_arrays(value):
        return rebuilt(value, lambda _, v: _as_floats(v))
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.float64)
    return value


def is_real(value: Any) -> bool:
    """A plain number that can be moved a little."""
    return isinstance(value, (float, np.floating))


class Kept(NamedTuple):
    """What a forward leaves behind: its cache, and where its outputs belong."""

    cache: Any
    outputs: Any = None


def _split(returned: Any, outputs: int = 1) -> tuple[Any, Any, bool]:
    """(y, cache) and whether there is a cache; several outputs are y together."""
    if isinstance(returned, tuple) and len(returned) > outputs > 1:
        rest = returned[outputs:]
        return returned[:outputs], rest[0] if len(rest) == 1 else rest, True
    if isinstance(returned, tuple) and len(returned) == 2:
        return returned[0], returned[1], True
    if isinstance(returned, tuple) and len(returned) > 2:
        return returned[0], tuple(returned[1:]), True
    return returned, None, False


def positional(function: Any) -> int:
    """How many arguments must be given by position; 0 if that is not known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 0
    kinds = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )
    return sum(p.kind in kinds and p.default is p.empty for p in parameters)


def from_functions(
    forward: Callable[..., Any],
    backward: Callable[..., Any] | None,
    inputs: tuple[Any, ...],
    keywords: dict[str, Any],
    wrt: tuple[str, ...] | None,
    truth: Callable[..., Any] | None = None,
) -> Problem:
    """A pair of functions, or (backward None) a loss that returns (value, gradient)."""
    notes: list[str] = []
    names = argument_names(forward, len(inputs))
    arrays = [v for v in inputs if isinstance(v, (list, np.ndarray)) or holds_arrays(v)]
    arguments: dict[str, Any] = {
        k: as_input(
            k, v, len(inputs) == 1 or (len(arrays) == 1 and v is arrays[0]), notes
        )
        for k, v in zip(names, inputs, strict=True)
    }
    for k in wrt or ():
        if is_real(arguments.get(k)):
            arguments[k] = np.asarray(arguments[k], dtype=np.float64)
    given, templates = taken_apart(arguments)
    given.update(keywords)
    taken = positional(backward) if backward is not None else 0

    def called(function: Callable[..., Any], values: dict[str, Any]) -> Any:
        extra = {k: values[k] for k in keywords}
        placed = (put_together(templates[k], values) for k in names)
        return function(*placed, **extra)

    def run(values: dict[str, Any]) -> tuple[Any, Kept]:
        returned = called(forward, values)
        several = isinstance(returned, tuple) and len(returned) == taken >= 3
        y, cache, has_cache = _split(returned, taken - 1 if several else 1)
        vector, outputs = packed(y)
        return vector, Kept(cache if has_cache else NO_CACHE, outputs)

    def sweep(dy: Any, kept: Kept, values: dict[str, Any]) -> Any:
        if backward is None:
            return kept.cache
        dy = unpacked(dy, kept.outputs)
        if kept.cache is NO_CACHE:
            return backward(dy, *[put_together(templates[k], values) for k in names])
        if isinstance(dy, tuple) and len(dy) > 1 and taken == len(dy) + 1:
            return backward(*dy, kept.cache)
        return backward(dy, kept.cache)

    def known(values: dict[str, Any]) -> tuple[Any, Kept]:
        assert truth is not None
        y, cache, _ = _split(called(truth, values))
        return y, Kept(cache)

    source = forward if backward is None else backward
    problem = Problem(given, [], run, sweep, source, backward is None, notes)
    problem.truth = known if truth is not None else None
    problem.templates, problem.fixed = templates, wrt is not None
    problem.wrt = _asked(wrt, templates, given) if wrt else _differentiable(given)
    return problem


NO_CACHE = object()


def _asked(
    wrt: tuple[str, ...], templates: dict[str, Any], given: dict[str, Any]
) -> list[str]:
    """The arrays of the arguments that were asked for."""
    names = [n for k in wrt for n in leaf_names(templates.get(k, Leaf(k)))]
    return [n for n in names if n not in given or isinstance(given[n], np.ndarray)]


def _differentiable(given: dict[str, Any]) -> list[str]:
    arrays = [k for k, v in given.items() if isinstance(v, np.ndarray)]
    floats = [k for k in arrays if given[k].dtype.kind == "f"]
    return floats or arrays


def from_layer(
    layer: Any, inputs: tuple[Any, ...], keywords: dict[str, Any]
) -> Problem:
    """An object with params, forward and backward; it is copied, never changed."""
    notes: list[str] = []
    names = argument_names(layer.forward, len(inputs))
    arguments: dict[str, Any] = {
        k: as_input(k, v, len(inputs) == 1, notes)
        for k, v in zip(names, inputs, strict=True)
    }
    own, _ = taken_apart({"params": layer.params})
    given, templates = taken_apart({**arguments, "params": layer.params})
    originals = dict(zip(leaf_names(templates["params"]), own.values(), strict=True))
    for k, v in originals.items():
        if isinstance(v, (np.ndarray, float)):
            given[k] = np.asarray(v, dtype=np.float64)
    wrt = [
        k for k, v in given.items() if isinstance(v, np.ndarray) and v.dtype.kind == "f"
    ]
    given.update(keywords)

    def run(values: dict[str, Any]) -> tuple[Any, Kept]:
        # The copy holds our arrays wherever the layer held its own: a network shares
        # those of its layers.
        swapped: dict[int, Any] = {
            id(v): values[k] for k, v in originals.items() if isinstance(v, np.ndarray)
        }
        clone = copy.deepcopy(layer, swapped)
        extra = {k: values[k] for k in keywords}
        placed = (put_together(templates[k], values) for k in names)
        y, cache, has_cache = _split(clone.forward(*placed, **extra))
        if not has_cache:
            where = defined_at(layer.forward)
            raise StudentError("count", f"forward must return (y, cache)\n{where}")
        vector, outputs = packed(y)
        return vector, Kept((clone, cache), outputs)

    def sweep(dy: Any, kept: Kept, values: dict[str, Any]) -> Any:
        clone, cache = kept.cache
        returned = clone.backward(unpacked(dy, kept.outputs), cache)
        if isinstance(returned, np.ndarray) and given.keys() & originals.keys():
            grads = getattr(clone, "grads", None)
            return (returned, grads) if grads else returned
        return returned

    return Problem(
        given, wrt, run, sweep, layer.backward, False, notes, templates=templates
    )
