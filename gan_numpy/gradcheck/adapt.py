r"""Any forward and backward as one thing: a function of named arrays.

Understood are a pair ``forward(x, W) -> (y, cache)``, ``backward(dy, cache) -> (dx,
dW)`` or a dict; a pair without a cache, ``forward(x) -> y``, ``backward(dy, x) -> dx``;
a loss ``f(a, y) -> (value, da)``; and an object with ``params``, ``forward`` and
``backward``.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gan_numpy.gradcheck.calls import StudentError, defined_at

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
    loss : bool
        The function returns (value, gradient); there is no cotangent.
    truth : function of the dict of inputs -> (y, cache), optional
        A forward that is known to be right; the other one then only makes the cache.
    solution : function (problem, dy) -> gradients by name, optional
        A backward that should be right: if it agrees with differences along random
        directions, the student's arrays are compared with its.
    """

    inputs: dict[str, Any]
    wrt: list[str]
    forward: Callable[[dict[str, Any]], tuple[Any, Any]]
    backward: Callable[[Any, Any, dict[str, Any]], Any]
    source: Callable[..., Any]
    loss: bool = False
    notes: list[str] = field(default_factory=list)
    truth: Callable[[dict[str, Any]], tuple[Any, Any]] | None = None
    solution: Callable[[Problem, np.ndarray], Arrays] | None = None

    def value(self, values: dict[str, Any]) -> Any:
        """The output that is differentiated: that of ``truth`` where there is one."""
        return (self.truth or self.forward)(values)[0]

    def fresh(self, changed: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Copies of the inputs, so that nothing the student does can reach ours."""
        given = {**self.inputs, **(changed or {})}
        keep = (np.ndarray, np.random.Generator, dict, list)
        return {
            k: copy.deepcopy(v) if isinstance(v, keep) else v for k, v in given.items()
        }

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


def _split(y: Any) -> tuple[Any, Any, bool]:
    """(y, cache) and whether there is a cache."""
    if isinstance(y, tuple) and len(y) == 2:
        return y[0], y[1], True
    if isinstance(y, tuple) and len(y) > 2:
        return y[0], tuple(y[1:]), True
    return y, None, False


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
    arrays = [v for v in inputs if isinstance(v, (list, np.ndarray))]
    given: dict[str, Any] = {
        k: as_input(
            k, v, len(inputs) == 1 or (len(arrays) == 1 and v is arrays[0]), notes
        )
        for k, v in zip(names, inputs, strict=True)
    }
    given.update(keywords)

    def run(values: dict[str, Any]) -> tuple[Any, Any]:
        extra = {k: values[k] for k in keywords}
        y, cache, has_cache = _split(forward(*[values[k] for k in names], **extra))
        return y, (cache if has_cache else NO_CACHE)

    def sweep(dy: Any, cache: Any, values: dict[str, Any]) -> Any:
        if backward is None:
            return cache
        if cache is NO_CACHE:
            return backward(dy, *[values[k] for k in names])
        return backward(dy, cache)

    def known(values: dict[str, Any]) -> tuple[Any, Any]:
        assert truth is not None
        return _split(truth(*[values[k] for k in names]))[:2]

    source = forward if backward is None else backward
    problem = Problem(given, [], run, sweep, source, backward is None, notes)
    problem.truth = known if truth is not None else None
    problem.wrt = list(wrt) if wrt is not None else _differentiable(given, names)
    return problem


NO_CACHE = object()


def _differentiable(given: dict[str, Any], names: list[str]) -> list[str]:
    arrays = [k for k in names if isinstance(given[k], np.ndarray)]
    floats = [k for k in arrays if given[k].dtype.kind == "f"]
    return floats or arrays


def from_layer(
    layer: Any, inputs: tuple[Any, ...], keywords: dict[str, Any]
) -> Problem:
    """An object with params, forward and backward; it is copied, never changed."""
    notes: list[str] = []
    params = {k: np.asarray(v, dtype=np.float64) for k, v in layer.params.items()}
    names = argument_names(layer.forward, len(inputs))
    given: dict[str, Any] = {
        k: as_input(k, v, len(inputs) == 1, notes)
        for k, v in zip(names, inputs, strict=True)
    }
    clash = set(given) & set(params)
    wrt = [k for k in names if isinstance(given[k], np.ndarray)]
    wrt = [k for k in wrt if given[k].dtype.kind == "f"] + list(params)
    if clash:
        raise StudentError(
            "count", f"a parameter is called {clash.pop()}, like an input"
        )
    given.update(params)
    given.update(keywords)

    def run(values: dict[str, Any]) -> tuple[Any, Any]:
        # The copy holds our arrays wherever the layer held its own: a network shares
        # those of its layers.
        swapped: dict[int, Any] = {id(layer.params[k]): values[k] for k in params}
        clone = copy.deepcopy(layer, swapped)
        extra = {k: values[k] for k in keywords}
        y, cache, has_cache = _split(
            clone.forward(*[values[k] for k in names], **extra)
        )
        if not has_cache:
            where = defined_at(layer.forward)
            raise StudentError("count", f"forward must return (y, cache)\n{where}")
        return y, (clone, cache)

    def sweep(dy: Any, cache: Any, values: dict[str, Any]) -> Any:
        clone, kept = cache
        return clone.backward(dy, kept)

    return Problem(given, wrt, run, sweep, layer.backward, False, notes)
