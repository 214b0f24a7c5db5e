"""Algorithm 1's step on the paper's MNIST networks, in PyTorch.

It is what a careful user would write: the fused forms of the losses, both halves of the
discriminator's batch in one product, no gradient where none is needed,
`zero_grad(set_to_none=True)`, and `foreach` updates.
"""

# mypy: ignore-errors
from __future__ import annotations

from collections.abc import Callable

from gan_numpy.bench.step import BATCH


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


def noise():
    """(N, 100) with mean 0 and variance 1."""
    import torch

    return (2 * torch.rand(BATCH, 100) - 1) * 3**0.5


def discriminator_loss(G, D, x):
    """Both halves of D's loss, from one product."""
    import torch
    import torch.nn.functional as F

    with torch.no_grad():
        fake = G(noise())
    real_logits, fake_logits = D(torch.cat([x, fake])).split(BATCH)
    return 0.5 * (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean())


def generator_loss(G, D):
    """The non-saturating loss."""
    import torch.nn.functional as F

    return F.softplus(-D(G(noise()))).mean()


def update(optimizer, loss):
    """One step of an optimizer."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


def step(compiled: bool = False) -> Callable[[], None]:
    """The paper's step; its losses, and their gradients, by ``torch.compile``."""
    import torch

    x = torch.rand(BATCH, 784)
    G, D = torch_networks(0.8, 0.5)
    G_sgd, D_sgd = (
        torch.optim.SGD(network.parameters(), lr=1e-6, momentum=0.5, foreach=True)
        for network in (G, D)
    )
    loss_D, loss_G = discriminator_loss, generator_loss
    if compiled:
        loss_D, loss_G = torch.compile(loss_D), torch.compile(loss_G)

    def run() -> None:
        update(D_sgd, loss_D(G, D, x))
        D.requires_grad_(False)
        update(G_sgd, loss_G(G, D))
        D.requires_grad_(True)

    return run


def r1_step() -> Callable[[], None]:
    """The step of the recipe ``mnist-fast``: R1 by double backward, no dropout, Adam,
    and an average of the generator's weights."""
    import torch
    import torch.nn.functional as F

    x = torch.rand(BATCH, 784)
    G, D = torch_networks(1, 1)
    G_adam, D_adam = (
        torch.optim.Adam(network.parameters(), lr=1e-6, betas=(0.5, 0.9), foreach=True)
        for network in (G, D)
    )
    average = [value.detach().clone() for value in G.parameters()]

    def run() -> None:
        with torch.no_grad():
            fake = G(noise())
        real = x.detach().requires_grad_()
        real_logits, fake_logits = D(real), D(fake)
        (slope,) = torch.autograd.grad(real_logits.sum(), real, create_graph=True)
        loss = F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
        update(D_adam, loss + 2.5 * slope.square().sum(1).mean())
        D.requires_grad_(False)
        update(G_adam, generator_loss(G, D))
        D.requires_grad_(True)
        with torch.no_grad():
            torch._foreach_lerp_(average, list(G.parameters()), 0.0005)

    return run
