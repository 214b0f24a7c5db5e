"""The same work by others, if they are installed: PyTorch and scikit-learn.

The PyTorch step is what a careful user would write: eager mode, the fused forms of the
losses, both halves of the discriminator's batch in one product, no gradient where none
is needed, `zero_grad(set_to_none=True)`, and `foreach` updates.
"""

# mypy: ignore-errors
from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy.bench.step import BATCH
from gan_numpy.bench.windows import make_points

KDE_POINTS = 20  # scikit-learn's time is linear in the points; all would take minutes


def torch_step(threads: int) -> Callable[[], None] | None:
    """Algorithm 1's step of the paper's MNIST networks in PyTorch, or None."""
    try:
        import torch
        import torch.nn.functional as F
        from torch import nn
    except ImportError:
        return None
    torch.set_num_threads(threads)
    torch.manual_seed(0)

    class Maxout(nn.Module):
        def __init__(self, n_in, units, pieces):
            super().__init__()
            self.linear, self.pieces = nn.Linear(n_in, units * pieces), pieces

        def forward(self, x):
            return self.linear(x).view(len(x), -1, self.pieces).amax(2)

    G = nn.Sequential(
        *(nn.Linear(100, 1200), nn.ReLU(), nn.Linear(1200, 1200), nn.ReLU()),
        *(nn.Linear(1200, 784), nn.Sigmoid()),
    )
    D = nn.Sequential(
        *(nn.Dropout(0.2), Maxout(784, 240, 5), nn.Dropout(0.5)),
        *(Maxout(240, 240, 5), nn.Dropout(0.5), nn.Linear(240, 1)),
    )
    for network, limit in ((G, 0.05), (D, 0.005)):
        for name, value in network.named_parameters():
            if name.endswith("weight"):
                nn.init.uniform_(value, -limit, limit)
            else:
                nn.init.zeros_(value)
    G_optimizer, D_optimizer = (
        torch.optim.SGD(network.parameters(), lr=1e-6, momentum=0.5, foreach=True)
        for network in (G, D)
    )
    x = torch.rand(BATCH, 784)

    def noise():
        return (2 * torch.rand(BATCH, 100) - 1) * 3**0.5

    def step() -> None:
        with torch.no_grad():
            fake = G(noise())
        real_logits, fake_logits = D(torch.cat([x, fake])).split(BATCH)
        loss = 0.5 * (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean())
        D_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        D_optimizer.step()
        D.requires_grad_(False)
        G_loss = F.softplus(-D(G(noise()))).mean()
        G_optimizer.zero_grad(set_to_none=True)
        G_loss.backward()
        G_optimizer.step()
        D.requires_grad_(True)

    return step


def torch_parzen(n: int, sigma: float, threads: int) -> Callable[[], object] | None:
    """A blocked log-sum-exp of distances in PyTorch, or None."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(threads)
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


def sklearn_density(n: int, sigma: float) -> tuple[Callable[[], object], int]:
    """Scikit-learn's KernelDensity on a few points, and how many of `n` they are."""
    from sklearn.neighbors import KernelDensity

    x, centers = make_points(n)
    model = KernelDensity(bandwidth=sigma).fit(centers)
    points = min(n, KDE_POINTS)
    return (lambda: model.score_samples(x[:points].astype(np.float64))), points
