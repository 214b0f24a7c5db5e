"""DCGAN: Radford, Metz and Chintala, "Unsupervised representation learning with deep
convolutional generative adversarial networks", arXiv:1511.06434.

Source of every number without a comment: section 4 of the paper ("Details of
adversarial training"). The paper's images have 64 pixels a side and four convolutions;
28 pixels can be halved twice, and so many layers there are here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gan_numpy.recipes.conv_gan import ConvGAN


@dataclass(frozen=True)
class DCGANMNIST(ConvGAN):
    """The recipe ``dcgan-mnist``."""

    name: ClassVar[str] = "dcgan-mnist"
    description: ClassVar[str] = "convolutions and batch normalization, on MNIST"
    source: ClassVar[str] = "arXiv:1511.06434, with two convolutions instead of four"

    dataset: str = "mnist"
    latent: str = "uniform"  # figure 1: "a 100 dimensional uniform distribution"
    latent_size: int = 100  # figure 1
    objective: str = "non_saturating"
    update: str = "alternating"
    discriminator_steps: int = 1
    discriminator_weight: float = 1.0
    batch_size: int = 128
    epochs: int = 12  # chosen here: about ten minutes on two cores
    optimizer: str = "adam"
    learning_rate: float = 0.0002
    beta1: float = 0.5
    beta2: float = 0.999  # arXiv:1412.6980, Algorithm 1
    sample_every: int = 1

    generator_channels: tuple[int, ...] = (64, 32)  # chosen here, for two cores
    discriminator_channels: tuple[int, ...] = (32, 64)  # chosen here
    init_std: float = 0.02
    leak: float = 0.2


@dataclass(frozen=True)
class DCGAN(DCGANMNIST):
    """The recipe ``dcgan``: what differs on 8x8 digits, all chosen here."""

    name: ClassVar[str] = "dcgan"
    description: ClassVar[str] = "convolutions and batch normalization, on 8x8 digits"

    dataset: str = "digits"
    latent_size: int = 32
    batch_size: int = 64
    epochs: int = 150
    sample_every: int = 10
