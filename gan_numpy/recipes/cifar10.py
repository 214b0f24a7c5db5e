"""The paper's models of CIFAR-10: fully connected, and convolutional.

Source of every number without a comment: ``cifar10_fully_connected.yaml`` and
``cifar10_convolutional.yaml`` of the code released with the paper,
https://github.com/goodfeli/adversarial (Goodfellow et al., arXiv:1406.2661, figures 2c
and 2d). The contrast of the images is normalized (see `gan_numpy.datasets.contrast`),
so the generators end without a sigmoid. Numbers that are not here are those of
`gan_numpy.recipes.faces`, where they are the same in the released code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.layers import (
    Bias,
    ConvTranspose2D,
    Dense,
    Layer,
    Maxout,
    MaxoutConv2D,
    MaxPool2D,
    Reshape,
)
from gan_numpy.layers.initializers import uniform
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes.faces import TFD
from gan_numpy.recipes.parts import dropout


@dataclass(frozen=True)
class CIFAR10(TFD):
    """The recipe ``cifar10``: what differs from the faces."""

    name: ClassVar[str] = "cifar10"
    description: ClassVar[str] = "the paper's fully connected model of CIFAR-10"
    source: ClassVar[str] = "arXiv:1406.2661 and its cifar10_fully_connected.yaml"

    dataset: str = "cifar10-gcn"
    learning_rate: float = 0.025
    column_limit: float = 0.0

    discriminator_units: tuple[int, ...] = (1600, 1600)
    # chosen here: at 1, the paper's, G alone has 89 M weights
    width: float = 0.125
    sigmoid_bias: float = 0.0
    output_init: float = 0.5


# Units, kernel, padding; pooling window and stride of the convolutional discriminator.
CONVOLUTIONS = ((32, 8, 4, 4, 2), (32, 8, 3, 4, 2), (192, 5, 3, 2, 2))
PIECES = 2
CHANNELS, KERNEL, STRIDE = 80, 5, 3  # of the generator's deconvolution


@dataclass(frozen=True)
class CIFAR10Conv(CIFAR10):
    """The recipe ``cifar10-conv``."""

    name: ClassVar[str] = "cifar10-conv"
    description: ClassVar[str] = "the paper's convolutional model of CIFAR-10"
    source: ClassVar[str] = "arXiv:1406.2661 and its cifar10_convolutional.yaml"

    batch_size: int = 128
    learning_rate: float = 0.004
    discriminator_units: tuple[int, ...] = (500,)
    output_init: float = 0.05
    width: float = 0.25  # chosen here

    def architecture(self) -> str:
        """Both networks in one line."""
        convolutions = self.scaled_units(tuple(c[0] for c in CONVOLUTIONS))
        (channels,) = self.scaled_units((CHANNELS,))
        D = "-".join(f"{units}x{PIECES}" for units in convolutions)
        return (
            f"G {self.latent_size}-{self.scaled_units(self.generator_units)[0]} ReLU, "
            f"{channels} channels sigmoid, deconvolution; D maxout convolutions {D}, "
            f"maxout {self.maxout_units()[0]}x{self.discriminator_pieces}; "
            f"width {self.width:g}"
        )

    def _generator(
        self, data: Dataset, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> Sequential:
        shape = self._image(data)
        places = [(side - KERNEL) // STRIDE + 1 for side in shape[1:]]
        (channels,) = self.scaled_units((CHANNELS,))
        first = self.scaled_units(self.generator_units)[0]
        hidden = self._hidden_of(first, channels * places[0] * places[1], rng, dtype)
        deconvolution = ConvTranspose2D(
            channels,
            shape[0],
            KERNEL,
            stride=STRIDE,
            init=uniform(self.output_init),
            rng=rng,
            dtype=dtype,
        )
        return Sequential(
            [
                *hidden,
                ("maps", Reshape(channels, *places)),
                ("y", deconvolution),
                ("y_bias", Bias(*shape, dtype=dtype)),  # tied_b: 0
                ("flat", Reshape(-1)),
            ]
        )

    def _discriminator(
        self, data: Dataset, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> Sequential:
        shape, init = self._image(data), uniform(self.discriminator_init)
        layers: list[tuple[str, Layer]] = [("image", Reshape(*shape))]
        (channels, *sides), keep = shape, self.keep_input
        for i, (units, kernel, padding, pool, stride) in enumerate(CONVOLUTIONS):
            (units,) = self.scaled_units((units,))
            maxout = MaxoutConv2D(
                channels,
                units,
                PIECES,
                kernel,
                padding=padding,
                init=init,
                rng=rng,
                dtype=dtype,
            )
            layers += [
                *dropout(f"h{i}_dropout", keep),
                (f"h{i}", maxout),
                (f"h{i}_pool", MaxPool2D(pool, stride)),
            ]
            sides = [side + 2 * padding - kernel + 1 for side in sides]
            sides = [-(-(side - pool) // stride) + 1 for side in sides]
            channels, keep = units, self.keep_hidden
        layers.append(("flat", Reshape(-1)))
        (units,) = self.maxout_units()
        dense = Maxout(
            channels * sides[0] * sides[1],
            units,
            self.discriminator_pieces,
            init=init,
            rng=rng,
            dtype=dtype,
        )
        logit = Dense(units, 1 + self.head, init=init, rng=rng, dtype=dtype)
        layers += [*dropout("h3_dropout", keep), ("h3", dense)]
        return Sequential([*layers, *dropout("y_dropout", keep), ("y", logit)])

    def _image(self, data: Dataset) -> tuple[int, ...]:
        """Shape of the images, (channels, height, width)."""
        shape = data.image_shape
        if shape is None or any(
            side < KERNEL or (side - KERNEL) % STRIDE for side in shape[-2:]
        ):
            raise UserError(
                f"recipe {self.name} makes images with sides of 5, 8, 11, ... 32 ... "
                f"pixels, data set {data.name} has "
                f"{'none' if shape is None else ' x '.join(map(str, shape))}"
            )
        return shape if len(shape) == 3 else (1, *shape)
