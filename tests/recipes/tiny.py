"""Label recipes so small that every weight can be nudged, and data to fit."""

from __future__ import annotations

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.recipes import Recipe, get_recipe

K = 3  # classes
SIDE = 4  # pixels


def tiny_data(n: int = 60) -> Dataset:
    """Random 4x4 images of three classes, each brighter in its own row."""
    rng = np.random.default_rng(5)
    images = rng.integers(0, 128, (n, SIDE, SIDE), dtype=np.uint8)
    labels = np.arange(n) % K
    images[np.arange(n), labels] += 100
    flat = images.reshape(n, -1)
    every = {split: labels for split in ("train", "validation", "test")}
    return Dataset("tiny", flat, flat, flat, 255.0, (SIDE, SIDE), every)


def tiny_recipe(name: str, **changes: object) -> Recipe:
    """A label recipe with the fewest units that still have all of its layers."""
    common = {"classes": K, "latent_size": 2, "batch_size": 6}
    small: dict[str, dict[str, object]] = {
        "cgan": {
            "z_units": 3,
            "y_units": 3,
            "joint_units": 4,
            "x_maxout": 3,
            "y_maxout": 2,
            "joint_maxout": 3,
            "pieces": 2,
            "joint_pieces": 2,
            "init": 0.7,
        },
        "acgan": {
            "generator_channels": (3, 2),
            "discriminator_channels": (2, 3),
            "init_std": 0.7,
        },
        "digits": {
            "generator_units": (4,),
            "discriminator_units": (3,),
            "generator_init": 0.7,
            "discriminator_init": 0.7,
        },
        "sgan": {
            "generator_units": (4,),
            "classifier_units": (5, 4),
            "labeled": 6,
        },
    }
    small["infogan"] = small["acgan"]
    return get_recipe(name).replace(**common | small[name] | changes)
