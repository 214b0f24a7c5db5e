"""Wasserstein GAN with clipped weights: Arjovsky, Chintala, Bottou, arXiv:1701.07875.

Source of every number without a comment: Algorithm 1 of the paper. The networks are
those of `gan_numpy.recipes.digits` and `gan_numpy.recipes.mnist`, without dropout: the
critic is meant to be trained to its optimum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gan_numpy.recipes.digits import Digits
from gan_numpy.recipes.mnist import MNIST


@dataclass(frozen=True)
class WGAN(Digits):
    """The recipe ``wgan``."""

    name: ClassVar[str] = "wgan"
    description: ClassVar[str] = "a critic with clipped weights, on 8x8 digits"
    source: ClassVar[str] = "arXiv:1701.07875"

    objective: str = "wasserstein"
    discriminator_steps: int = 5
    discriminator_weight: float = 1.0
    clip: float = 0.03  # chosen here: three times the paper's, for narrow layers
    epochs: int = 1000  # chosen here: an epoch has a fifth of the usual generator steps
    optimizer: str = "rmsprop"
    learning_rate: float = 0.0002  # chosen here: four times the paper's
    rms_decay: float = 0.99
    sample_every: int = 50

    keep_input: float = 1.0
    keep_hidden: float = 1.0


@dataclass(frozen=True)
class WGANMNIST(MNIST):
    """The recipe ``wgan-mnist``."""

    name: ClassVar[str] = "wgan-mnist"
    description: ClassVar[str] = "a critic with clipped weights, on MNIST"
    source: ClassVar[str] = "arXiv:1701.07875"

    objective: str = "wasserstein"
    update: str = "alternating"
    discriminator_steps: int = 5
    discriminator_weight: float = 1.0
    clip: float = 0.01
    epochs: int = 50  # chosen here
    optimizer: str = "rmsprop"
    learning_rate: float = 0.00005
    learning_rate_factor: float = 1.0
    rms_decay: float = 0.99
    generator_average: float = 0.999  # arXiv:1806.04498; value chosen here
    sample_every: int = 5

    keep_input: float = 1.0
    keep_hidden: float = 1.0
