"""The same networks, settings and data in PyTorch: the implementation, not luck.

A script, since it trains for minutes:

    python -m tests.peers.torch_maxout_gan mnist-fast --data-dir DIR --epochs 2 --seed 0

trains a recipe with the paper's networks by PyTorch's autograd and optimizers, prints
the Parzen log-likelihood of its samples by the same evaluation as ours. Only numbers
are taken from the recipe; `tests/test_torch_agreement.py` uses the networks and losses
below to compare single steps. With ``--same-draws`` it starts from our weights and gets
our minibatches and noise: all that is left to differ are dropout masks and rounding.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from gan_numpy.datasets import load_dataset
from gan_numpy.evaluation.parzen import evaluate_parzen
from gan_numpy.penalties import interpolate
from gan_numpy.recipes import get_recipe
from gan_numpy.recipes.parts import marginal_logits
from gan_numpy.training.algorithm1 import steps_per_epoch
from gan_numpy.training.minibatches import Minibatches
from gan_numpy.training.state import initial_state


class Maxout(nn.Module):
    """The largest of each unit's pieces, which lie side by side."""

    def __init__(self, n_in, units, pieces):
        super().__init__()
        self.linear, self.pieces = nn.Linear(n_in, units * pieces), pieces

    def forward(self, x):
        return self.linear(x).view(len(x), -1, self.pieces).amax(2)


def networks(recipe, data, dtype=torch.float32):
    """The recipe's generator and discriminator as `nn.Sequential`."""
    width, layers = recipe.latent_size, []
    for units in recipe.generator_units:
        layers += [nn.Linear(width, units), nn.ReLU()]
        width = units
    G = nn.Sequential(*layers, nn.Linear(width, data.features), nn.Sigmoid())
    width, keep, layers = data.features, recipe.keep_input, []
    for units in recipe.discriminator_units:
        layers += [
            nn.Dropout(1 - keep),
            Maxout(width, units, recipe.discriminator_pieces),
        ]
        width, keep = units, recipe.keep_hidden
    D = nn.Sequential(*layers, nn.Dropout(1 - keep), nn.Linear(width, 1))
    limits = recipe.generator_init, recipe.discriminator_init
    for network, limit in zip((G, D), limits):
        network.to(dtype)
        for name, value in network.named_parameters():
            if name.endswith("weight"):
                nn.init.uniform_(value, -limit, limit)
            else:
                nn.init.zeros_(value)
    with torch.no_grad():
        bias = torch.from_numpy(marginal_logits(data, recipe.marginal_clip))
        G[-2].bias.copy_(bias)
    return G, D


def discriminator_loss(recipe, D, x, fake, epsilon=None):
    """The weighted loss and the penalty, which autograd can differentiate."""
    a_real, a_fake = D(x), D(fake)
    if recipe.objective == "wasserstein":
        loss = a_fake.mean() - a_real.mean()
    else:
        loss = F.softplus(-a_real).mean() + F.softplus(a_fake).mean()
    loss = recipe.discriminator_weight * loss
    if recipe.penalty == "r1":
        at = x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(D(at).sum(), at, create_graph=True)
        loss = loss + recipe.penalty_weight / 2 * slope.square().sum(1).mean()
    elif recipe.penalty == "gradient_penalty":
        at = (epsilon * x + (1 - epsilon) * fake).detach().requires_grad_()
        (slope,) = torch.autograd.grad(D(at).sum(), at, create_graph=True)
        length = (slope.square().sum(1) + 1e-12).sqrt()
        loss = loss + recipe.penalty_weight * (length - 1).square().mean()
    return loss


def generator_loss(recipe, D, fake):
    """The generator's loss through the discriminator."""
    a = D(fake)
    return -a.mean() if recipe.objective == "wasserstein" else F.softplus(-a).mean()


def make_optimizer(recipe, params):
    """Adam, or momentum; the schedules are applied by `train`."""
    rate = recipe.learning_rate
    if recipe.optimizer == "adam":
        return torch.optim.Adam(params, rate, betas=(recipe.beta1, recipe.beta2))
    return torch.optim.SGD(params, rate, momentum=recipe.momentum)


def noise(recipe, n):
    """Latent vectors of variance 1."""
    if recipe.latent == "normal":
        return torch.randn(n, recipe.latent_size)
    return (2 * torch.rand(n, recipe.latent_size) - 1) * 3**0.5


