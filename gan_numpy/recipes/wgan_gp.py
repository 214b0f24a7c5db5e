"""Wasserstein GAN with gradient penalty: Gulrajani et al., arXiv:1704.00028.

Source of every number without a comment: Algorithm 1 of the paper. The networks are
those of `gan_numpy.recipes.digits` and `gan_numpy.recipes.mnist`, without dropout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gan_numpy.recipes.digits import Digits
from gan_numpy.recipes.mnist import MNIST


@dataclass(frozen=True)
class WGANGP(Digits):
    """The recipe ``wgan-gp``."""

    name: ClassVar[str] = "wgan-gp"
    description: ClassVar[str] = "a critic of slope 1, on 8x8 digits"
    source: ClassVar[str] = "arXiv:1704.00028"

    objective: str = "wasserstein"
    discriminator_steps: int = 2  # chosen here; the paper has 5
    discriminator_weight: float = 1.0
    penalty: str = "gradient_penalty"
    penalty_weight: float = 10.0
    epochs: int = 400  # chosen here
    learning_rate: float = 0.001  # chosen here; the paper has .0001 for large networks
    beta1: float = 0.0
    beta2: float = 0.9
    sample_every: int = 20

    keep_input: float = 1.0
    keep_hidden: float = 1.0


@dataclass(frozen=True)
class MNISTBest(MNIST):
    """The recipe ``mnist-best``: WGAN-GP on MNIST, averaged over a long time."""

    name: ClassVar[str] = "mnist-best"
    description: ClassVar[str] = "the paper's MNIST networks as WGAN-GP, averaged"
    source: ClassVar[str] = "arXiv:1406.2661's networks; the rest arXiv:1704.00028"

    objective: str = "wasserstein"
    update: str = "alternating"
    discriminator_steps: int = 1  # chosen here; the paper has 5
    discriminator_weight: float = 1.0
    penalty: str = "gradient_penalty"
    penalty_weight: float = 10.0
    epochs: int = 75  # chosen here
    optimizer: str = "adam"
    learning_rate: float = 0.0002  # chosen here; the paper has .0001
    learning_rate_factor: float = 1.0
    beta1: float = 0.0
    beta2: float = 0.9
    generator_average: float = 0.9999  # arXiv:1806.04498; value chosen here
    sample_every: int = 5

    discriminator_init: float = 0.05  # chosen here, as in mnist-fast
    keep_input: float = 1.0
    keep_hidden: float = 1.0
