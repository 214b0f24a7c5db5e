r"""The functions that a formula may call, by name. There are no others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Entrywise = Callable[..., np.ndarray]


def sigmoid(a: np.ndarray) -> np.ndarray:
    r""":math:`1/(1 + e^{-a})` for any a."""
    e = np.exp(-np.abs(a))
    return np.where(a >= 0, 1 / (1 + e), e / (1 + e))


def softplus(a: np.ndarray) -> np.ndarray:
    r""":math:`\log(1 + e^a)` for any a."""
    return np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))


def step(a: np.ndarray) -> np.ndarray:
    """1 where a is positive."""
    return (a > 0).astype(np.float64)


ENTRYWISE: dict[str, Entrywise] = {
    "exp": np.exp,
    "log": np.log,
    "ln": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "tanh": np.tanh,
    "sigma": sigmoid,
    "sigmoid": sigmoid,
    "σ": sigmoid,
    "softplus": softplus,
    "relu": lambda a: np.maximum(a, 0),
    "step": step,
    "heaviside": step,
}
PAIRWISE: dict[str, Entrywise] = {"max": np.maximum, "min": np.minimum}
PAIRWISE |= {"maximum": np.maximum, "minimum": np.minimum}
OF_ARRAYS = (
    "sum mean max min norm trace diag outer inner dot ones len where clip onehot"
    " transpose einsum"
).split()
FUNCTIONS = frozenset(ENTRYWISE) | frozenset(PAIRWISE) | frozenset(OF_ARRAYS)
