"""Parzen windows by others: PyTorch and scikit-learn."""

# mypy: ignore-errors
from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy.bench.windows import make_points

KDE_POINTS = 20  # scikit-learn's time is linear in the points; all would take minutes


def kde_points(n: int) -> int:
    """How many of n points scikit-learn is given."""
    return min(n, KDE_POINTS)


def torch_parzen(n: int, sigma: float) -> Callable[[], object]:
    """A blocked log-sum-exp of distances in PyTorch."""
    import torch

    x, centers = map(torch.from_numpy, make_points(n))
    norms = centers.square().sum(1)

    def run():
        blocks = []
        with torch.no_grad():
            for block in x.split(1000):
                distance = torch.addmm(norms, block, centers.T, alpha=-2)
                distance += block.square().sum(1, keepdim=True)
                blocks.append(torch.logsumexp(distance * (-0.5 / sigma**2), dim=1))
        return torch.cat(blocks)

    return run


def sklearn_density(n: int, sigma: float) -> Callable[[], object]:
    """Scikit-learn's KernelDensity on a few points."""
    from sklearn.neighbors import KernelDensity

    x, centers = make_points(n)
    model = KernelDensity(bandwidth=sigma).fit(centers)
    few = x[: kde_points(n)].astype(np.float64)
    return lambda: model.score_samples(few)
