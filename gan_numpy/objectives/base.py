r"""What an objective is: each player's loss on the discriminator's outputs.

Objectives never see the networks. They take the discriminator's outputs on real and on
generated examples, one row per example, and return each loss with its gradient with
respect to those outputs; backprop takes it from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

DiscriminatorLoss = Callable[
    [np.ndarray, np.ndarray], tuple[float, np.ndarray, np.ndarray]
]
GeneratorLoss = Callable[[np.ndarray], tuple[float, np.ndarray]]


def softplus(a: np.ndarray) -> np.ndarray:
    r""":math:`\log(1 + e^a) = \max(a, 0) + \log(1 + e^{-|a|})`, without overflow."""
    return np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))


def sigmoid(a: np.ndarray) -> np.ndarray:
    r""":math:`\sigma(a) = 1 / (1 + e^{-a})`, precise in both tails."""
    e = np.exp(-np.abs(a))
    return np.where(a >= 0, 1, e) / (1 + e)


def mean(values: np.ndarray) -> float:
    """Mean over the batch, accumulated in float64 whatever the training dtype."""
    return float(values.mean(dtype=np.float64))


@dataclass(frozen=True)
class Objective:
    """A pair of losses, one for each player.

    Attributes
    ----------
    name : str
    discriminator : callable
        ``(real_outputs, fake_outputs) -> (loss, d_real, d_fake)``
    generator : callable
        ``(fake_outputs) -> (loss, d_fake)``
    opinion : callable
        ``(outputs) -> D(x)`` as the monitors show it: the probability of being real,
        where there is one.
    beside : callable, optional
        ``(real_outputs) -> generator``, if the generator's loss compares generated
        examples with real ones; see `against`.
    """

    name: str
    discriminator: DiscriminatorLoss
    generator: GeneratorLoss
    opinion: Callable[[np.ndarray], np.ndarray] = sigmoid
    beside: Callable[[np.ndarray], GeneratorLoss] | None = None

    def against(self, real: np.ndarray) -> Objective:
        """This objective, its generator's loss beside these real outputs."""
        if self.beside is None:
            return self
        return replace(self, generator=self.beside(real))


def as_it_is(outputs: np.ndarray) -> np.ndarray:
    """The opinion of a discriminator whose output is not a logit."""
    return outputs
