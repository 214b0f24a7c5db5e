"""What several systems build their networks from."""

from __future__ import annotations

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.layers import Dropout, Layer, Pack
from gan_numpy.layers.concatenate import Concatenate
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes.base import Recipe


def check_pixels(recipe: Recipe, data: Dataset) -> None:
    """Refuse data outside [0, 1], where the generator draws.

    Raises
    ------
    UserError
    """
    low, high = data.train.min() / data.scale, data.train.max() / data.scale
    if low < 0 or high > 1:
        raise UserError(
            f"recipe {recipe.name} draws values in [0, 1], data set {data.name} has "
            f"values from {low:.3g} to {high:.3g}"
        )


def making_pairs(G: Sequential, latent_size: int, classes: int) -> Sequential:
    """A generator of pairs: ``[z, onehot(y)]`` to ``[G(z, y), onehot(y)]``."""
    width = latent_size + classes
    branches = [
        ("x", slice(0, width), G),
        ("y", slice(latent_size, width), Sequential([])),
    ]
    return Sequential([("pair", Concatenate(branches, width))])


def dropout(name: str, keep: float) -> list[tuple[str, Layer]]:
    """A dropout layer, or nothing if everything is kept."""
    return [(name, Dropout(keep))] if keep < 1 else []


def pack(m: int) -> list[tuple[str, Layer]]:
    """The discriminator's first layer, if it judges m examples together."""
    return [("pack", Pack(m))] if m > 1 else []


def marginal_logits(data: Dataset, clip: float) -> np.ndarray:
    r"""Logit :math:`\log \frac{p_i}{1 - p_i}` of each pixel's mean in the training set.

    With these output biases an untrained generator already draws the average image.

    Parameters
    ----------
    data : Dataset
    clip : float
        Means are kept this far away from 0 and 1: a pixel that is always black would
        have an infinite logit.

    Returns
    -------
    (features,) float64
    """
    mean = data.train.mean(axis=0, dtype=np.float64) / data.scale
    p = np.clip(mean, clip, 1 - clip)
    return np.log(p) - np.log1p(-p)
