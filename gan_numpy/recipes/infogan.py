"""InfoGAN: Chen et al., "InfoGAN: Interpretable representation learning by information
maximizing generative adversarial nets", arXiv:1606.03657.

One categorical code of ten values, as in the paper's MNIST experiment (section 7.2),
without its two continuous codes. The networks are those of `gan_numpy.recipes.dcgan`:
the paper's are of the same kind (appendix C.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gan_numpy.recipes.dcgan import DCGAN, DCGANMNIST


@dataclass(frozen=True)
class InfoGANMNIST(DCGANMNIST):
    """The recipe ``infogan-mnist``."""

    name: ClassVar[str] = "infogan-mnist"
    description: ClassVar[str] = "ten classes found without labels, on MNIST"
    source: ClassVar[str] = "arXiv:1606.03657"

    latent_size: int = 62  # appendix C.1: 62 noise variables
    labels: str = "information"
    classes: int = 10
    class_weight: float = 1.0  # section 7.2: lambda = 1 for discrete codes


@dataclass(frozen=True)
class InfoGAN(DCGAN):
    """The recipe ``infogan``."""

    name: ClassVar[str] = "infogan"
    description: ClassVar[str] = "ten classes found without labels, 8x8 digits"
    source: ClassVar[str] = "arXiv:1606.03657"

    labels: str = "information"
    classes: int = 10
    class_weight: float = 1.0
