"""Parzen windows against the matrix product that bounds them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy import kernels
from gan_numpy.bench.timing import medians_ms, paired_ratio, take_turns
from gan_numpy.evaluation.parzen import SIGMAS

PIXELS = 784


def make_points(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and centers as bimodal as MNIST's pixels, (n, 784) float32 each."""
    rng = np.random.default_rng(0)
    shape = (n, PIXELS)
    x, centers = (rng.beta(0.1, 0.4, shape).astype(np.float32) for _ in range(2))
    return x, centers


def bench_parzen(
    n: int, rounds: int, extra: dict[str, Callable[[], object]] | None = None
) -> dict[str, object]:
    """Medians and paired ratios of `n` points under `n` centers.

    Parameters
    ----------
    n, rounds : int
    extra : dict, optional
        More candidates, for instance PyTorch's.
    """
    x, centers = make_points(n)
    one = "one sigma"
    candidates: dict[str, Callable[[], object]] = {
        one: lambda: kernels.parzen_log_density(x, centers, SIGMAS[3:4]),
        "ten sigmas": lambda: kernels.parzen_log_density(x, centers, SIGMAS),
        "its product only (BLAS)": lambda: np.matmul(x, centers.T),
    } | (extra or {})
    times = take_turns(candidates, rounds)
    return {
        "points": n,
        "centers": n,
        "milliseconds": medians_ms(times),
        "ratios": {
            "one sigma / its product": paired_ratio(times, one, list(candidates)[2]),
            "ten sigmas / one": paired_ratio(times, "ten sigmas", one),
        }
        | {
            f"one sigma / {name}": paired_ratio(times, one, name)
            for name in extra or {}
        },
    }
