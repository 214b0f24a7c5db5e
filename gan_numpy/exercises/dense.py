r"""Lesson 02: the affine layer and the two rectifiers."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Constant, Mistake
from gan_numpy.exercises.base import Exercise, away_from_zero, mutant
from gan_numpy.exercises.checks import backward_check
from gan_numpy.exercises.corners import Corner, Maker


def dense_forward(
    x: np.ndarray, W: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, Any]:
    r"""y = x W + b with x (N, n_in), W (n_in, n_out), b (n_out,)."""
    return x @ W + b, (x, W)


def dense_backward(
    dy: np.ndarray, cache: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""The gradients of <dy, x W + b>.

    Parameters
    ----------
    dy : (N, n_out)
        The gradient of the loss with respect to y, whatever the loss is.
    cache : what dense_forward returned, (x, W)

    Returns
    -------
    dx : (N, n_in)
    dW : (n_in, n_out)
    db : (n_out,)
    """
    x, W = cache
    dx = dy @ W.T
    dW = x.T @ dy
    db = dy.sum(axis=0)
    return dx, dW, db


def _dense_inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "x": rng.standard_normal((7, 5)),
        "W": rng.standard_normal((5, 3)),
        "b": rng.standard_normal(3),
    }


def _dense_of(n: int, i: int, o: int) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        W, b = rng.standard_normal((i, o)), rng.standard_normal(o)
        return {"x": rng.standard_normal((n, i)), "W": W, "b": b}

    return inputs


DENSE_CORNERS = (
    Corner("more outputs than inputs, (3, 5) to (3, 7)", _dense_of(3, 5, 7)),
    Corner("a batch of one", _dense_of(1, 5, 3)),
    Corner("one input and one output", _dense_of(7, 1, 1)),
    Corner("more inputs than samples", _dense_of(3, 11, 5)),
)


DENSE = Exercise(
    dense_backward,
    lesson="02",
    title="The affine layer backward",
    statement=(
        "y = x W + b, in indices y_nj = sum_i x_ni W_ij + b_j.\n"
        "Given dy = dL/dy for any loss L, return dL/dx, dL/dW and dL/db."
    ),
    check=backward_check(
        dense_forward,
        dense_backward,
        _dense_inputs,
        ("x", "W", "b"),
        corners=DENSE_CORNERS,
    ),
    mutants=(
        mutant("not-summed", "dy.sum(axis=0)", "dy"),
        mutant("wrong-axis", "dy.sum(axis=0)", "dy.sum(axis=1)"),
        mutant("keepdims", "dy.sum(axis=0)", "dy.sum(axis=0, keepdims=True)"),
        mutant("summed-too-much", "dy.sum(axis=0)", "dy.sum()"),
        mutant("mean-twice", "dy.sum(axis=0)", "dy.mean(axis=0)"),
        mutant("mean-twice", "x.T @ dy", "x.T @ dy / len(x)"),
        mutant("mean-missing", "x.T @ dy", "x.T @ dy * len(x)"),
        mutant("transposed", "x.T @ dy", "dy.T @ x"),
        mutant("sign", "x.T @ dy", "-x.T @ dy"),
        mutant("sign mean-twice", "x.T @ dy", "-x.T @ dy / len(x)"),
        mutant("upstream-ignored", "dy @ W.T", "np.ones_like(dy) @ W.T"),
        mutant("upstream-ignored", "dy.sum(axis=0)", "np.ones_like(dy).sum(axis=0)"),
        mutant("exception", "dy @ W.T", "dy @ W"),
        mutant("count", "dx, dW, db\n", "dx, dW\n"),
        mutant("none", "    return dx, dW, db\n", "    dx, dW, db\n"),
        mutant("mutated", "dW = x.T @ dy", "dW = x.T @ dy; x *= 0.5"),
        mutant("mutated", "db = dy", "dy *= 0.5; db = 2 * dy"),
        mutant("term-without-dy", "x.T @ dy", "x.T @ dy + 0.01 * W"),
    ),
    hints=(
        "Each gradient has the shape of its variable; b is used once for every sample.",
        "dx = dy W^T, dW = x^T dy, db = sum over n of dy_n",
    ),
    given=(dense_forward,),
)


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, Any]:
    r"""y = max(x, 0), entry by entry."""
    return np.maximum(x, 0), x


def relu_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    r"""The gradient of <dy, max(x, 0)>; cache is x, and dx has its shape."""
    x = cache
    return dy * (x > 0)


def _activation_inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {"x": away_from_zero(rng, (7, 5))}


def _of_shape(*shape: int) -> Maker:
    return lambda rng: {"x": away_from_zero(rng, shape)}


def _dead_units(rng: np.random.Generator) -> dict[str, Any]:
    """One unit is off for every sample, another is on for every sample."""
    x = away_from_zero(rng, (7, 5))
    x[:, 2], x[:, 4] = -np.abs(x[:, 2]), np.abs(x[:, 4])
    return {"x": x}


