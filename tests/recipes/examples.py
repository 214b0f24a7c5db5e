"""Every recipe so small that it takes a moment, and random data of its shape.

A recipe shrinks by the settings of its family, the first of its base classes that is
listed here: a new recipe of a known family needs nothing, a new family one entry.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.recipes import Recipe
from gan_numpy.recipes.cifar10 import CIFAR10Conv
from gan_numpy.recipes.conditional_gan import ConditionalGAN
from gan_numpy.recipes.conv_gan import ConvGAN
from gan_numpy.recipes.maxout_gan import MaxoutGAN
from gan_numpy.recipes.mixtures import Ring
from gan_numpy.recipes.playground import Playground
from gan_numpy.recipes.sgan import SGANMNIST
from gan_numpy.recipes.wide_gan import WideGAN

SIDE = 8  # of images: it can be halved, and the deconvolution of CIFAR-10 can make it
WIDE = {"width": 0.1, "generator_units": (60, 60), "output_sparse": 2}
FAMILIES: dict[type[Recipe], dict[str, Any]] = {
    CIFAR10Conv: WIDE | {"discriminator_units": (50,)},
    WideGAN: WIDE | {"discriminator_units": (50, 40)},
    MaxoutGAN: {"generator_units": (7, 6), "discriminator_units": (5, 4)},
    ConvGAN: {"generator_channels": (3, 2), "discriminator_channels": (2, 3)},
    ConditionalGAN: {
        "z_units": 5,
        "y_units": 4,
        "joint_units": 6,
        "x_maxout": 5,
        "y_maxout": 3,
        "joint_maxout": 4,
    },
    SGANMNIST: {"generator_units": (6,), "classifier_units": (5, 4), "labeled": 20},
    Ring: {"generator_units": (6, 5), "discriminator_units": (5, 4)},
    Playground: {
        "generator_layers": "dense 6 relu, dense 5 tanh",
        "discriminator_layers": "maxout 5 2, dropout 0.5, dense 4 leaky_relu",
    },
}


def family(recipe: type[Recipe]) -> type[Recipe] | None:
    """The entry of `FAMILIES` that a recipe shrinks by; None if there is none."""
    return next((base for base in recipe.__mro__ if base in FAMILIES), None)


def small(recipe: Recipe) -> Recipe:
    """The recipe with few units and small batches, and all of its layers."""
    base = family(type(recipe))
    assert base is not None, f"{recipe.name} has no entry in tests/recipes/examples.py"
    common = {"latent_size": 3, "batch_size": 10, "epochs": 2, "sample_every": 1}
    return recipe.replace(**common | FAMILIES[base])


def small_data(recipe: Recipe, steps: int = 2) -> Dataset:
    """Random data for an epoch of that many steps: points, or images in the colors."""
    rng = np.random.default_rng(3)
    n = steps * recipe.batch_size * recipe.discriminator_steps
    if recipe.dataset in ("ring", "grid"):
        points = rng.normal(size=(n, 2))
        return Dataset("points", points, points, points)
    shape = (3, SIDE, SIDE) if recipe.dataset == "cifar10" else (SIDE, SIDE)
    images = rng.integers(0, 256, (n, int(np.prod(shape))), dtype=np.uint8)
    labels = {s: np.arange(n) % recipe.classes for s in ("train", "validation", "test")}
    contrast = 55.0 if recipe.dataset == "cifar10" else 0.0
    return Dataset("images", images, images, images, 255.0, shape, labels, contrast)
