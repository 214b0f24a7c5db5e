"""The paper's networks for CIFAR-10, trained in minutes with a gradient penalty.

The networks are those of `gan_numpy.recipes.cifar10`, whose sources hold for every
number without a comment. What differs is what differs between `mnist` and `mnist-fast`
(see `gan_numpy.recipes.mnist_fast`): R1 in place of dropout, Adam, averaged weights.
Images of normalized contrast are further apart than those of MNIST, and a penalty on
slopes has to grow with the squared distance.

Source: the kinds of training are those that `mnist_fast` cites; R1 is Mescheder, Geiger
and Nowozin, arXiv:1801.04406. All numbers but Adam's two decays are *chosen here*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gan_numpy.recipes.cifar10 import CIFAR10, CIFAR10Conv


@dataclass(frozen=True)
class WithR1:
    """What both recipes change of the paper's.

    A mixin: named before a recipe among the bases, its defaults replace the recipe's.
    """

    update: str = "alternating"
    discriminator_weight: float = 1.0
    penalty: str = "r1"
    penalty_weight: float = 100.0
    optimizer: str = "adam"
    learning_rate: float = 0.0003
    learning_rate_factor: float = 1.0
    beta1: float = 0.5
    beta2: float = 0.9
    discriminator_init: float = 0.05
    keep_input: float = 1.0
    keep_hidden: float = 1.0


@dataclass(frozen=True)
class CIFAR10Fast(WithR1, CIFAR10):
    """The recipe ``cifar10-fast``: ``cifar10``, trained as `WithR1` says."""

    name: ClassVar[str] = "cifar10-fast"
    description: ClassVar[str] = "the paper's fully connected CIFAR-10 nets, with R1"
    source: ClassVar[str] = "arXiv:1406.2661's networks; R1 of arXiv:1801.04406"

    epochs: int = 40
    generator_average: float = 0.999
    sample_every: int = 10
    # at ±.5, the paper's, each image starts as noise that takes long to disappear
    output_init: float = 0.02


@dataclass(frozen=True)
class CIFAR10ConvFast(WithR1, CIFAR10Conv):
    """The recipe ``cifar10-conv-fast``: ``cifar10-conv``, trained as `WithR1` says."""

    name: ClassVar[str] = "cifar10-conv-fast"
    description: ClassVar[str] = "the paper's convolutional CIFAR-10 nets, with R1"
    source: ClassVar[str] = "arXiv:1406.2661's networks; R1 of arXiv:1801.04406"

    batch_size: int = 64
    epochs: int = 12
    generator_average: float = 0.995
    sample_every: int = 2
