"""Small networks for the tests of steps."""

from __future__ import annotations

import numpy as np

from gan_numpy.layers import Dense, LeakyReLU, Sequential
from gan_numpy.layers.initializers import normal


def leaky_network(widths, rng, std=0.5):
    """Dense layers with leaky ReLU between them, in float64."""
    layers = []
    for i, (before, after) in enumerate(zip(widths, widths[1:])):
        dense = Dense(before, after, init=normal(std), rng=rng, dtype=np.float64)
        layers += [(f"h{i}", dense), (f"h{i}_leaky", LeakyReLU(0.2))]
    return Sequential(layers[:-1])
