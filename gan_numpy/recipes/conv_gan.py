r"""The networks of DCGAN: convolutions instead of dense layers, and no pooling.

The generator projects z to a small image of many channels, and doubles its side with
each transposed convolution; the discriminator halves it with each convolution:

.. math::
    z \to C_1 \times \tfrac{H}{4} \times \tfrac{W}{4}
      \to C_2 \times \tfrac{H}{2} \times \tfrac{W}{2} \to 1 \times H \times W .

Batch normalization stands everywhere but at the generator's output and the
discriminator's input, ReLU in the generator, leaky ReLU in the discriminator. The
generator ends with tanh. Pixels are in [0, 1] everywhere else in this library, so a
fixed `Rescale` leads from [-1, 1] to there, and back at the discriminator's entrance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.layers import (
    BatchNorm,
    Conv2D,
    ConvTranspose2D,
    Dense,
    Layer,
    LeakyReLU,
    ReLU,
    Rescale,
    Reshape,
    Tanh,
)
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes.base import Recipe
from gan_numpy.recipes.parts import check_pixels

KERNEL, STRIDE, PADDING = 4, 2, 1  # each layer doubles or halves the side exactly


@dataclass(frozen=True)
class ConvGAN(Recipe):
    """A recipe with DCGAN's pair of networks.

    Attributes
    ----------
    generator_channels : tuple of int
        Channels of the projected z and after each transposed convolution but the last.
    discriminator_channels : tuple of int
        Channels after each convolution.
    init_std : float
        Weights start normal with this standard deviation.
    leak : float
        Slope of the discriminator's leaky ReLU for negative values.
    """

    label_choices: ClassVar[tuple[str, ...]] = ("none", "auxiliary", "information")

    generator_channels: tuple[int, ...]
    discriminator_channels: tuple[int, ...]
    init_std: float
    leak: float

    def __post_init__(self) -> None:
        """Check this family's own values, after those of every recipe."""
        super().__post_init__()
        if self.init_std <= 0:
            self._refuse("init_std", "more than 0")
        if not 0 <= self.leak < 1:
            self._refuse("leak", "in [0, 1)")
        if self.penalty != "none":
            self._refuse("penalty", "none: batch normalization mixes the examples")
        if self.packing > 1:
            self._refuse("packing", "1: batch normalization mixes the examples")

    def architecture(self) -> str:
        """Both networks in one line."""
        G = "-".join(map(str, self.generator_channels))
        D = "-".join(map(str, self.discriminator_channels))
        return f"G {self.latent_size} -> conv {G}, tanh; D conv {D}; batch norm"

    def networks(
        self,
        data: Dataset,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> tuple[Sequential, Sequential]:
        """Build both networks.

        Raises
        ------
        UserError
            If the data are not images of a size that can be halved so often.
        """
        check_pixels(self, data)
        shape = data.image_shape
        if shape is None:
            raise UserError(
                f"recipe {self.name} needs images, data set {data.name} has none"
            )
        image = shape if len(shape) == 3 else (1, *shape)
        for channels in (self.generator_channels, self.discriminator_channels):
            if any(side % 2 ** len(channels) for side in image[1:]):
                raise UserError(
                    f"recipe {self.name} halves images {len(channels)} times, data set "
                    f"{data.name} has {image[1]} x {image[2]} pixels"
                )
        G = self._generator(image, rng, dtype)
        return G, self._discriminator(image, rng, dtype)

    def _generator(
        self,
        image: tuple[int, ...],
        rng: np.random.Generator,
        dtype: npt.DTypeLike,
    ) -> Sequential:
        init, channels = normal(self.init_std), self.generator_channels
        height, width = (side // 2 ** len(channels) for side in image[1:])
        inputs, features = self.latent_size + self.told, channels[0] * height * width
        layers: list[tuple[str, Layer]] = [
            ("project", Dense(inputs, features, init=init, rng=rng, dtype=dtype)),
            ("project_image", Reshape(channels[0], height, width)),
            ("project_norm", BatchNorm(channels[0], dtype=dtype)),
            ("project_relu", ReLU()),
        ]
        for i, (before, after) in enumerate(zip(channels, (*channels[1:], image[0]))):
            up = ConvTranspose2D(
                before,
                after,
                KERNEL,
                stride=STRIDE,
                padding=PADDING,
                init=init,
                rng=rng,
                dtype=dtype,
            )
            layers.append((f"up{i}", up))
            if i < len(channels) - 1:
                layers.append((f"up{i}_norm", BatchNorm(after, dtype=dtype)))
                layers.append((f"up{i}_relu", ReLU()))
        layers += [("tanh", Tanh()), ("pixels", Rescale(0.5, 0.5))]
        return Sequential([*layers, ("flat", Reshape(-1))])

    def _discriminator(
        self,
        image: tuple[int, ...],
        rng: np.random.Generator,
        dtype: npt.DTypeLike,
    ) -> Sequential:
        init, before = normal(self.init_std), image[0]
        layers: list[tuple[str, Layer]] = [
            ("pixels", Rescale(2.0, -1.0)),
            ("image", Reshape(*image)),
        ]
        for i, after in enumerate(self.discriminator_channels):
            down = Conv2D(
                before,
                after,
                KERNEL,
                stride=STRIDE,
                padding=PADDING,
                init=init,
                rng=rng,
                dtype=dtype,
            )
            layers.append((f"down{i}", down))
            if i > 0:
                layers.append((f"down{i}_norm", BatchNorm(after, dtype=dtype)))
            layers.append((f"down{i}_leaky", LeakyReLU(self.leak)))
            before = after
        area = np.prod(image[1:]) // 4 ** len(self.discriminator_channels)
        outputs = Dense(
            before * int(area), 1 + self.head, init=init, rng=rng, dtype=dtype
        )
        return Sequential([*layers, ("flat", Reshape(-1)), ("y", outputs)])
