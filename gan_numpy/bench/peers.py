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


def torch_networks(keep_input: float, keep_hidden: float):
    """The paper's pair of networks in PyTorch."""
    import torch
    from torch import nn

    class Maxout(nn.Module):
        def __init__(self, n_in, units, pieces):
            super().__init__()
            self.linear, self.pieces = nn.Linear(n_in, units * pieces), pieces

        def forward(self, x):
            return self.linear(x).view(len(x), -1, self.pieces).amax(2)

    def dropout(keep):
        return [nn.Dropout(1 - keep)] if keep < 1 else []

    torch.manual_seed(0)
    G = nn.Sequential(
        *(nn.Linear(100, 1200), nn.ReLU(), nn.Linear(1200, 1200), nn.ReLU()),
        *(nn.Linear(1200, 784), nn.Sigmoid()),
    )
    D = nn.Sequential(
        *(*dropout(keep_input), Maxout(784, 240, 5)),
        *(*dropout(keep_hidden), Maxout(240, 240, 5)),
        *(*dropout(keep_hidden), nn.Linear(240, 1)),
    )
    for network, limit in ((G, 0.05), (D, 0.005)):
        for name, value in network.named_parameters():
            if name.endswith("weight"):
                nn.init.uniform_(value, -limit, limit)
            else:
                nn.init.zeros_(value)
    return G, D


def torch_steps(threads: int) -> dict[str, Callable[[], None]]:
    """Algorithm 1's step in PyTorch, ``plain`` and with ``r1``; none if it is missing.

    The second is that of the recipe ``mnist-fast``: R1 by double backward, no dropout,
    Adam, and an average of the generator's weights.
    """
    try:
        import torch
        import torch.nn.functional as F
    except ImportError:
        return {}
    torch.set_num_threads(threads)
    x = torch.rand(BATCH, 784)

    def noise():
        return (2 * torch.rand(BATCH, 100) - 1) * 3**0.5

    def generator_step(G, D, optimizer):
        D.requires_grad_(False)
        loss = F.softplus(-D(G(noise()))).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        D.requires_grad_(True)

    G, D = torch_networks(0.8, 0.5)
    G_sgd, D_sgd = (
        torch.optim.SGD(network.parameters(), lr=1e-6, momentum=0.5, foreach=True)
        for network in (G, D)
    )

    def plain() -> None:
        with torch.no_grad():
            fake = G(noise())
        real_logits, fake_logits = D(torch.cat([x, fake])).split(BATCH)
        loss = 0.5 * (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean())
        D_sgd.zero_grad(set_to_none=True)
        loss.backward()
        D_sgd.step()
        generator_step(G, D, G_sgd)

    G1, D1 = torch_networks(1, 1)
    G_adam, D_adam = (
        torch.optim.Adam(network.parameters(), lr=1e-6, betas=(0.5, 0.9), foreach=True)
        for network in (G1, D1)
    )
    average = [value.detach().clone() for value in G1.parameters()]

    def r1() -> None:
        with torch.no_grad():
            fake = G1(noise())
        real = x.detach().requires_grad_()
        real_logits, fake_logits = D1(real), D1(fake)
        (slope,) = torch.autograd.grad(real_logits.sum(), real, create_graph=True)
        loss = F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
        loss = loss + 2.5 * slope.square().sum(1).mean()
        D_adam.zero_grad(set_to_none=True)
        loss.backward()
        D_adam.step()
        generator_step(G1, D1, G_adam)
        with torch.no_grad():
            torch._foreach_lerp_(average, list(G1.parameters()), 0.0005)

    return {"plain": plain, "r1": r1}


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
