"""Scikit-learn's 8x8 digits: the paper's model in small, for a first run offline.

The system is that of the paper's MNIST model (`gan_numpy.recipes.mnist`, whose sources
hold for every number without a comment), with narrower layers for 64 pixels instead of
784. Numbers marked *chosen here* were chosen by the Parzen log-likelihood on the
validation images, over a few runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gan_numpy.recipes.maxout_gan import MaxoutGAN


@dataclass(frozen=True)
class Digits(MaxoutGAN):
    """The recipe ``digits``, the default."""

    name: ClassVar[str] = "digits"
    description: ClassVar[str] = "the paper's model in small, on 8x8 digits (offline)"
    source: ClassVar[str] = "arXiv:1406.2661, narrower; Adam as in arXiv:1511.06434"

    dataset: str = "digits"
    latent: str = "uniform"
    latent_size: int = 32  # chosen here
    objective: str = "non_saturating"
    update: str = "alternating"  # Algorithm 1 of the paper
    discriminator_steps: int = 1
    discriminator_weight: float = 0.5
    batch_size: int = 64  # chosen here
    epochs: int = 300  # chosen here
    optimizer: str = "adam"
    learning_rate: float = 0.002  # chosen here
    beta1: float = 0.5  # arXiv:1511.06434, section 4
    beta2: float = 0.999  # arXiv:1412.6980, Algorithm 1
    generator_average: float = 0.999  # arXiv:1806.04498, section 4; value chosen here
    sample_every: int = 10

    generator_units: tuple[int, ...] = (256, 256)  # chosen here
    generator_init: float = 0.05
    # `init_sigmoid_bias_from_marginals` of pylearn2, which the code calls
    marginal_clip: float = 1e-7
    discriminator_units: tuple[int, ...] = (128, 128)  # chosen here
    discriminator_pieces: int = 5
    discriminator_init: float = 0.05  # chosen here
    keep_input: float = 0.9  # chosen here: 64 pixels bear less noise than 784
    keep_hidden: float = 0.7  # chosen here
