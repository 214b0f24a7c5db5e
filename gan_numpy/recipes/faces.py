"""The paper's model of faces, and the one that anyone can run.

Source of every number without a comment: ``tfd_pretrain/pretrain.yaml`` of the code
released with the paper, https://github.com/goodfeli/adversarial (Goodfellow et al.,
arXiv:1406.2661). Table 1 reports 2057 ± 26 nats on the Toronto face database. That
model is trained in two stages: this is the first, of 50 epochs; in the second, new
input layers (100 - 8000 - 100 units) are trained on top for 22 epochs more.

The Toronto face database needs its owner's permission ('gan-numpy data fetch tfd' says
how to ask). The Olivetti faces are free, but only 400, of 40 people: scores on them
have nothing to do with the paper's 2057.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gan_numpy.recipes.wide_gan import WideGAN


@dataclass(frozen=True)
class TFD(WideGAN):
    """The recipe ``tfd``."""

    name: ClassVar[str] = "tfd"
    description: ClassVar[str] = "the paper's model of the Toronto face database"
    source: ClassVar[str] = "arXiv:1406.2661 and its tfd_pretrain/pretrain.yaml"

    dataset: str = "tfd"
    latent: str = "uniform"  # see gan_numpy.recipes.mnist
    latent_size: int = 100
    objective: str = "non_saturating"
    update: str = "simultaneous"
    discriminator_steps: int = 1
    discriminator_weight: float = 0.5
    penalty: str = "none"
    penalty_weight: float = 0.0
    batch_size: int = 100
    epochs: int = 50
    optimizer: str = "momentum"
    learning_rate: float = 0.05
    learning_rate_factor: float = 1.000004
    learning_rate_floor: float = 0.000001
    momentum: float = 0.5
    momentum_final: float = 0.7
    momentum_saturate: int = 250
    beta1: float = 0.9  # for --set optimizer=adam: arXiv:1412.6980's defaults
    beta2: float = 0.999
    rms_decay: float = 0.99  # for --set optimizer=rmsprop
    generator_average: float = 0.0
    sample_every: int = 1
    column_limit: float = 1.9365

    generator_units: tuple[int, ...] = (8000, 8000)
    generator_init: float = 0.05
    marginal_clip: float = 1e-7
    discriminator_units: tuple[int, ...] = (1200, 1200)
    discriminator_pieces: int = 5
    discriminator_init: float = 0.005
    keep_input: float = 0.8
    keep_hidden: float = 0.5
    width: float = 0.125  # chosen here; --set width=1 is the paper's
    sigmoid_bias: float = -2.0
    output_init: float = 0.0
    output_sparse: int = 100


@dataclass(frozen=True)
class Olivetti(TFD):
    """The recipe ``olivetti``: what differs for 320 training images."""

    name: ClassVar[str] = "olivetti"
    description: ClassVar[str] = "the paper's model of faces, on Olivetti's 400"
    source: ClassVar[str] = "arXiv:1406.2661's networks; R1 of arXiv:1801.04406"

    dataset: str = "olivetti-48"
    # chosen here: as in mnist-fast, since 320 images do not last for 2014's recipe
    update: str = "alternating"
    discriminator_weight: float = 1.0
    penalty: str = "r1"
    penalty_weight: float = 1.0
    batch_size: int = 40  # chosen here
    epochs: int = 800  # chosen here
    optimizer: str = "adam"
    learning_rate: float = 0.0003
    learning_rate_factor: float = 1.0
    beta1: float = 0.5
    beta2: float = 0.9
    generator_average: float = 0.999
    sample_every: int = 40
    column_limit: float = 0.0

    sigmoid_bias: float = 0.0
    output_init: float = 0.01  # chosen here: at .05 the grain of the start stays
    discriminator_init: float = 0.05
    keep_input: float = 1.0
    keep_hidden: float = 1.0
