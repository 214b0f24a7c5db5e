r"""The paper's networks: a ReLU generator against a maxout discriminator with dropout.

.. math::
    G(z) &= \sigma(\mathrm{relu}(\mathrm{relu}(z W_0 + b_0) W_1 + b_1) W_2 + b_2), \\
    D(x) &= \sigma(\mathrm{maxout}(\mathrm{maxout}(x)) \cdot w + b),

with dropout before each layer of the discriminator. The discriminator's sigmoid is part
of the loss, so the network ends with the logit.

With labels the generator reads ``[z, onehot(c)]``; the discriminator reads
``[x, onehot(c)]``, or answers with K class logits beside its own. A dense layer on a
one-hot code is an embedding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets import Dataset
from gan_numpy.layers import Dense, Layer, Maxout, ReLU, Sigmoid
from gan_numpy.layers.initializers import uniform
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes.base import Recipe
from gan_numpy.recipes.parts import (
    check_pixels,
    dropout,
    making_pairs,
    marginal_logits,
    pack,
)


@dataclass(frozen=True)
class MaxoutGAN(Recipe):
    """A recipe with the paper's pair of networks.

    Attributes
    ----------
    generator_units : tuple of int
        Widths of the generator's ReLU layers.
    generator_init : float
        Its weights start uniform in ± this.
    marginal_clip : float
        How far the pixel means, where its output starts, keep away from 0 and 1.
    discriminator_units, discriminator_pieces
        Widths of the discriminator's maxout layers, and pieces per unit.
    discriminator_init : float
        Its weights start uniform in ± this.
    keep_input, keep_hidden : float
        What dropout keeps of the discriminator's input and of each hidden layer; 1 for
        no dropout there.
    """

    label_choices: ClassVar[tuple[str, ...]] = (
        "none",
        "conditional",
        "auxiliary",
        "information",
    )

    generator_units: tuple[int, ...]
    generator_init: float
    marginal_clip: float
    discriminator_units: tuple[int, ...]
    discriminator_pieces: int
    discriminator_init: float
    keep_input: float
    keep_hidden: float

    def __post_init__(self) -> None:
        """Check this family's own values, after those of every recipe."""
        super().__post_init__()
        for name in ("keep_input", "keep_hidden"):
            if not 0 < getattr(self, name) <= 1:
                self._refuse(name, "in (0, 1]")
        for name in ("generator_init", "discriminator_init"):
            if getattr(self, name) <= 0:
                self._refuse(name, "more than 0")
        if not 0 < self.marginal_clip < 0.5:
            self._refuse("marginal_clip", "between 0 and 0.5")
        if self.discriminator_pieces > 255:
            self._refuse("discriminator_pieces", "at most 255")

    def architecture(self) -> str:
        """Both networks in one line: ``G 100-1200-1200 ...; D maxout 240x5-240x5``."""
        G = "-".join(map(str, (self.latent_size, *self.generator_units)))
        pieces = self.discriminator_pieces
        D = "-".join(f"{units}x{pieces}" for units in self.discriminator_units)
        return ", ".join([f"G {G} ReLU, sigmoid; D maxout {D}", *self.extras()])

    def extras(self) -> list[str]:
        """What the discriminator has besides its layers."""
        found = ["dropout"] if self.keep_input < 1 or self.keep_hidden < 1 else []
        if self.penalty != "none":
            found.append(self.penalty.replace("_", " "))
        return found

    def networks(
        self,
        data: Dataset,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> tuple[Sequential, Sequential]:
        """Build both networks; the generator's output starts at the pixel marginals.

        Raises
        ------
        UserError
            If the data's values do not lie in [0, 1], where the generator draws.
        """
        check_pixels(self, data)
        G, D = self._generator(data, rng, dtype), self._discriminator(data, rng, dtype)
        if self.paired:
            G = making_pairs(G, self.latent_size, self.told)
        return G, D

    def maxout_units(self) -> tuple[int, ...]:
        """Widths of the discriminator's maxout layers."""
        return self.discriminator_units

    def _generator(
        self, data: Dataset, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> Sequential:
        init = uniform(self.generator_init)
        width, layers = self.latent_size + self.told, []
        for i, units in enumerate(self.generator_units):
            dense = Dense(width, units, init=init, rng=rng, dtype=dtype)
            layers += [(f"h{i}", dense), (f"h{i}_relu", ReLU())]
            width = units
        out = Dense(
            width,
            data.features,
            init=init,
            rng=rng,
            bias=marginal_logits(data, self.marginal_clip),
            dtype=dtype,
        )
        return Sequential([*layers, ("y", out), ("y_sigmoid", Sigmoid())])

    def _discriminator(
        self, data: Dataset, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> Sequential:
        init = uniform(self.discriminator_init)
        width, keep = self.packing * self.judged_features(data), self.keep_input
        layers: list[tuple[str, Layer]] = pack(self.packing)
        for i, units in enumerate(self.maxout_units()):
            maxout = Maxout(
                width, units, self.discriminator_pieces, init=init, rng=rng, dtype=dtype
            )
            layers += [*dropout(f"h{i}_dropout", keep), (f"h{i}", maxout)]
            width, keep = units, self.keep_hidden
        outputs = Dense(width, 1 + self.head, init=init, rng=rng, dtype=dtype)
        return Sequential([*layers, *dropout("y_dropout", keep), ("y", outputs)])
