r"""Is a file of exercises what it says? Its functions beside the reference solutions.

No part of the checker is used: inputs are drawn here, with all sizes different, and
what comes back is compared number by number. A file's own forward supplies the cache of
its own backward.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from gan_numpy.exercises.registry import NAMES, get_exercise

from .cases import Case
from .programs import imported, quiet, written
from .truth import leaves

DRAWS = 4
Rng = np.random.Generator


class Net:
    """One affine layer, enough for `train_step`."""

    def __init__(self, rng: Rng, n: int, m: int) -> None:
        self.params = {"W": rng.standard_normal((n, m)), "b": rng.standard_normal(m)}

    def forward(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x W + b."""
        return x @ self.params["W"] + self.params["b"], x

    def backward(self, dy: np.ndarray, x: np.ndarray) -> tuple[Any, dict[str, Any]]:
        """dx and the gradients of the parameters."""
        return dy @ self.params["W"].T, {"W": x.T @ dy, "b": dy.sum(axis=0)}


def _optimizer(rng: Rng, arrays: int) -> list[np.ndarray]:
    w = [rng.standard_normal((4, 3)) for _ in range(arrays)]
    if arrays == 4:
        w[2] = w[2] ** 2
    return w


def _densities(rng: Rng) -> list[np.ndarray]:
    return [rng.uniform(0.1, 2, 11) for _ in range(2)]


# For a backward: the forward's inputs; otherwise the function's own.
INPUTS: dict[str, Callable[[Rng], list[Any]]] = {
    "numerical_gradient": lambda r: [
        lambda x: float(np.sum(np.sin(x) * np.arange(x.size).reshape(x.shape))),
        r.standard_normal((3, 2)),
    ],
    "bce_logits": lambda r: [
        3 * r.standard_normal((6, 1)),
        r.integers(0, 2, (6, 1)).astype(float),
    ],
    "dense_backward": lambda r: [
        r.standard_normal((7, 5)),
        r.standard_normal((5, 3)),
        r.standard_normal(3),
    ],
    "relu_backward": lambda r: [r.standard_normal((7, 5))],
    "leaky_relu_backward": lambda r: [r.standard_normal((7, 5)), r.uniform(0.05, 0.4)],
    "maxout_forward": lambda r: [
        r.standard_normal((7, 4)),
        r.standard_normal((4, 15)),
        r.standard_normal(15),
        3,
    ],
    "dropout_backward": lambda r: [
        r.standard_normal((7, 5)),
        r.uniform(0.3, 0.9),
        np.random.default_rng(r.integers(1000)),
    ],
    "optimal_discriminator": _densities,
    "value": lambda r: [*_densities(r), r.uniform(0.1, 0.9, 11), 0.3],
    "discriminator_gradient": lambda r: [r.standard_normal(7), r.standard_normal(5)],
    "generator_gradient": lambda r: [r.standard_normal(7)],
    "train_step": lambda r: [
        Net(r, 2, 3),
        Net(r, 3, 1),
        r.standard_normal((2, 5, 3)),
        r.standard_normal((3, 5, 2)),
        2,
        0.3,
    ],
    "dirac_step": lambda r: [*r.standard_normal(2), 0.3, r.uniform(0.2, 0.9)],
    "modes_covered": lambda r: [
        2 * r.standard_normal((30, 2)),
        2 * r.standard_normal((6, 2)),
        0.9,
    ],
    "momentum_step": lambda r: [*_optimizer(r, 3), 0.1, 0.8],
    "adam_step": lambda r: [
        *_optimizer(r, 4),
        int(r.integers(1, 5)),
        0.1,
        0.7,
        0.9,
        1e-2,
    ],
    "parzen_log_likelihood": lambda r: [
        2 * r.standard_normal((4, 3)),
        r.standard_normal((6, 3)),
        r.uniform(0.2, 0.8),
    ],
    "batchnorm_backward": lambda r: [
        r.standard_normal((7, 5)),
        r.uniform(0.5, 2, 5),
        r.standard_normal(5),
    ],
    "conv2d_backward": lambda r: [
        r.standard_normal((2, 3, 7, 9)),
        r.standard_normal((4, 3, 3, 3)),
        r.standard_normal(4),
        int(r.integers(1, 3)),
    ],
    "conv_transpose_backward": lambda r: [
        r.standard_normal((2, 4, 3, 5)),
        r.standard_normal((4, 3, 3, 3)),
        int(r.integers(1, 3)),
    ],
    "least_squares_gradient": lambda r: [
        r.standard_normal(7),
        r.standard_normal(5),
        -0.3,
        0.9,
    ],
    "critic_gradient": lambda r: [r.standard_normal(7), r.standard_normal(5)],
    "clip_weights": lambda r: [
        {"W": r.standard_normal((3, 4)), "b": r.standard_normal(4)},
        0.5,
    ],
    "gradient_penalty_backward": lambda r: [
        r.standard_normal((7, 4)),
        r.standard_normal((4, 5)),
        r.standard_normal(5),
        r.standard_normal(5),
        3.0,
    ],
    "spectral_norm_backward": lambda r: [r.standard_normal((5, 3))],
    "softmax_cross_entropy": lambda r: [
        r.standard_normal((7, 4)),
        r.integers(0, 4, 7),
    ],
    "semi_supervised_gradient": lambda r: [
        r.standard_normal((7, 4)),
        r.integers(0, 4, 7),
        r.standard_normal((5, 4)),
        r.standard_normal((3, 4)),
    ],
    "condition_backward": lambda r: [
        r.standard_normal((7, 3)),
        r.standard_normal((5, 2)),
        r.integers(0, 5, 7),
    ],
    "feature_matching_gradient": lambda r: [
        r.standard_normal((7, 4)),
        r.standard_normal((5, 4)),
    ],
}
INPUTS["maxout_backward"] = INPUTS["maxout_forward"]


