"""What a recipe is: the numbers of one system, and the parts that they make."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets import Dataset
from gan_numpy.layers.sequential import Sequential
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
from gan_numpy.penalties import Penalty
from gan_numpy.recipes.labels import LABELS, Labels
from gan_numpy.recipes.settings import Settings
from gan_numpy.recipes.validation import check_settings, refuse


@dataclass(frozen=True)
class Recipe(Settings):
    """Base class of all recipes: subclasses fill in and cite the numbers of `Settings`,
    add their own, and build the networks.
    """

    label_choices: ClassVar[tuple[str, ...]] = ("none",)

    def __post_init__(self) -> None:
        """Check the values; a subclass checks its own after these."""
        check_settings(self)

    def _refuse(self, field: str, expected: str) -> None:
        refuse(self, field, expected)

    def architecture(self) -> str:
        """Both networks in one line."""
        raise NotImplementedError

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

    @property
    def label_policy(self) -> Labels:
        """What `labels` means for batches, players and losses."""
        return LABELS[self.labels](self.classes, self.class_weight, self.labeled)

    @property
    def told(self) -> int:
        """Number of classes of which the generator is told one; 0 if it is not."""
        return self.classes if self.label_policy.tells else 0

    @property
    def head(self) -> int:
        """Number of class logits beside the discriminator's output."""
        return self.classes if self.label_policy.has_head else 0

    @property
    def paired(self) -> int:
        """Number of columns that are the class of what the discriminator judges."""
        return self.classes if self.label_policy.pairs else 0

    def sample_latent(
        self, n: int, rng: np.random.Generator, dtype: npt.DTypeLike = np.float32
    ) -> np.ndarray:
        """Draw `n` latent vectors z, (n, latent_size), of mean 0 and variance 1."""
        size = (n, self.latent_size)
        if self.latent == "normal":
            return rng.standard_normal(size).astype(dtype)
        return rng.uniform(-np.sqrt(3), np.sqrt(3), size).astype(dtype)

    def sample_input(
        self,
        n: int,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
        labels: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Draw `n` rows of what the generator reads.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator
        dtype : float32 or float64
        labels : (n,) int ndarray, optional
            The classes to tell; drawn at random if not given.

        Returns
        -------
        inputs : (n, latent_size + told) ndarray
            z, and the class as one-hot columns if the generator is told one.
        labels : (n,) int ndarray or None
        """
        z = self.sample_latent(n, rng, dtype)
        return self.label_policy.inputs(z, rng, labels)

    def judged_features(self, data: Dataset) -> int:
        """Number of columns of what `judged` returns."""
        return data.features + self.paired

    def judged(self, x: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
        """Real examples as the discriminator judges them: in pairs, if conditional."""
        return self.label_policy.judged(x, labels)

    def examples(self, outputs: np.ndarray) -> np.ndarray:
        """What a generator made, without the class that a conditional one hands on."""
        return self.label_policy.examples(outputs)

    def make_objective(
        self,
        real_labels: np.ndarray | None = None,
        fake_labels: np.ndarray | None = None,
    ) -> Objective:
        """The pair of losses; with a class head, that of these labels."""
        objective = OBJECTIVES[self.objective]
        return self.label_policy.objective(objective, real_labels, fake_labels)

    def make_penalty(self) -> Penalty | None:
        """The discriminator's penalty, or None."""
        if self.penalty == "none":
            return None
        return Penalty(self.penalty, self.penalty_weight, self.paired)

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