def _near_zero(rng: np.random.Generator) -> dict[str, Any]:
    return {"x": away_from_zero(rng, (7, 5)) * 10.0 ** -np.arange(2, 12, 2)}


SHAPES = {
    "a batch of one": _of_shape(1, 5),
    "a single feature": _of_shape(7, 1),
    "a unit that is negative for all samples": _dead_units,
    "all inputs negative": lambda rng: {"x": -np.abs(away_from_zero(rng, (7, 5)))},
    "inputs near zero, 1e-3 to 1e-10": _near_zero,
}
RELU_CORNERS = tuple(Corner(says, inputs) for says, inputs in SHAPES.items())


RELU = Exercise(
    relu_backward,
    lesson="02",
    title="The rectifier backward",
    statement=(
        "y = max(x, 0): y = x where x > 0 and 0 elsewhere.\n"
        "Given dy, return dL/dx. What is dy/dx on either side?"
    ),
    check=backward_check(
        relu_forward, relu_backward, _activation_inputs, ("x",), corners=RELU_CORNERS
    ),
    mutants=(
        mutant("mask-missing", "dy * (x > 0)", "dy"),
        mutant("mask-from-dy", "(x > 0)", "(dy > 0)"),
        mutant("mask-inverted", "(x > 0)", "(x < 0)"),
        mutant("upstream-ignored", "dy * (x > 0)", "(x > 0).astype(float)"),
        mutant("x-extra", "(x > 0)", "np.maximum(x, 0)"),
        mutant("sign", "dy * (x > 0)", "-dy * (x > 0)"),
        mutant("dy-squared", "dy * (x > 0)", "dy * dy * (x > 0)"),
        mutant("mutated", "return dy * (x > 0)", "dy[x <= 0] = 0; return dy"),
        mutant("all-zero", "dy * (x > 0)", "0 * dy"),
    ),
    hints=(
        "The mask is that of the forward: where was x positive?",
        "dx = dy where x > 0, else 0",
    ),
    given=(relu_forward,),
)


def leaky_relu_forward(x: np.ndarray, slope: float = 0.2) -> tuple[np.ndarray, Any]:
    r"""y = x where x > 0, slope * x elsewhere."""
    return np.where(x > 0, x, slope * x), (x, slope)


def leaky_relu_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    r"""The gradient of <dy, leaky_relu(x)>; cache is (x, slope)."""
    x, slope = cache
    return np.where(x > 0, dy, slope * dy)


def _leaky_inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {"x": away_from_zero(rng, (7, 5)), "slope": 0.17}


def _leaky_candidates(
    inputs: dict[str, Any], y: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    x, slope = inputs["x"], inputs["slope"]
    swapped = dy * np.where(x > 0, slope, 1.0)
    says = "the slope is on the wrong side: it belongs where x < 0"
    return {
        "x": Candidates(
            constants=[Constant("slope", slope), Constant("1 - slope", 1 - slope)],
            mistakes=[Mistake("slope-swapped", says, swapped)],
        )
    }


def _with_slope(inputs: Maker, slope: float) -> Maker:
    return lambda rng: {**inputs(rng), "slope": slope}


LEAKY_CORNERS = (
    *(Corner(says, _with_slope(inputs, 0.3)) for says, inputs in SHAPES.items()),
    Corner("a slope of 0", _with_slope(_activation_inputs, 0.0)),
    Corner("a slope above 1", _with_slope(_activation_inputs, 1.7)),
    Corner("a negative slope", _with_slope(_activation_inputs, -0.4)),
    Corner("a slope of 1", _with_slope(_activation_inputs, 1.0)),
)


LEAKY_RELU = Exercise(
    leaky_relu_backward,
    lesson="02",
    title="The leaky rectifier backward",
    statement=(
        "y = x where x > 0 and slope * x elsewhere.\n"
        "Given dy, return dL/dx: no entry is cut off entirely."
    ),
    check=backward_check(
        leaky_relu_forward,
        leaky_relu_backward,
        _leaky_inputs,
        ("x",),
        _leaky_candidates,
        corners=LEAKY_CORNERS,
    ),
    mutants=(
        mutant("slope-lost", "dy, slope * dy", "dy, 0 * dy"),
        mutant("slope-missing", "dy, slope * dy", "dy, dy"),
        mutant("slope-swapped", "dy, slope * dy", "slope * dy, dy"),
        mutant("slope-extra", "slope * dy)", "slope**2 * dy)"),
        mutant("slope-extra", "dy, slope * dy", "slope * dy, slope**2 * dy"),
        mutant("sign", "slope * dy)", "-slope * dy)"),
        mutant("mask-from-dy", "x > 0", "dy > 0"),
        mutant("sign", "return np", "return -np"),
        mutant("upstream-ignored", "dy, slope * dy", "1.0, slope"),
    ),
    hints=(
        "There are two sides, and each has a slope of its own.",
        "dx = dy where x > 0, slope * dy elsewhere",
    ),
    given=(leaky_relu_forward,),
)

EXERCISES = (DENSE, RELU, LEAKY_RELU)