class Draws:
    """PyTorch's own random numbers: weights, minibatches, z, points between pairs."""

    def __init__(self, recipe, data, seed, dtype=torch.float32):
        torch.manual_seed(seed)
        self.recipe, self.data = recipe, data
        self.pixels = torch.from_numpy(data.scaled("train")).to(dtype)
        self.networks = networks(recipe, data, dtype)

    def start_epoch(self):
        order, m = torch.randperm(len(self.pixels)), self.recipe.batch_size
        self.batches = iter(order[: len(order) // m * m].split(m))

    def batch(self):
        return self.pixels[next(self.batches)]

    def z(self):
        return noise(self.recipe, self.recipe.batch_size)

    def epsilon(self):
        return torch.rand(self.recipe.batch_size, 1)


class SameDraws(Draws):
    """Ours, in the order in which our training draws them."""

    def __init__(self, recipe, data, seed, dtype=torch.float32):
        super().__init__(recipe, data, seed, dtype)
        numpy_dtype = self.pixels.numpy().dtype
        self.state = initial_state(recipe, data, seed, numpy_dtype)
        for ours, theirs in zip((self.state.G, self.state.D), self.networks):
            for value, parameter in zip(ours.params.values(), theirs.parameters()):
                with torch.no_grad():
                    parameter.copy_(torch.from_numpy(value.T.copy()))

    def start_epoch(self):
        self.state.batch = 0
        self.batches = Minibatches(self.state, self.recipe, self.data)

    def batch(self):
        return torch.from_numpy(self.batches.next().x)

    def z(self):
        m, state = self.recipe.batch_size, self.state
        return torch.from_numpy(self.recipe.sample_latent(m, state.rng, state.dtype))

    def epsilon(self):
        if self.recipe.penalty != "gradient_penalty":
            return None
        ones = np.ones((self.recipe.batch_size, 1), self.state.dtype)
        return torch.from_numpy(interpolate(ones, 0 * ones, self.state.rng))


def train(recipe, draws, epochs):
    """Train as the recipe says; return the generator, averaged if it averages."""
    G, D = draws.networks
    G_step, D_step = (make_optimizer(recipe, n.parameters()) for n in (G, D))
    average = [value.detach().clone() for value in G.parameters()]
    updates, steps = 0, steps_per_epoch(recipe, draws.data)
    for epoch in range(1, epochs + 1):
        draws.start_epoch()
        share = min(max((epoch - 1) / max(recipe.momentum_saturate - 1, 1), 0), 1)
        momentum = recipe.momentum + share * (recipe.momentum_final - recipe.momentum)
        for _ in range(steps):
            rate = recipe.learning_rate * recipe.learning_rate_factor**-updates
            for group in (*G_step.param_groups, *D_step.param_groups):
                group["lr"] = max(rate, recipe.learning_rate_floor)
                if "momentum" in group:
                    group["momentum"] = momentum
            for _ in range(recipe.discriminator_steps):
                x, fake = draws.batch(), G(draws.z())
                epsilon = draws.epsilon()
                loss = discriminator_loss(recipe, D, x, fake.detach(), epsilon)
                D_step.zero_grad()
                loss.backward()
                if recipe.update == "alternating":
                    D_step.step()
            if recipe.update == "alternating":
                fake = G(draws.z())
            kept = [value.grad.clone() for value in D.parameters()]
            G_step.zero_grad()
            generator_loss(recipe, D, fake).backward()
            G_step.step()
            if recipe.update == "simultaneous":
                for value, grad in zip(D.parameters(), kept):
                    value.grad = grad
                D_step.step()
            updates += 1
            with torch.no_grad():
                if recipe.generator_average:
                    torch._foreach_lerp_(
                        average, list(G.parameters()), 1 - recipe.generator_average
                    )
    if recipe.generator_average:
        with torch.no_grad():
            for value, mean in zip(G.parameters(), average):
                value.copy_(mean)
    return G


def main():
    """Train and print the score."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("recipe")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--same-draws", action="store_true")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    recipe = get_recipe(args.recipe)
    data = load_dataset(recipe.dataset, args.data_dir)
    draws = (SameDraws if args.same_draws else Draws)(recipe, data, args.seed)
    G = train(recipe, draws, args.epochs or recipe.epochs)
    torch.manual_seed(args.seed + 1)
    with torch.no_grad():
        samples = G(noise(recipe, 10_000)).numpy().astype(np.float64)
    result = evaluate_parzen(
        samples,
        data.scaled("validation", slice(0, 1000), "float64"),
        data.scaled("test", dtype="float64"),
    )
    print(f"PyTorch, {recipe.name}, seed {args.seed}: {result.coarse} coarse, ", end="")
    print(f"{result.refined} refined")


if __name__ == "__main__":
    main()
