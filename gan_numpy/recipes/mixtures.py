r"""Mode collapse on mixtures of Gaussians, and a cure: Lin, Khetan, Fanti and Oh,
"PacGAN: The power of two samples in generative adversarial networks", arXiv:1712.04086.

Source of every number without a comment: section 4.1 of the paper and the code released
with it (``synthetic_data_experiments/2DRing_GAN&PacGAN``). A packed discriminator sees
m times as many examples per step there; here the batch is the same, so that a step
costs the same and m times fewer packs are judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets import Dataset
from gan_numpy.layers import BatchNorm, Dense, Layer, Maxout, ReLU
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes.base import Recipe
from gan_numpy.recipes.parts import pack


@dataclass(frozen=True)
class Ring(Recipe):
    """The recipe ``ring``.

    Attributes
    ----------
    generator_units : tuple of int
        Widths of the generator's hidden layers, with batch normalization and ReLU.
    discriminator_units, discriminator_pieces
        Widths of the discriminator's maxout layers, and pieces per unit.
    init_std : float
        Weights start normal with this standard deviation.
    """

    name: ClassVar[str] = "ring"
    description: ClassVar[str] = "8 Gaussians on a circle: mode collapse"
    source: ClassVar[str] = "arXiv:1712.04086, section 4.1, smaller, fewer steps"

    dataset: str = "ring"
    latent: str = "normal"
    latent_size: int = 2
    objective: str = "non_saturating"
    update: str = "simultaneous"  # the code's `ali_algorithm`: both from one batch
    discriminator_steps: int = 1
    discriminator_weight: float = 1.0
    batch_size: int = 100
    epochs: int = 60  # chosen here: 6,000 steps; the code has 400,000
    optimizer: str = "adam"
    learning_rate: float = 0.001  # chosen here; the code has .0001
    beta1: float = 0.8
    beta2: float = 0.999  # arXiv:1412.6980, Algorithm 1
    sample_every: int = 10

    # Chosen here, for a quarter of a minute; the code has 4 x 400, 3 x 200 and .02.
    generator_units: tuple[int, ...] = (128, 128)
    discriminator_units: tuple[int, ...] = (64, 64)
    discriminator_pieces: int = 5
    init_std: float = 0.05

    def __post_init__(self) -> None:
        """Check this recipe's own values, after those of every recipe."""
        super().__post_init__()
        if self.init_std <= 0:
            self._refuse("init_std", "more than 0")
        if self.discriminator_pieces > 255:
            self._refuse("discriminator_pieces", "at most 255")

    def architecture(self) -> str:
        """Both networks in one line."""
        G = "-".join(map(str, (self.latent_size, *self.generator_units)))
        pieces = self.discriminator_pieces
        D = "-".join(f"{units}x{pieces}" for units in self.discriminator_units)
        packed = f", packs of {self.packing}" if self.packing > 1 else ""
        return f"G {G} ReLU, batch norm; D maxout {D}{packed}"

    def networks(
        self,
        data: Dataset,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> tuple[Sequential, Sequential]:
        """Build both networks; the generator's output is linear."""
        return self._generator(data, rng, dtype), self._discriminator(data, rng, dtype)

    def _generator(
        self, data: Dataset, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> Sequential:
        init = normal(self.init_std)
        width, layers = self.latent_size, []
        for i, units in enumerate(self.generator_units):
            layers += [
                (f"h{i}", Dense(width, units, init=init, rng=rng, dtype=dtype)),
                (f"h{i}_norm", BatchNorm(units, dtype=dtype)),
                (f"h{i}_relu", ReLU()),
            ]
            width = units
        out = Dense(width, data.features, init=init, rng=rng, dtype=dtype)
        return Sequential([*layers, ("y", out)])

    def _discriminator(
        self, data: Dataset, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> Sequential:
        init, pieces = normal(self.init_std), self.discriminator_pieces
        width = self.packing * data.features
        layers: list[tuple[str, Layer]] = pack(self.packing)
        for i, units in enumerate(self.discriminator_units):
            maxout = Maxout(width, units, pieces, init=init, rng=rng, dtype=dtype)
            layers.append((f"h{i}", maxout))
            width = units
        logit = Dense(width, 1, init=init, rng=rng, dtype=dtype)
        return Sequential([*layers, ("y", logit)])


@dataclass(frozen=True)
class RingPacked(Ring):
    """The recipe ``ring-pacgan``."""

    name: ClassVar[str] = "ring-pacgan"
    description: ClassVar[str] = "8 Gaussians on a circle, judged in packs of two"

    packing: int = 2


@dataclass(frozen=True)
class Grid(Ring):
    """The recipe ``grid``."""

    name: ClassVar[str] = "grid"
    description: ClassVar[str] = "25 Gaussians on a grid: mode collapse"

    dataset: str = "grid"


@dataclass(frozen=True)
class GridPacked(Grid):
    """The recipe ``grid-pacgan``."""

    name: ClassVar[str] = "grid-pacgan"
    description: ClassVar[str] = "25 Gaussians on a grid, judged in packs of two"

    packing: int = 2
