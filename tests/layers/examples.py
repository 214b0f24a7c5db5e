"""Instances of every layer, for the suite that runs every check on every layer.

All in float64, with sizes that differ from each other, so that no mistake in an axis
fits by chance; strides that leave rows over, and both modes where they differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gan_numpy import layers
from gan_numpy.layers.initializers import normal

ROWS, IMAGES = (7, 5), (3, 2, 7, 6)  # (N, features), (N, C, H, W)


@dataclass(frozen=True)
class Example:
    """A layer and what the suite has to know about it.

    Attributes
    ----------
    layer : Layer
        In float64.
    shape : tuple of int
        Of a batch that it takes.
    train : bool
        The mode in which it is checked.
    curved : bool
        Whether `backward_vjp` has a `d_x`; None otherwise, as the protocol says.
    second_order : bool
        Whether it has a `backward_vjp` at all, in this mode.
    draws : bool
        Whether its output depends on random numbers.
    sizes : tuple of int
        Numbers of examples in a batch that it has to take.
    factor : float
        What `dx` is of the true gradient: 1, unless the layer says otherwise.
    """

    layer: layers.Layer
    shape: tuple[int, ...] = ROWS
    train: bool = True
    curved: bool = False
    second_order: bool = True
    draws: bool = False
    sizes: tuple[int, ...] = (0, 1, 3)
    factor: float = 1.0


def _options() -> dict[str, Any]:
    """For layers with weights: large ones, or a mistake would be hard to see."""
    return {"init": normal(0.7), "rng": np.random.default_rng(1), "dtype": np.float64}


def _filled(layer: layers.Layer) -> layers.Layer:
    """The layer with parameters and buffers that are neither 0 nor 1."""
    rng = np.random.default_rng(2)
    for value in layer.params.values():
        value[:] = rng.uniform(0.3, 2, value.shape) * rng.choice([-1, 1], value.shape)
    for value in layer.buffers.values():
        value[:] = rng.uniform(0.3, 2, value.shape)
    return layer


def _conv(channels: int, size: int, **keywords: Any) -> layers.Layer:
    bias = np.linspace(-1, 1, channels)
    return layers.Conv2D(2, channels, size, bias=bias, **keywords, **_options())


def _transpose(channels: int, size: int, **keywords: Any) -> layers.Layer:
    bias = np.linspace(-1, 1, channels)
    return layers.ConvTranspose2D(
        2, channels, size, bias=bias, **keywords, **_options()
    )


def _maxout_conv() -> layers.Layer:
    layer = layers.MaxoutConv2D(2, 3, 4, 3, stride=2, padding=1, **_options())
    layer.params["b"][:] = np.linspace(-1, 1, 12)
    return layer


def _modulated() -> layers.Layer:
    return _filled(
        layers.ModulatedConv2D(2, 3, 5, 4, 3, padding=1, epsilon=0.3, **_options())
    )


def _lstm() -> layers.Layer:
    layer = layers.LSTM(5, 3, **_options())
    layer.params["b"] += np.linspace(-1, 1, 12)
    return layer


def _network(activation: layers.Layer) -> layers.Sequential:
    first = layers.Dense(5, 4, **_options())
    last = layers.Maxout(4, 3, 2, **_options())
    return layers.Sequential([("h0", first), ("f", activation), ("h1", last)])


def _branches(activation: layers.Layer) -> layers.Concatenate:
    """Two branches share a column, a third hands one on."""
    a = layers.Sequential([("h", layers.Dense(3, 4, **_options())), ("f", activation)])
    b = layers.Sequential([("h", layers.Maxout(3, 2, 3, **_options()))])
    handed_on = ("c", slice(3, 4), layers.Sequential([]))
    return layers.Concatenate(
        [("a", slice(0, 3), a), ("b", slice(2, 5), b), handed_on], 5
    )


BATCH_NORM = _filled(layers.BatchNorm(2, dtype=np.float64))
EXAMPLES: dict[str, tuple[Example, ...]] = {
    "AdaIN": (
        Example(layers.AdaIN(2, 3, 5), (3, 34), curved=True),
        Example(layers.AdaIN(3, 2, 4, epsilon=0.5), (3, 30), curved=True),
    ),
    "BatchNorm": (
        Example(BATCH_NORM, IMAGES, second_order=False, sizes=(1, 3)),
        Example(BATCH_NORM, IMAGES, train=False),
    ),
    "Bias": (Example(_filled(layers.Bias(3, 4, dtype=np.float64)), (7, 3, 4)),),
    "Concatenate": (
        Example(_branches(layers.Tanh()), curved=True),
        Example(_branches(layers.ReLU())),
    ),
    "Conv2D": (
        Example(_conv(3, 1), IMAGES),
        Example(_conv(3, 3, padding=1), IMAGES),
        Example(_conv(5, 4, stride=2, padding=1), IMAGES),
        Example(_conv(3, 3, stride=3, padding=2), IMAGES),
        Example(_conv(3, 2, stride=3), IMAGES),
    ),
    "ConvTranspose2D": (
        Example(_transpose(3, 1), IMAGES),
        Example(_transpose(3, 4, stride=2, padding=1), IMAGES),
        Example(_transpose(5, 5, stride=3, padding=2, output_padding=2), IMAGES),
        Example(_transpose(3, 2, stride=3, output_padding=1), IMAGES),
    ),
    "Dense": (Example(layers.Dense(5, 3, **_options())),),
    "Dropout": (
        Example(layers.Dropout(0.63), draws=True),
        Example(layers.Dropout(0.63), train=False),
    ),
    "GaussianNoise": (Example(layers.GaussianNoise(0.5), IMAGES, draws=True),),
    "GradientReversal": (Example(layers.GradientReversal(0.7), factor=-0.7),),
    "Gram": (Example(layers.Gram(), IMAGES, curved=True),),
    "LSTM": (
        Example(_lstm(), (3, 6, 5), second_order=False, sizes=(0, 1, 3)),
        Example(_lstm(), (4, 1, 5), second_order=False, sizes=(0, 1, 3)),
    ),
    "LeakyReLU": (Example(layers.LeakyReLU(0.17)),),
    "MaxPool2D": (
        Example(layers.MaxPool2D(2), IMAGES),
        Example(layers.MaxPool2D(4, 2), IMAGES),
        Example(layers.MaxPool2D(3, 1), IMAGES),
        Example(layers.MaxPool2D(9, 5), IMAGES),
    ),
    "Maxout": (Example(layers.Maxout(5, 3, 4, **_options())),),
    "MaxoutConv2D": (Example(_maxout_conv(), IMAGES),),
    "ModulatedConv2D": (Example(_modulated(), (3, 42), second_order=False),),
    "Pack": (Example(layers.Pack(3), (6, 5), sizes=(0, 3, 6)),),
    "PixelShuffle": (Example(layers.PixelShuffle(2), (3, 8, 4, 5)),),
    "ReLU": (Example(layers.ReLU()),),
    "Rescale": (Example(layers.Rescale(-2.5, 0.3), IMAGES),),
    "Reshape": (Example(layers.Reshape(5, 1)), Example(layers.Reshape(-1), IMAGES)),
    "Sequential": (
        Example(_network(layers.Sigmoid()), curved=True),
        Example(_network(layers.LeakyReLU(0.3))),
    ),
    "Sigmoid": (Example(layers.Sigmoid(), curved=True),),
    "Tanh": (Example(layers.Tanh(), curved=True),),
    "Upsample": (Example(layers.Upsample(3), IMAGES),),
}
