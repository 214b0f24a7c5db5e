"""Parzen windows against the matrix product that bounds them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy import kernels
from gan_numpy.evaluation.parzen import SIGMAS

PIXELS = 784
ONE, TEN, PRODUCT = "one sigma", "ten sigmas", "its product only (BLAS)"


def make_points(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and centers as bimodal as MNIST's pixels, (n, 784) float32 each."""
    rng = np.random.default_rng(0)
    shape = (n, PIXELS)
    x, centers = (rng.beta(0.1, 0.4, shape).astype(np.float32) for _ in range(2))
    return x, centers


def parzen_work(what: str, n: int) -> Callable[[], object]:
    """Work on `n` points under `n` centers.

    Parameters
    ----------
    what : {ONE, TEN, PRODUCT}
        Densities for one width or for ten, or the product of points and centers alone.
    n : int
    """
    x, centers = make_points(n)
    if what == PRODUCT:
        return lambda: np.matmul(x, centers.T)
    sigmas = SIGMAS[3:4] if what == ONE else SIGMAS
    return lambda: kernels.parzen_log_density(x, centers, sigmas)
