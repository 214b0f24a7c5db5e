r"""The paper's networks for faces and natural images, at any width.

The generator is a ReLU layer, a sigmoid layer and the output; the discriminator is the
MNIST model's, two maxout layers with dropout, only wider. At the paper's own width the
networks have up to 89 million weights; `width` scales every hidden layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets import Dataset
from gan_numpy.layers import Dense, Layer, ReLU, Sigmoid
from gan_numpy.layers.initializers import Initializer, sparse, uniform
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes.maxout_gan import MaxoutGAN
from gan_numpy.recipes.parts import marginal_logits


@dataclass(frozen=True)
class WideGAN(MaxoutGAN):
    """A recipe with the paper's networks for larger images.

    Attributes
    ----------
    width : float
        Factor of the units of every hidden layer; 1 is the paper's.
    sigmoid_bias : float
        Initial bias of the generator's sigmoid layer.
    output_init : float
        The output's weights start uniform in ± this; 0 for `output_sparse`.
    output_sparse : int
        Nonzero initial weights of each output, if `output_init` is 0.
    """

    label_choices: ClassVar[tuple[str, ...]] = ("none", "auxiliary", "information")

    width: float
    sigmoid_bias: float
    output_init: float
    output_sparse: int

    def __post_init__(self) -> None:
        """Check this family's own values, after those of every recipe."""
        super().__post_init__()
        if self.width <= 0:
            self._refuse("width", "more than 0")
        if self.output_init < 0:
            self._refuse("output_init", "at least 0, with 0 for output_sparse")
        if len(self.generator_units) != 2:
            self._refuse("generator_units", "two widths: of ReLU and sigmoid units")

    def scaled_units(self, units: tuple[int, ...]) -> tuple[int, ...]:
        """Widths of layers at this recipe's `width`."""
        return tuple(max(1, round(self.width * n)) for n in units)

    def architecture(self) -> str:
        """Both networks in one line."""
        hidden = self.scaled_units(self.generator_units)
        G = "-".join(map(str, (self.latent_size, *hidden)))
        pieces = self.discriminator_pieces
        D = "-".join(f"{units}x{pieces}" for units in self.maxout_units())
        parts = [f"G {G} ReLU, sigmoid; D maxout {D}", *self.extras()]
        return ", ".join([*parts, f"width {self.width:g}"])

    def _generator(
        self, data: Dataset, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> Sequential:
        first, width = self.scaled_units(self.generator_units)
        hidden = self._hidden_of(first, width, rng, dtype)
        y = Dense(
            width,
            data.features,
            init=self._output_init(),
            rng=rng,
            bias=0.0 if data.contrast else marginal_logits(data, self.marginal_clip),
            dtype=dtype,
        )
        if data.contrast:  # values of any sign: the output is linear
            return Sequential([*hidden, ("y", y)])
        return Sequential([*hidden, ("y", y), ("y_sigmoid", Sigmoid())])

    def _hidden_of(
        self, first: int, second: int, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> list[tuple[str, Layer]]:
        """z to `first` ReLU units to `second` sigmoid units."""
        init = uniform(self.generator_init)
        inputs = self.latent_size + self.told
        h0 = Dense(inputs, first, init=init, rng=rng, dtype=dtype)
        bias = self.sigmoid_bias
        h1 = Dense(first, second, init=init, rng=rng, bias=bias, dtype=dtype)
        return [
            ("h0", h0),
            ("h0_relu", ReLU()),
            ("h1", h1),
            ("h1_sigmoid", Sigmoid()),
        ]

    def maxout_units(self) -> tuple[int, ...]:
        """Widths of the discriminator's maxout layers."""
        return self.scaled_units(self.discriminator_units)

    def _output_init(self) -> Initializer:
        if self.output_init > 0:
            return uniform(self.output_init)
        return sparse(self.output_sparse)
