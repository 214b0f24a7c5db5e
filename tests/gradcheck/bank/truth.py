r"""Is a case what it says? Central differences that share nothing with the checker.

A program calls ``gradcheck(forward, backward, *inputs)``; here the same call measures
how far the returned gradients are from differences of the forward. It knows the same
conventions (a pair with or without a cache, a loss, a layer with ``params``) and
nothing else: no names, no hints, no tolerances but one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .cases import Case
from .programs import imported, quiet, run_tests, written

STEPS = (1e-3, 1e-6)  # relative to the largest entry of the array
DRAWS = 3  # cotangents
OPTIONS = {"cotangent", "seed", "candidates", "batch", "title", "formula_hints"}


def leaves(value: Any) -> list[Any]:
    """The arrays and numbers in nested dicts, lists and tuples, in a fixed order."""
    if isinstance(value, Mapping):
        return [leaf for key in sorted(value) for leaf in leaves(value[key])]
    if isinstance(value, (list, tuple)):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


def _is_trained(value: Any) -> bool:
    kinds = [leaf for leaf in leaves(value) if isinstance(leaf, np.ndarray)]
    return any(leaf.dtype.kind == "f" for leaf in kinds)


def _names(function: Callable[..., Any], count: int) -> list[str]:
    code = getattr(function, "__code__", None) or getattr(
        getattr(function, "__func__", None), "__code__", None
    )
    if code is None or hasattr(function, "__wrapped__"):
        return [f"x{k}" for k in range(count)]
    names = list(code.co_varnames[: code.co_argcount])
    if hasattr(function, "__self__"):
        names = names[1:]
    return (names + [f"x{k}" for k in range(len(names), count)])[:count]


def _aligned(like: Any, got: Any) -> list[tuple[np.ndarray, Any]]:
    """Each array of a nested input beside what was returned for it."""
    if isinstance(like, Mapping):
        pairs = []
        for key in sorted(like):
            found = [k for k in (key, f"d{key}") if k in got]
            pairs += _aligned(like[key], got[found[0]])
        return pairs
    if isinstance(like, (list, tuple)):
        if len(like) != len(got):
            raise ValueError("another number of arrays")
        return [pair for a, b in zip(like, got, strict=True) for pair in _aligned(a, b)]
    return [(like, got)]


class Call:
    """One call of `gradcheck` as functions of named inputs."""

    def __init__(self, forward: Any, args: tuple[Any, ...], options: dict[str, Any]):
        self.layer = backward = None
        if not callable(forward) or (
            hasattr(forward, "params") and not (args and callable(args[0]))
        ):
            self.layer = forward
            inputs = args
            names = _names(forward.forward, len(inputs))
        else:
            if args and callable(args[0]):
                backward, args = args[0], args[1:]
            elif args and args[0] is None:
                args = args[1:]
            inputs = args
            names = _names(forward, len(inputs))
        self.forward, self.backward = forward, backward
        self.names = names
        inputs = tuple(
            np.asarray(v, dtype=float) if len(inputs) == 1 and not _nested(v) else v
            for v in inputs
        )
        self.inputs: dict[str, Any] = dict(zip(names, inputs, strict=True))
        self.keywords = {k: v for k, v in options.items() if k not in OPTIONS | {"wrt"}}
        if self.layer is not None:
            self.inputs.update(self.layer.params)
        wrt = options.get("wrt")
        self.wrt = list(
            wrt or [k for k, v in self.inputs.items() if _is_trained(v)] or names
        )

    def run(self, inputs: dict[str, Any]) -> tuple[Any, Callable[[Any], Any]]:
        """y (or the loss) and the function from dy to what the backward returns."""
        given = copy.deepcopy(inputs)
        keywords = copy.deepcopy(self.keywords)
        values = [given[k] for k in self.names]
        if self.layer is not None:
            layer = copy.deepcopy(self.layer)
            for k in layer.params:
                layer.params[k] = given[k]
            y, cache = layer.forward(*values, **keywords)
            return y, lambda dy: layer.backward(dy, cache)
        out = self.forward(*values, **keywords)
        if self.backward is None:
            return out[0], lambda dy: out[1]
        if isinstance(out, tuple) and len(out) == 2:
            return out[0], lambda dy: self.backward(dy, out[1])
        if isinstance(out, tuple) and len(out) > 2:
            return out[0], lambda dy: self.backward(dy, out[1:])
        return out, lambda dy: self.backward(dy, *copy.deepcopy(values))

    def returned(self, value: Any) -> list[tuple[np.ndarray, Any]]:
        """The trained arrays beside what came back for them, in the order of both."""
        like = [self.inputs[k] for k in self.wrt]
        mixed = isinstance(value, (tuple, list)) and isinstance(value[-1], Mapping)
        if mixed and not isinstance(like[-1], Mapping):  # a layer's (dx, grads)
            first = [k for k in self.wrt if k not in value[1]]
            value = {**dict(zip(first, [value[0]], strict=True)), **value[1]}
        if isinstance(value, Mapping) and not isinstance(like[0], Mapping):
            value = [value[k] if k in value else value[f"d{k}"] for k in self.wrt]
        elif len(like) == 1 and not (isinstance(value, tuple) and len(value) == 1):
            value = [value]
        return _aligned(like, list(value))

    def outputs(self, inputs: dict[str, Any]) -> np.ndarray:
        """All entries of y, one after the other."""
        y, _ = self.run(inputs)
        return np.concatenate([np.ravel(a).astype(float) for a in leaves(y)])

    def slopes(self, weights: np.ndarray) -> list[list[np.ndarray]]:
        """For each trained array its gradients, one (draws, *shape) for each step."""
        base = {**self.inputs, **{k: _as_float(self.inputs[k]) for k in self.wrt}}
        arrays = [a for k in self.wrt for a in leaves(base[k])]

        def difference(a: np.ndarray, at: tuple[int, ...], h: float) -> np.ndarray:
            old = a[at]
            a[at] = old + h
            up = self.outputs(base)
            a[at] = old - h
            down = self.outputs(base)
            a[at] = old
            return weights @ (up - down) / (2 * h)

        found = []
        for a in arrays:
            estimates = []
            for step in STEPS:
                h = step * (float(np.abs(a).max(initial=0)) or 1.0)
                g = np.zeros((len(weights), *a.shape))
                for at in np.ndindex(a.shape):
                    coarse, fine = difference(a, at, h), difference(a, at, h / 2)
                    g[(slice(None), *at)] = fine + (fine - coarse) / 3
                estimates.append(g)
            found.append(estimates)
        return found

    def along(self, weight: np.ndarray, rng: np.random.Generator) -> list[Any]:
        """For each trained array (random direction, slope along it)."""
        base = {**self.inputs, **{k: _as_float(self.inputs[k]) for k in self.wrt}}
        found = []
        for a in [a for k in self.wrt for a in leaves(base[k])]:
            old, u = a.copy(), rng.standard_normal(a.shape)
            h = 1e-6 * (float(np.abs(a).max(initial=0)) or 1.0)
            a[...] = old + h * u
            up = self.outputs(base)
            a[...] = old - h * u
            down = self.outputs(base)
            a[...] = old
            found.append((u, float(weight @ (up - down)) / (2 * h)))
        return found

    def drawn(self, options: Mapping[str, Any], draws: int) -> np.ndarray:
        """Cotangents, (draws, entries of y)."""
        size = self.outputs(self.inputs).size
        if options.get("cotangent") is not None:
            return np.asarray(options["cotangent"], dtype=float).reshape(1, size)
        if self.backward is None and self.layer is None:
            return np.ones((1, size))
        return np.random.default_rng(0).standard_normal((draws, size))

    def gradients(self, weight: np.ndarray) -> list[np.ndarray] | None:
        """What the program returns for a cotangent, or None if that is no gradient."""
        y, pull = self.run(self.inputs)
        try:
            pairs = self.returned(pull(_shaped(y, weight)))
            arrays = [np.asarray(got, dtype=float) for _, got in pairs]
        except Exception:  # whatever a wrong program does, it gives no gradient
            return None
        like = [np.shape(a) for a, _ in pairs]
        fits = like == [a.shape for a in arrays] and all(
            np.all(np.isfinite(a)) for a in arrays
        )
        return arrays if fits else None


def _nested(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, (list, tuple))
        and any(isinstance(leaf, np.ndarray) for leaf in leaves(value))
    )


def _as_float(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _as_float(v) for k, v in value.items()}
    if _nested(value):
        return type(value)(_as_float(v) for v in value)
    return np.array(value, dtype=float)


def entrywise(forward: Any, *args: Any, **options: Any) -> float:
    """The largest relative error of any entry; infinite if there is no gradient.

    An entry counts as right if it equals the difference at any of the steps: close to a
    kink only small ones are on one side of it.
    """
    call = Call(forward, args, options)
    weights = call.drawn(options, DRAWS)
    true = call.slopes(weights)
    scale = max(float(np.abs(e[0]).max(initial=0)) for e in true)
    worst = 0.0
    for draw, weight in enumerate(weights):
        arrays = call.gradients(weight)
        if arrays is None:
            return np.inf
        for array, estimates in zip(arrays, true, strict=True):
            here = [e[draw] for e in estimates]
            size = max(float(np.abs(here[0]).max(initial=0)), 1e-6 * scale, 1e-9)
            off = np.min([np.abs(array - e) for e in here], axis=0)
            worst = max(worst, float(np.max(off, initial=0)) / size)
    return worst


def directional(forward: Any, *args: Any, **options: Any) -> float:
    """The largest relative error along random directions: enough to prove one wrong."""
    call = Call(forward, args, options)
    rng = np.random.default_rng(1)
    worst = 0.0
    for weight in np.repeat(call.drawn(options, DRAWS), 2, axis=0):
        arrays = call.gradients(weight)
        if arrays is None:
            return np.inf
        true = call.along(weight, rng)
        for array, (u, slope) in zip(arrays, true, strict=True):
            size = max(abs(slope), float(np.linalg.norm(array * u)), 1e-9)
            worst = max(worst, abs(float(np.sum(array * u)) - slope) / size)
    return worst


def _shaped(y: Any, weight: np.ndarray) -> Any:
    """The cotangent in the form of y."""
    parts = leaves(y)
    ends = np.cumsum([np.size(a) for a in parts])[:-1]
    flat = [
        w.reshape(np.shape(a)).copy()
        for a, w in zip(parts, np.split(weight, ends), strict=True)
    ]
    if isinstance(y, Mapping):
        return dict(zip(sorted(y), flat, strict=True))
    if isinstance(y, tuple) and hasattr(y, "_fields"):
        return type(y)(*flat)
    return type(y)(flat) if isinstance(y, (list, tuple)) else flat[0]


def measured(case: Case, measure: Callable[..., float]) -> float:
    """The largest error of all calls that a case's program makes."""
    gaps: list[float] = []

    def gradcheck(*args: Any, **options: Any) -> None:
        gaps.append(measure(*args, **options))

    with quiet(), written(case) as path, imported(path) as module:
        run_tests(module, gradcheck)
    if not gaps:
        raise ValueError(f"{case.id} calls gradcheck nowhere")
    return max(gaps)
