"""Auxiliary classifier GAN: Odena, Olah and Shlens, "Conditional image synthesis with
auxiliary classifier GANs", arXiv:1610.09585.

The generator is told a class, the discriminator is not: it must recognize it. All
numbers without a comment are those of `gan_numpy.recipes.dcgan`, as the paper's
networks are convolutional ones with batch normalization, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gan_numpy.recipes.dcgan import DCGAN, DCGANMNIST


@dataclass(frozen=True)
class ACGANMNIST(DCGANMNIST):
    """The recipe ``acgan-mnist``."""

    name: ClassVar[str] = "acgan-mnist"
    description: ClassVar[str] = "the discriminator also names the class, on MNIST"
    source: ClassVar[str] = "arXiv:1610.09585"

    labels: str = "auxiliary"
    class_weight: float = 1.0  # equations 2 and 3: L_S + L_C


@dataclass(frozen=True)
class ACGAN(DCGAN):
    """The recipe ``acgan``."""

    name: ClassVar[str] = "acgan"
    description: ClassVar[str] = "the discriminator also names the class, 8x8 digits"
    source: ClassVar[str] = "arXiv:1610.09585"

    labels: str = "auxiliary"
    class_weight: float = 1.0
