"""Least squares GAN: Mao et al., arXiv:1611.04076.

The networks and all numbers without a comment are those of `gan_numpy.recipes.digits`
and `gan_numpy.recipes.mnist_fast`, so that the objective is all that differs. The
coding is the paper's equation 9: 0 for generated examples, 1 for real ones, and 1 is
what the generator aims at. ``--set objective=pearson`` is its equation 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gan_numpy.recipes.digits import Digits
from gan_numpy.recipes.mnist_fast import MNISTFast


@dataclass(frozen=True)
class LSGAN(Digits):
    """The recipe ``lsgan``."""

    name: ClassVar[str] = "lsgan"
    description: ClassVar[str] = "least squares objective, on 8x8 digits"
    source: ClassVar[str] = "arXiv:1611.04076"

    objective: str = "least_squares"
    discriminator_weight: float = 1.0  # the one half is in the objective


@dataclass(frozen=True)
class LSGANMNIST(MNISTFast):
    """The recipe ``lsgan-mnist``."""

    name: ClassVar[str] = "lsgan-mnist"
    description: ClassVar[str] = "least squares objective, on MNIST"
    source: ClassVar[str] = "arXiv:1611.04076"

    objective: str = "least_squares"
    # chosen here: dropout keeps the discriminator's regression from being exact
    penalty: str = "none"
    penalty_weight: float = 0.0
    keep_input: float = 0.8
    keep_hidden: float = 0.5
