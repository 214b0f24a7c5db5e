r"""Semi-supervised GAN: Salimans et al., "Improved techniques for training GANs",
arXiv:1606.03498, section 5 (its MNIST model).

The discriminator is a classifier: dense layers with Gaussian noise added to the input
of each; the generator matches the means of its last hidden layer. Source of every
number without a comment: section 5.1 and the code released with the paper
(``mnist_svhn_cifar10/train_mnist_feature_matching.py`` of openai/improved-gan).

What that code has and these recipes do without: weight normalization in the classifier
and at the generator's output (here weights start as in `he_normal` and are left alone);
softplus in the generator (here ReLU); a running average of the classifier's weights for
the test; the 10,000 validation images as unlabeled ones. It shows all labeled examples
once in each minibatch; here as many are drawn with replacement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets import Dataset
from gan_numpy.layers import (
    BatchNorm,
    Dense,
    GaussianNoise,
    Layer,
    ReLU,
    Sigmoid,
)
from gan_numpy.layers.initializers import glorot_uniform, he_normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes.base import Recipe
from gan_numpy.recipes.parts import check_pixels


@dataclass(frozen=True)
class SGANMNIST(Recipe):
    """The recipe ``sgan-mnist``.

    Attributes
    ----------
    generator_units, classifier_units : tuple of int
        Widths of the hidden layers.
    input_noise, hidden_noise : float
        Standard deviations of the noise added before each layer of the classifier.
    """

    name: ClassVar[str] = "sgan-mnist"
    description: ClassVar[str] = "a classifier from 100 labels and a game, on MNIST"
    source: ClassVar[str] = "arXiv:1606.03498, section 5.1"
    label_choices: ClassVar[tuple[str, ...]] = ("semi_supervised",)

    dataset: str = "mnist"
    latent: str = "uniform"  # the code: in [0, 1]; here variance 1
    latent_size: int = 100
    objective: str = (
        "non_saturating"  # not used: see gan_numpy.training.semi_supervised
    )
    update: str = "semi_supervised"
    discriminator_steps: int = 1
    discriminator_weight: float = 1.0
    batch_size: int = 100
    epochs: int = 30  # chosen here; the code has 300
    optimizer: str = "adam"
    learning_rate: float = 0.001  # chosen here; the code has .003 with weight norm
    beta1: float = 0.5
    beta2: float = 0.999
    sample_every: int = 5
    labels: str = "semi_supervised"
    labeled: int = 100

    generator_units: tuple[int, ...] = (500, 500)
    classifier_units: tuple[int, ...] = (1000, 500, 250, 250, 250)
    input_noise: float = 0.3
    hidden_noise: float = 0.5

    def __post_init__(self) -> None:
        """Check this recipe's own values, after those of every recipe."""
        super().__post_init__()
        for name in ("input_noise", "hidden_noise"):
            if getattr(self, name) < 0:
                self._refuse(name, "at least 0")

    def architecture(self) -> str:
        """Both networks in one line."""
        G = "-".join(map(str, (self.latent_size, *self.generator_units)))
        D = "-".join(map(str, (*self.classifier_units, self.classes)))
        return f"G {G} ReLU, batch norm; classifier {D} ReLU, noise"

    def networks(
        self,
        data: Dataset,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> tuple[Sequential, Sequential]:
        """Build the generator and the classifier, in two parts."""
        check_pixels(self, data)
        G = self._generator(data, rng, dtype)
        return G, self._classifier(data, rng, dtype)

    def _generator(
        self, data: Dataset, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> Sequential:
        width, layers = self.latent_size, []
        for i, units in enumerate(self.generator_units):
            dense = Dense(width, units, init=he_normal(), rng=rng, dtype=dtype)
            layers += [
                (f"h{i}", dense),
                (f"h{i}_norm", BatchNorm(units, dtype=dtype)),
                (f"h{i}_relu", ReLU()),
            ]
            width = units
        init = glorot_uniform()
        out = Dense(width, data.features, init=init, rng=rng, dtype=dtype)
        return Sequential([*layers, ("y", out), ("y_sigmoid", Sigmoid())])

    def _classifier(
        self, data: Dataset, rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> Sequential:
        width, noise = data.features, self.input_noise
        layers: list[tuple[str, Layer]] = []
        for i, units in enumerate(self.classifier_units):
            layers += [
                (f"h{i}_noise", GaussianNoise(noise)),
                (f"h{i}", Dense(width, units, init=he_normal(), rng=rng, dtype=dtype)),
                (f"h{i}_relu", ReLU()),
            ]
            width, noise = units, self.hidden_noise
        init = glorot_uniform()
        head = Sequential(
            [
                ("noise", GaussianNoise(noise)),
                ("y", Dense(width, self.classes, init=init, rng=rng, dtype=dtype)),
            ]
        )
        return Sequential([("features", Sequential(layers)), ("classes", head)])


@dataclass(frozen=True)
class SGAN(SGANMNIST):
    """The recipe ``sgan``: what differs on 8x8 digits, all chosen here."""

    name: ClassVar[str] = "sgan"
    description: ClassVar[str] = "a classifier from 50 labels and a game, 8x8 digits"

    dataset: str = "digits"
    latent_size: int = 32
    batch_size: int = 50
    epochs: int = 150
    sample_every: int = 10
    labeled: int = 50

    generator_units: tuple[int, ...] = (128, 128)
    classifier_units: tuple[int, ...] = (256, 128, 64)
    input_noise: float = 0.2
    hidden_noise: float = 0.3
