"""What a recipe is: every number of one system, in one frozen dataclass."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.network import Sequential
from gan_numpy.objectives import OBJECTIVES, Objective
from gan_numpy.optim import (
    Adam,
    ExponentialDecay,
    ExponentialMovingAverage,
    LinearMomentum,
    Momentum,
    Optimizer,
    RMSProp,
)
from gan_numpy.penalties import PENALTIES, Penalty

CHOICES = {
    "objective": tuple(OBJECTIVES),
    "penalty": ("none", *PENALTIES),
    "update": ("alternating", "simultaneous"),
    "optimizer": ("momentum", "adam", "rmsprop"),
    "latent": ("uniform", "normal"),
}


@dataclass(frozen=True)
class Recipe:
    r"""Base class: what every system needs. Subclasses fill in and cite the numbers.

    Attributes
    ----------
    dataset : str
        Name of the data set, or the path of a ``.npy`` or ``.npz`` file.
    latent, latent_size : str, int
        ``"uniform"`` on :math:`[-\sqrt3, \sqrt3]` or ``"normal"``: variance 1 both.
    objective : str
        Key of `gan_numpy.objectives.OBJECTIVES`.
    update : {"alternating", "simultaneous"}
        Algorithm 1, or both players at once from the same fakes and dropout masks.
    discriminator_steps : int
        k of Algorithm 1.
    discriminator_weight : float
        Factor of the discriminator's loss, but not of the penalty.
    penalty : {"none", "r1", "gradient_penalty"}
        Penalty on the discriminator's slopes: see `gan_numpy.penalties`.
    penalty_weight : float
        :math:`\gamma` of ``r1``, :math:`\lambda` of ``gradient_penalty``.
    batch_size, epochs : int
    optimizer : {"momentum", "adam", "rmsprop"}
    learning_rate, learning_rate_factor, learning_rate_floor : float
        The rate is divided by the factor after each update, down to the floor.
    momentum, momentum_final, momentum_saturate
        Momentum rises linearly from epoch 1 to epoch `momentum_saturate`.
    beta1, beta2 : float
        Decay rates of Adam's moments.
    rms_decay : float
        Decay rate of RMSProp's mean square.
    generator_average : float
        Decay of the average of the generator's weights; 0 for none.
    sample_every : int
        Epochs between sample pictures.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    source: ClassVar[str]

    dataset: str
    latent: str
    latent_size: int
    objective: str
    update: str
    discriminator_steps: int
    discriminator_weight: float
    penalty: str
    penalty_weight: float
    batch_size: int
    epochs: int
    optimizer: str
    learning_rate: float
    learning_rate_factor: float
    learning_rate_floor: float
    momentum: float
    momentum_final: float
    momentum_saturate: int
    beta1: float
    beta2: float
    rms_decay: float
    generator_average: float
    sample_every: int

    def __post_init__(self) -> None:
        """Refuse values that cannot be meant."""
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                self._refuse(name, f"one of {', '.join(choices)}")
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, float) and not math.isfinite(value):
                self._refuse(field.name, "a finite number")
            if field.type == "int" and value < 1:
                self._refuse(field.name, "at least 1")
            if field.type == "tuple[int, ...]" and (not value or min(value) < 1):
                self._refuse(field.name, "one or more sizes of at least 1")
        for name in ("learning_rate", "discriminator_weight"):
            if getattr(self, name) <= 0:
                self._refuse(name, "more than 0")
        for name in ("momentum", "momentum_final", "beta1", "beta2", "rms_decay"):
            if not 0 <= getattr(self, name) < 1:
                self._refuse(name, "in [0, 1)")
        if self.penalty_weight < 0:
            self._refuse("penalty_weight", "at least 0")
        if self.penalty != "none" and self.penalty_weight <= 0:
            self._refuse("penalty_weight", f"more than 0 with penalty={self.penalty}")
        if not 0 <= self.generator_average < 1:
            self._refuse("generator_average", "in [0, 1), with 0 for no average")
        if self.learning_rate_factor < 1:
            self._refuse("learning_rate_factor", "at least 1")
        if self.update == "simultaneous" and self.discriminator_steps != 1:
            self._refuse("discriminator_steps", "1 with update=simultaneous")

    def _refuse(self, field: str, expected: str) -> None:
        raise UserError(
            f"recipe {self.name}: {field}={getattr(self, field)} is out of range, "
            f"expected {expected}"
        )

    def networks(
        self,
        data: Dataset,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> tuple[Sequential, Sequential]:
        """Build the generator and the discriminator for a data set.

        Parameters
        ----------
        data : Dataset
        rng : numpy.random.Generator
            Generator of the initial weights.
        dtype : float32 or float64

        Returns
        -------
        G : Sequential
            Latent vectors (N, latent_size) to examples (N, features).
        D : Sequential
            Examples (N, features) to logits (N, 1).
        """
        raise NotImplementedError

    def sample_latent(
        self, n: int, rng: np.random.Generator, dtype: npt.DTypeLike = np.float32
    ) -> np.ndarray:
        """Draw `n` latent vectors z, (n, latent_size), of mean 0 and variance 1."""
        size = (n, self.latent_size)
        if self.latent == "normal":
            return rng.standard_normal(size).astype(dtype)
        return rng.uniform(-np.sqrt(3), np.sqrt(3), size).astype(dtype)

    def make_objective(self) -> Objective:
        """The pair of losses."""
        return OBJECTIVES[self.objective]

    def make_penalty(self) -> Penalty | None:
        """The discriminator's penalty, or None."""
        if self.penalty == "none":
            return None
        return Penalty(self.penalty, self.penalty_weight)

    def make_optimizer(self) -> Optimizer:
        """The optimizer of both players, with its schedules."""
        rate = ExponentialDecay(
            self.learning_rate, self.learning_rate_factor, self.learning_rate_floor
        )
        if self.optimizer == "adam":
            return Adam(rate, self.beta1, self.beta2)
        if self.optimizer == "rmsprop":
            return RMSProp(rate, self.rms_decay)
        schedule = LinearMomentum(
            self.momentum, self.momentum_final, 1, self.momentum_saturate
        )
        return Momentum(rate, schedule)

    def make_average(self) -> ExponentialMovingAverage | None:
        """The average of the generator's weights, or None."""
        if self.generator_average == 0:
            return None
        return ExponentialMovingAverage(self.generator_average)

    def replace(self, **changes: Any) -> Recipe:
        """The same recipe with other values.

        Raises
        ------
        UserError
            If a value is out of range.
        """
        return dataclasses.replace(self, **changes)
