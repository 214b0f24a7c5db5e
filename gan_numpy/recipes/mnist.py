"""The paper's MNIST model, number for number.

Source of every number, unless a comment says otherwise: ``mnist.yaml`` of the code
released with the paper, https://github.com/goodfeli/adversarial (Goodfellow et al.,
"Generative Adversarial Nets", arXiv:1406.2661). Table 1 reports 225 ± 2 nats for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gan_numpy.recipes.maxout_gan import MaxoutGAN


@dataclass(frozen=True)
class MNIST(MaxoutGAN):
    """The recipe ``mnist``."""

    name: ClassVar[str] = "mnist"
    description: ClassVar[str] = "the paper's own model of MNIST"
    source: ClassVar[str] = "arXiv:1406.2661 and its mnist.yaml"

    dataset: str = "mnist"
    # Uniform on [-sqrt(3), sqrt(3)], one of the noises of the code's `Generator`. The
    # yaml names none, and the last version of the code then takes a Gaussian of the
    # same variance: --set latent=normal.
    latent: str = "uniform"
    latent_size: int = 100
    objective: str = "non_saturating"  # the paper, end of section 3
    # The released code updates both players at once (`AdversaryCost2`); Algorithm 1 of
    # the paper alternates: --set update=alternating.
    update: str = "simultaneous"
    discriminator_steps: int = 1  # "k = 1, the least expensive option": section 3
    discriminator_weight: float = 0.5  # the code's mean of the real and fake costs
    penalty: str = "none"  # the penalties are of 2017 and later
    penalty_weight: float = 0.0
    batch_size: int = 100
    epochs: int = 300  # the code has no stopping rule; Table 1's epoch is not published
    optimizer: str = "momentum"
    learning_rate: float = 0.1
    learning_rate_factor: float = 1.000004
    learning_rate_floor: float = 0.000001
    momentum: float = 0.5
    momentum_final: float = 0.7
    momentum_saturate: int = 250
    beta1: float = 0.9  # for --set optimizer=adam: arXiv:1412.6980's defaults
    beta2: float = 0.999
    rms_decay: float = 0.99  # for --set optimizer=rmsprop
    generator_average: float = 0.0  # no averaging in 2014
    sample_every: int = 1  # ours

    generator_units: tuple[int, ...] = (1200, 1200)
    generator_init: float = 0.05
    # `init_sigmoid_bias_from_marginals` of pylearn2, which the code calls
    marginal_clip: float = 1e-7
    discriminator_units: tuple[int, ...] = (240, 240)
    discriminator_pieces: int = 5
    discriminator_init: float = 0.005
    keep_input: float = 0.8  # scaled by 1.25
    keep_hidden: float = 0.5  # scaled by 2
