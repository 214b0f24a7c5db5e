r"""Where weights start. Each initializer is a function of a shape, generator and dtype.

The paper's code draws every weight from a uniform distribution: :math:`U(-.05, .05)`
for the generator, :math:`U(-.005, .005)` for the discriminator.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Initializer = Callable[
    [tuple[int, ...], np.random.Generator, npt.DTypeLike], np.ndarray
]


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs an output sums over, and how many outputs an input reaches.

    A matrix is (n_in, n_out). A convolution's kernels are (out, in, kh, kw): an output
    sums over ``in * kh * kw`` pixels; the stride is not counted.
    """
    if len(shape) == 2:
        return shape[0], shape[1]
    window = shape[2] * shape[3]
    return shape[1] * window, shape[0] * window


def uniform(limit: float) -> Initializer:
    r""":math:`W \sim U(-limit, limit)`, the `irange` of the paper's configuration."""

    def draw(
        shape: tuple[int, ...], rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> np.ndarray:
        return rng.uniform(-limit, limit, size=shape).astype(dtype)

    return draw


def normal(std: float) -> Initializer:
    r""":math:`W \sim N(0, std^2)`."""

    def draw(
        shape: tuple[int, ...], rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> np.ndarray:
        return rng.normal(0.0, std, size=shape).astype(dtype)

    return draw


def sparse(nonzero: int) -> Initializer:
    r"""Each unit has `nonzero` weights :math:`W \sim N(0, 1)`; the others are 0.

    The `sparse_init` of the paper's configuration, after Martens, "Deep learning via
    Hessian-free optimization", ICML 2010, section 5. For matrices (n_in, n_out).
    """

    def draw(
        shape: tuple[int, ...], rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> np.ndarray:
        n_in, n_out = shape
        W = np.zeros(shape, dtype=dtype)
        for unit in range(n_out):
            rows = rng.choice(n_in, min(nonzero, n_in), replace=False)
            W[rows, unit] = rng.standard_normal(len(rows))
        return W

    return draw


def glorot_uniform() -> Initializer:
    r""":math:`U(-r, r)`, :math:`r = \sqrt{6 / (n_{in} + n_{out})}`.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep
    feedforward neural networks", AISTATS 2010, eq. 16.
    """

    def draw(
        shape: tuple[int, ...], rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> np.ndarray:
        limit = np.sqrt(6.0 / sum(fans(shape)))
        return rng.uniform(-limit, limit, size=shape).astype(dtype)

    return draw


def he_normal() -> Initializer:
    r""":math:`N(0, 2 / n_{in})`, which keeps the variance of a ReLU network.

    Source: He et al., arXiv:1502.01852, eq. 10.
    """

    def draw(
        shape: tuple[int, ...], rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> np.ndarray:
        return rng.normal(0.0, np.sqrt(2.0 / fans(shape)[0]), size=shape).astype(dtype)

    return draw
