"""GAN with the R1 penalty: Mescheder, Geiger and Nowozin, arXiv:1801.04406.

The networks and all numbers without a comment are those of `gan_numpy.recipes.digits`.
On MNIST the same system is `gan_numpy.recipes.mnist_fast`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gan_numpy.recipes.digits import Digits


@dataclass(frozen=True)
class R1(Digits):
    """The recipe ``r1``."""

    name: ClassVar[str] = "r1"
    description: ClassVar[str] = "a discriminator that is flat on the data, 8x8 digits"
    source: ClassVar[str] = "arXiv:1801.04406, section 4.1"

    discriminator_weight: float = 1.0
    penalty: str = "r1"
    penalty_weight: float = 1.0  # chosen here; the paper has 10 for natural images
    beta2: float = 0.99

    keep_input: float = 1.0
    keep_hidden: float = 1.0
