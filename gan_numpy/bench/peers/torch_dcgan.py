"""DCGAN's training step in PyTorch.

The networks are those of the recipe ``dcgan-mnist``, layer by layer; the step is what a
careful user would write, as in `torch_mlp`. Real and generated examples
pass through the discriminator's batch normalization separately, in both.
"""

# mypy: ignore-errors
from __future__ import annotations

from collections.abc import Callable

from gan_numpy.bench.peers.torch_mlp import update
from gan_numpy.recipes import get_recipe
from gan_numpy.recipes.conv_gan import KERNEL, PADDING, STRIDE


def torch_dcgan_networks():
    """Both networks of ``dcgan-mnist`` in PyTorch, (N, 784) pixels in [0, 1]."""
    import torch
    from torch import nn

    recipe, window = get_recipe("dcgan-mnist"), (KERNEL, STRIDE, PADDING)

    class Affine(nn.Module):
        def __init__(self, scale, shift):
            super().__init__()
            self.scale, self.shift = scale, shift

        def forward(self, x):
            return x * self.scale + self.shift

    torch.manual_seed(0)
    channels, side = recipe.generator_channels, 28 // 2 ** len(
        recipe.generator_channels
    )
    G = [
        nn.Linear(recipe.latent_size, channels[0] * side**2),
        nn.Unflatten(1, (channels[0], side, side)),
        *(nn.BatchNorm2d(channels[0]), nn.ReLU()),
    ]
    for before, after in zip(channels, channels[1:]):
        G += [nn.ConvTranspose2d(before, after, *window)]
        G += [nn.BatchNorm2d(after), nn.ReLU()]
    G += [nn.ConvTranspose2d(channels[-1], 1, *window), nn.Tanh()]
    G += [Affine(0.5, 0.5), nn.Flatten()]

    channels = recipe.discriminator_channels
    D = [Affine(2.0, -1.0), nn.Unflatten(1, (1, 28, 28))]
    for before, after in zip((1, *channels), channels):
        D.append(nn.Conv2d(before, after, *window))
        D += [nn.BatchNorm2d(after)] if before > 1 else []
        D.append(nn.LeakyReLU(recipe.leak))
    side = 28 // 2 ** len(channels)
    D += [nn.Flatten(), nn.Linear(channels[-1] * side**2, 1)]
    networks = nn.Sequential(*G), nn.Sequential(*D)
    for network in networks:
        for module in network:
            if hasattr(module, "weight") and not isinstance(module, nn.BatchNorm2d):
                nn.init.normal_(module.weight, 0, recipe.init_std)
                nn.init.zeros_(module.bias)
    return networks


def step(compiled: bool = False) -> Callable[[], None]:
    """Algorithm 1's step with Adam, as the recipe ``dcgan-mnist`` has it; its losses,
    and their gradients, by ``torch.compile``."""
    import torch
    import torch.nn.functional as F

    recipe = get_recipe("dcgan-mnist")
    B = recipe.batch_size
    x = torch.rand(B, 784)
    G, D = torch_dcgan_networks()
    G_adam, D_adam = (
        torch.optim.Adam(
            network.parameters(),
            lr=recipe.learning_rate,
            betas=(recipe.beta1, recipe.beta2),
            foreach=True,
        )
        for network in (G, D)
    )

    def noise():
        return (2 * torch.rand(B, recipe.latent_size) - 1) * 3**0.5

    def loss_D():
        with torch.no_grad():
            fake = G(noise())
        return F.softplus(-D(x)).mean() + F.softplus(D(fake)).mean()

    def loss_G():
        return F.softplus(-D(G(noise()))).mean()

    if compiled:
        loss_D, loss_G = torch.compile(loss_D), torch.compile(loss_G)

    def run() -> None:
        update(D_adam, loss_D())
        D.requires_grad_(False)
        update(G_adam, loss_G())
        D.requires_grad_(True)

    return run
