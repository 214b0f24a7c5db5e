r"""The networks of the conditional GAN: noise and class meet in a joint layer.

.. math::
    h = [\mathrm{relu}(z W_z), \mathrm{relu}(y W_y)], \qquad
    G(z, y) = \sigma(\mathrm{relu}(h W_h) W_x),

    D(x, y) = \sigma(\mathrm{maxout}([\mathrm{maxout}(x), \mathrm{maxout}(y)]) \cdot w),

with y one-hot, biases everywhere, and dropout before each layer of the discriminator.
Its sigmoid is part of the loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets import Dataset
from gan_numpy.layers import Dense, Dropout, Layer, Maxout, ReLU, Sigmoid
from gan_numpy.layers.concatenate import Concatenate
from gan_numpy.layers.initializers import uniform
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes.base import Recipe
from gan_numpy.recipes.parts import check_pixels, making_pairs, marginal_logits


@dataclass(frozen=True)
class ConditionalGAN(Recipe):
    r"""A recipe with the conditional GAN's pair of networks.

    Attributes
    ----------
    z_units, y_units, joint_units : int
        Widths of the generator's layers for the noise, the class and both.
    x_maxout, y_maxout, joint_maxout : int
        Widths of the discriminator's layers for the image, the class and both.
    pieces, joint_pieces : int
        Their pieces per unit.
    init : float
        Weights start uniform in ± this.
    class_init : float
        The same for the two layers that read the class. A one-hot row has length 1, z
        has :math:`\sqrt{100}`: with equal weights the class would hardly be heard.
    marginal_clip : float
        How far the pixel means, where the output starts, keep away from 0 and 1.
    keep : float
        What dropout keeps of the discriminator's joint layer and of its output's input;
        1 for no dropout.
    """

    label_choices: ClassVar[tuple[str, ...]] = ("conditional",)

    z_units: int
    y_units: int
    joint_units: int
    x_maxout: int
    y_maxout: int
    joint_maxout: int
    pieces: int
    joint_pieces: int
    init: float
    class_init: float
    marginal_clip: float
    keep: float

    def __post_init__(self) -> None:
        """Check this family's own values, after those of every recipe."""
        super().__post_init__()
        if not 0 < self.keep <= 1:
            self._refuse("keep", "in (0, 1]")
        for name in ("init", "class_init"):
            if getattr(self, name) <= 0:
                self._refuse(name, "more than 0")
        if not 0 < self.marginal_clip < 0.5:
            self._refuse("marginal_clip", "between 0 and 0.5")

    def architecture(self) -> str:
        """Both networks in one line."""
        return (
            f"G z {self.z_units}, y {self.y_units}, joint {self.joint_units} ReLU; "
            f"D maxout x {self.x_maxout}x{self.pieces}, y {self.y_maxout}x{self.pieces}"
            f", joint {self.joint_maxout}x{self.joint_pieces}"
        )

    def networks(
        self,
        data: Dataset,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> tuple[Sequential, Sequential]:
        """Build both networks: of pairs of an image and a class."""
        check_pixels(self, data)
        G = self._generator(data, rng, dtype)
        G = making_pairs(G, self.latent_size, self.classes)
        return G, self._discriminator(data, rng, dtype)

    def _generator(
        self, data: Dataset, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> Sequential:
        init, width = uniform(self.init), self.latent_size + self.classes

        def dense(n_in: int, n_out: int, bias: float | np.ndarray = 0.0) -> Dense:
            return Dense(n_in, n_out, init=init, rng=rng, bias=bias, dtype=dtype)

        class_layer = Dense(
            self.classes,
            self.y_units,
            init=uniform(self.class_init),
            rng=rng,
            dtype=dtype,
        )
        z = Sequential([("h", dense(self.latent_size, self.z_units)), ("relu", ReLU())])
        y = Sequential([("h", class_layer), ("relu", ReLU())])
        branches = [
            ("z", slice(0, self.latent_size), z),
            ("y", slice(self.latent_size, width), y),
        ]
        start = marginal_logits(data, self.marginal_clip)
        return Sequential(
            [
                ("inputs", Concatenate(branches, width)),
                ("joint", dense(self.z_units + self.y_units, self.joint_units)),
                ("joint_relu", ReLU()),
                ("x", dense(self.joint_units, data.features, start)),
                ("x_sigmoid", Sigmoid()),
            ]
        )

    def _discriminator(
        self, data: Dataset, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> Sequential:
        init, features = uniform(self.init), data.features

        def maxout(n_in: int, units: int, pieces: int) -> Maxout:
            return Maxout(n_in, units, pieces, init=init, rng=rng, dtype=dtype)

        class_layer = Maxout(
            self.classes,
            self.y_maxout,
            self.pieces,
            init=uniform(self.class_init),
            rng=rng,
            dtype=dtype,
        )
        x = Sequential([("h", maxout(features, self.x_maxout, self.pieces))])
        y = Sequential([("h", class_layer)])
        width = features + self.classes
        branches = [
            ("x", slice(0, features), x),
            ("y", slice(features, width), y),
        ]
        joint = self.x_maxout + self.y_maxout
        layers: list[tuple[str, Layer]] = [("inputs", Concatenate(branches, width))]
        if self.keep < 1:
            layers.append(("joint_dropout", Dropout(self.keep)))
        layers.append(("joint", maxout(joint, self.joint_maxout, self.joint_pieces)))
        if self.keep < 1:
            layers.append(("logit_dropout", Dropout(self.keep)))
        logit = Dense(self.joint_maxout, 1, init=init, rng=rng, dtype=dtype)
        return Sequential([*layers, ("logit", logit)])
