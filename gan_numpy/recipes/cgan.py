"""Conditional GAN: Mirza and Osindero, "Conditional generative adversarial nets",
arXiv:1411.1784.

Source of every number without a comment: section 4.1 of the paper, its MNIST model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gan_numpy.recipes.conditional_gan import ConditionalGAN


@dataclass(frozen=True)
class CGANMNIST(ConditionalGAN):
    """The recipe ``cgan-mnist``."""

    name: ClassVar[str] = "cgan-mnist"
    description: ClassVar[str] = "digits on demand: the class is an input, on MNIST"
    source: ClassVar[str] = "arXiv:1411.1784, section 4.1"

    dataset: str = "mnist"
    latent: str = "uniform"  # the paper: uniform in the unit hypercube; here variance 1
    latent_size: int = 100
    objective: str = "non_saturating"  # arXiv:1406.2661, end of section 3
    update: str = "alternating"
    discriminator_steps: int = 1
    discriminator_weight: float = 1.0
    # chosen here: without it the discriminator wins on MNIST, and every class is one
    # image; arXiv:1801.04406, with the numbers of gan_numpy.recipes.mnist_fast
    penalty: str = "r1"
    penalty_weight: float = 5.0
    batch_size: int = 100
    epochs: int = 10  # chosen here
    optimizer: str = "adam"  # chosen here; the paper has momentum, .5 to .7, rate .1
    learning_rate: float = 0.0003  # chosen here
    beta1: float = 0.5  # arXiv:1511.06434, section 4
    beta2: float = 0.9  # arXiv:1704.00028, Algorithm 1
    generator_average: float = 0.9995  # arXiv:1806.04498; value chosen here
    sample_every: int = 1
    labels: str = "conditional"

    z_units: int = 200
    y_units: int = 1000
    joint_units: int = 1200
    x_maxout: int = 240
    y_maxout: int = 50
    joint_maxout: int = 240
    pieces: int = 5
    joint_pieces: int = 4
    init: float = 0.05  # as in arXiv:1406.2661's released code
    class_init: float = 0.5  # chosen here: ten times as much
    marginal_clip: float = 1e-7
    keep: float = 1.0  # chosen here, with the penalty; the paper has dropout of .5


@dataclass(frozen=True)
class CGAN(CGANMNIST):
    """The recipe ``cgan``: what differs on 8x8 digits, all chosen here."""

    name: ClassVar[str] = "cgan"
    description: ClassVar[str] = "digits on demand: the class is an input, 8x8 digits"

    dataset: str = "digits"
    latent_size: int = 32
    discriminator_weight: float = 0.5
    penalty: str = "none"
    penalty_weight: float = 0.0
    batch_size: int = 64
    epochs: int = 300
    learning_rate: float = 0.002
    beta2: float = 0.999
    generator_average: float = 0.999
    sample_every: int = 20

    z_units: int = 64
    y_units: int = 64
    joint_units: int = 256
    x_maxout: int = 96
    y_maxout: int = 32
    joint_maxout: int = 128
    keep: float = 0.7
