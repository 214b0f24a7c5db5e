r"""The game of the browser's playground: any small networks on points of the plane.

The networks are written in words: ``dense 32 leaky_relu, dropout 0.5, maxout 16 3``.
The numbers are those with which the ring is found within a minute in a browser; every
one of them is meant to be changed there.

Sources of the parts: the game, Goodfellow et al. 2014, with the non-saturating loss;
its penalty, R1, arXiv:1801.04406; its optimizer, Adam, arXiv:1412.6980.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets import Dataset
from gan_numpy.layers import (
    BatchNorm,
    Dense,
    Dropout,
    Layer,
    LeakyReLU,
    Maxout,
    ReLU,
    Sigmoid,
    Tanh,
)
from gan_numpy.layers.initializers import Initializer, he_normal, normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes.base import Recipe
from gan_numpy.recipes.parts import pack
from gan_numpy.recipes.validation import refuse

ACTIVATIONS: dict[str, Callable[[], Layer]] = {
    "relu": ReLU,
    "leaky_relu": lambda: LeakyReLU(0.2),
    "tanh": Tanh,
    "sigmoid": Sigmoid,
}
WORDS = (
    "dense WIDTH [batchnorm] [relu, leaky_relu, tanh or sigmoid], maxout UNITS PIECES, "
    "or dropout KEEP, with commas between"
)
Named = list[tuple[str, Layer]]
Make = Callable[[str, int], tuple[Named, int]]  # (name, width before) -> layers, width


@dataclass(frozen=True)
class Playground(Recipe):
    """The recipe ``playground``.

    Attributes
    ----------
    generator_layers, discriminator_layers : str
        The hidden layers in words; a linear one follows.
    init_std : float
        Weights start normal with this standard deviation; 0 for He's.
    """

    name: ClassVar[str] = "playground"
    description: ClassVar[str] = "points of the plane: the game in the browser"
    source: ClassVar[str] = "arXiv:1801.04406, on points; its numbers chosen here"

    dataset: str = "ring"
    latent: str = "uniform"
    latent_size: int = 2
    objective: str = "non_saturating"
    update: str = "alternating"
    discriminator_steps: int = 1
    discriminator_weight: float = 1.0
    penalty: str = "r1"
    penalty_weight: float = 0.1
    batch_size: int = 100
    epochs: int = 100
    optimizer: str = "adam"
    learning_rate: float = 0.002
    momentum_final: float = 0.5
    momentum_saturate: int = 1
    beta1: float = 0.5
    beta2: float = 0.99
    sample_every: int = 10

    generator_layers: str = "dense 32 leaky_relu, dense 32 leaky_relu"
    discriminator_layers: str = "dense 32 leaky_relu, dense 32 leaky_relu"
    init_std: float = 0.0  # sqrt(2 / n_in) (He et al., arXiv:1502.01852, eq. 10)

    def __post_init__(self) -> None:
        """Check this recipe's own values, after those of every recipe."""
        super().__post_init__()
        if self.init_std < 0:
            self._refuse("init_std", "at least 0, with 0 for He's")
        rng = np.random.default_rng(0)
        for field in ("generator_layers", "discriminator_layers"):
            for part in getattr(self, field).split(","):
                make = self._layer(part, rng, np.float32)
                if make is None:
                    refuse(self, field, WORDS)
                layers, _ = make("h", 1)
                if self.penalty != "none" and field == "discriminator_layers":
                    if any(not layer.per_example for _, layer in layers):
                        self._refuse(field, "no batchnorm with a penalty")

    def architecture(self) -> str:
        """Both networks in one line."""
        packed = f", packs of {self.packing}" if self.packing > 1 else ""
        return (
            f"G {self.latent_size}, {self.generator_layers}, linear; "
            f"D {self.discriminator_layers}, linear{packed}"
        )

    def networks(
        self,
        data: Dataset,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> tuple[Sequential, Sequential]:
        """Build both networks; the generator's output is linear."""
        width = data.features
        G = self._chain(self.generator_layers, self.latent_size, width, rng, dtype)
        width *= self.packing
        D = self._chain(self.discriminator_layers, width, 1, rng, dtype)
        return Sequential(G), Sequential([*pack(self.packing), *D])

    def _chain(
        self,
        text: str,
        width: int,
        out: int,
        rng: np.random.Generator,
        dtype: npt.DTypeLike,
    ) -> Named:
        """The layers that a text names, and the linear one at the end."""
        layers: Named = []
        for i, part in enumerate(text.split(",")):
            make = self._layer(part, rng, dtype)
            assert make is not None  # refused when the recipe was made
            own, width = make(f"h{i}", width)
            layers += own
        last = Dense(width, out, init=self._init(), rng=rng, dtype=dtype)
        return [*layers, ("y", last)]

    def _init(self) -> Initializer:
        return normal(self.init_std) if self.init_std else he_normal()

    def _layer(
        self, text: str, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> Make | None:
        """What makes the layers of one part of the text; None if it says nothing."""
        kind, *words = text.split() or [""]
        size = _number(words[0]) if words else 0.0
        units = int(size) if size.is_integer() and 1 <= size <= 512 else 0
        init = self._init()

        def dense(name: str, width: int) -> tuple[Named, int]:
            own: Named = [(name, Dense(width, units, init=init, rng=rng, dtype=dtype))]
            for word in words[1:]:
                if word == "batchnorm":
                    own.append((f"{name}_norm", BatchNorm(units, dtype=dtype)))
                else:
                    own.append((f"{name}_{word}", ACTIVATIONS[word]()))
            return own, units

        def maxout(name: str, width: int) -> tuple[Named, int]:
            layer = Maxout(width, units, pieces, init=init, rng=rng, dtype=dtype)
            return [(name, layer)], units

        after = words[2:] if words[1:2] == ["batchnorm"] else words[1:]
        if kind == "dense" and units and len(after) < 2 and {*after} <= {*ACTIVATIONS}:
            return dense
        if kind == "maxout" and units and len(words) == 2:
            count = _number(words[1])
            pieces = int(count) if count.is_integer() else 0
            return maxout if 1 <= pieces <= 20 else None
        if kind == "dropout" and len(words) == 1 and 0 < size <= 1:
            return lambda name, width: ([(name, Dropout(size))], width)
        return None


def _number(word: str) -> float:
    """The number that a word is; 0, which no size may be, if it is none."""
    try:
        value = float(word)
    except ValueError:
        return 0.0
    return value if abs(value) < 1e9 else 0.0
