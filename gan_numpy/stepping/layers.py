r"""An instance of every layer, small enough to be looked at number by number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from gan_numpy import kernels, layers
from gan_numpy.layers.initializers import normal

ROWS, IMAGES = (4, 5), (2, 2, 5, 6)
Build = Callable[[dict[str, Any]], layers.Layer]


def _network(o: dict[str, Any]) -> layers.Layer:
    first, last = layers.Dense(5, 4, **o), layers.Dense(4, 3, **o)
    return layers.Sequential([("h0", first), ("f", layers.ReLU()), ("h1", last)])


def _branches(o: dict[str, Any]) -> layers.Layer:
    a = layers.Sequential([("h", layers.Dense(3, 4, **o))])
    b = layers.Sequential([("h", layers.Dense(2, 2, **o)), ("f", layers.Tanh())])
    return layers.Concatenate([("a", slice(0, 3), a), ("b", slice(3, 5), b)], 5)


# How each is built, and the shape of a batch for it.
LAYERS: dict[str, tuple[Build, tuple[int, ...]]] = {
    "Dense": (lambda o: layers.Dense(5, 3, **o), ROWS),
    "Bias": (lambda o: layers.Bias(5, dtype=np.float64), ROWS),
    "Maxout": (lambda o: layers.Maxout(5, 3, 4, **o), ROWS),
    "Dropout": (lambda o: layers.Dropout(0.63), ROWS),
    "GaussianNoise": (lambda o: layers.GaussianNoise(0.5), ROWS),
    "BatchNorm": (lambda o: layers.BatchNorm(5, dtype=np.float64), ROWS),
    "Conv2D": (lambda o: layers.Conv2D(2, 3, 3, stride=2, padding=1, **o), IMAGES),
    "ConvTranspose2D": (
        lambda o: layers.ConvTranspose2D(2, 3, 4, stride=2, padding=1, **o),
        (2, 2, 3, 4),
    ),
    "MaxoutConv2D": (lambda o: layers.MaxoutConv2D(2, 2, 3, 3, **o), IMAGES),
    "MaxPool2D": (lambda o: layers.MaxPool2D(2), IMAGES),
    "Upsample": (lambda o: layers.Upsample(2), (2, 2, 3, 4)),
    "PixelShuffle": (lambda o: layers.PixelShuffle(2), (2, 8, 1, 2)),
    "AdaIN": (lambda o: layers.AdaIN(2, 2, 3), (2, 16)),
    "ModulatedConv2D": (
        lambda o: layers.ModulatedConv2D(2, 2, 3, 3, 3, padding=1, **o),
        (2, 20),
    ),
    "Gram": (lambda o: layers.Gram(), (2, 3, 2, 2)),
    "GradientReversal": (lambda o: layers.GradientReversal(0.5), ROWS),
    "ReLU": (lambda o: layers.ReLU(), ROWS),
    "LeakyReLU": (lambda o: layers.LeakyReLU(0.17), ROWS),
    "Sigmoid": (lambda o: layers.Sigmoid(), ROWS),
    "Tanh": (lambda o: layers.Tanh(), ROWS),
    "Rescale": (lambda o: layers.Rescale(-2.5, 0.3), ROWS),
    "Reshape": (lambda o: layers.Reshape(5, 1), ROWS),
    "Pack": (lambda o: layers.Pack(2), ROWS),
    "LSTM": (lambda o: layers.LSTM(3, 2, **o), (2, 3, 3)),
    "Sequential": (_network, ROWS),
    "Concatenate": (_branches, ROWS),
}


@dataclass
class LayerCall:
    """A layer with a batch.

    Attributes
    ----------
    kind : type
    x : array
    layer : Layer
    """

    kind: type
    x: np.ndarray
    layer: layers.Layer

    def forward(self) -> Any:
        """In training mode, with the plain kernels."""
        with kernels.use_kernels("reference"):
            return self.layer.forward(self.x, train=True, rng=np.random.default_rng(3))

    def backward(self, dy: np.ndarray, cache: Any) -> Any:
        """With the plain kernels."""
        with kernels.use_kernels("reference"):
            return self.layer.backward(dy, cache)

    def follows(self, code: CodeType) -> bool:
        """Lines of layers and of the plain kernels; not those that check arguments."""
        name = code.co_filename.replace("\\", "/")
        inside = "gan_numpy/layers/" in name or "gan_numpy/kernels/reference/" in name
        return inside and not code.co_name.startswith("check_")


def layer_call(name: str) -> LayerCall:
    """An instance in double precision, its parameters and a batch drawn."""
    build, shape = LAYERS[name]
    rng = np.random.default_rng(2)
    options = {"init": normal(0.7), "rng": rng, "dtype": np.float64}
    layer = build(options)
    for value in layer.params.values():
        value[:] = rng.uniform(0.3, 2, value.shape) * rng.choice([-1, 1], value.shape)
    x = rng.standard_normal(shape)
    return LayerCall(type(layer), np.where(np.abs(x) < 0.1, x + 0.2, x), layer)