def _reference_forward(name: str) -> Any:
    given = {f.__name__: f for f in get_exercise(name).given}
    return given.get(name.replace("backward", "forward"))


def _answers(name: str, function: Any, forward: Any, rng: Rng) -> list[np.ndarray]:
    """All numbers that a function answers with, and what it leaves in its networks."""
    args = INPUTS[name](rng)
    if forward is None:
        out = function(*args)
        if name == "train_step":
            out = [args[0].params, args[1].params]
    else:
        y, cache = forward(*args)
        out = function(rng.standard_normal(y.shape), cache)
    if name == "maxout_forward":
        out = out[0]
    return [np.asarray(leaf, dtype=float) for leaf in leaves(out)]


def _gap(name: str, function: Any, forward: Any, seed: int) -> float:
    ours = _reference_forward(name)
    reference = get_exercise(name).reference
    want = _answers(name, reference, ours, np.random.default_rng(seed))
    try:
        got = _answers(name, function, forward or ours, np.random.default_rng(seed))
    except Exception:  # whatever a wrong program does, it gives no gradient
        return np.inf
    if [a.shape for a in got] != [a.shape for a in want]:
        return np.inf
    worst = 0.0
    for a, b in zip(got, want, strict=True):
        if not np.all(np.isfinite(a)):
            return np.inf
        size = max(float(np.abs(b).max(initial=0)), 1e-9)
        worst = max(worst, float(np.abs(a - b).max(initial=0)) / size)
    return worst


def differs(case: Case) -> float:
    """The largest relative error of any exercise that the file defines."""
    worst = []
    with quiet(), written(case) as path, imported(path) as module:
        defined = {k: v for k, v in vars(module).items() if callable(v)}
        for name in sorted(set(defined) & set(NAMES)):
            own = defined.get(name.replace("backward", "forward"))
            own = own if name.endswith("_backward") else None
            for seed in range(DRAWS):
                worst.append(_gap(name, defined[name], own, seed))
    if not worst:
        raise ValueError(f"{case.id} defines no exercise")
    return max(worst)
