"""Matrix products by shape: our pure-Numba one against NumPy's BLAS."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

# (m, k, n) of C = A B, and which operand is a transposed view, as in backward passes.
SHAPES = {
    "x W          100x784x1200": (100, 784, 1200, ""),
    "x W          200x784x1200": (200, 784, 1200, ""),
    "x W          100x1200x1200": (100, 1200, 1200, ""),
    "x W          200x240x1200": (200, 240, 1200, ""),
    "x^T dy       1200x100x1200": (1200, 100, 1200, "a"),
    "x^T dy       784x200x1200": (784, 200, 1200, "a"),
    "dy W^T       100x1200x1200": (100, 1200, 1200, "b"),
    "dy W^T       200x1200x240": (200, 1200, 240, "b"),
    "square       1024^3": (1024, 1024, 1024, ""),
}


def operands(m: int, k: int, n: int, transposed: str) -> tuple[np.ndarray, np.ndarray]:
    """Random float32 operands, one of them perhaps a transposed view."""
    rng = np.random.default_rng(0)
    a = rng.random((k, m) if transposed == "a" else (m, k), dtype=np.float32)
    b = rng.random((n, k) if transposed == "b" else (k, n), dtype=np.float32)
    return (a.T if transposed == "a" else a), (b.T if transposed == "b" else b)


def products(name: str) -> dict[str, Callable[[], object]]:
    """The product of each shape, by NumPy's BLAS or by native."""
    from gan_numpy.kernels.native.matmul import matmul

    multiply: Callable[..., object] = matmul if name == "native" else np.matmul
    return {
        shape: partial(multiply, *operands(*sizes)) for shape, sizes in SHAPES.items()
    }
