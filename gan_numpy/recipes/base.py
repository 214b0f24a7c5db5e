"""What a recipe is: every number of one system, in one frozen dataclass."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets import Dataset
from gan_numpy.layers.one_hot import one_hot
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import OBJECTIVES, Objective, with_classes
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
from gan_numpy.recipes.validation import check_recipe, refuse

TOLD = (
    "conditional",
    "auxiliary",
    "information",
)  # labels with which G is told a class
HEAD = ("auxiliary", "information")  # labels with which D has a class head


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
    clip : float
        Bound of the discriminator's weights, clipped after its updates; 0 for none.
    column_limit : float
        Largest norm of the weights of a unit, of both players; 0 for none.
    packing : int
        Examples that the discriminator judges together (PacGAN, arXiv:1712.04086).
    labels : {"none", "conditional", "auxiliary", "information", "semi_supervised"}
        What labels are for. ``conditional``: the generator is told a class and the
        discriminator judges pairs. ``auxiliary``: it judges the class too, in a head
        beside its logit. ``information``: that head recovers a random code from the
        samples, and real labels are not used. ``semi_supervised``: it classifies real
        examples, of which `labeled` have labels.
    classes : int
        Number of classes, with `labels`.
    class_weight : float
        Factor of the class head's loss.
    labeled : int
        Labeled training examples of ``semi_supervised``, as many of each class.
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
    penalty: str = field(default="none", kw_only=True)
    penalty_weight: float = field(default=0.0, kw_only=True)
    batch_size: int
    epochs: int
    optimizer: str
    learning_rate: float
    learning_rate_factor: float = field(default=1.0, kw_only=True)
    learning_rate_floor: float = field(default=0.000001, kw_only=True)
    momentum: float = field(default=0.5, kw_only=True)
    momentum_final: float = field(default=0.7, kw_only=True)
    momentum_saturate: int = field(default=250, kw_only=True)
    beta1: float
    beta2: float
    rms_decay: float = field(default=0.99, kw_only=True)
    generator_average: float = field(default=0.0, kw_only=True)
    sample_every: int
    # A recipe names those above and below that have a value here only if it uses them,
    # and cites it. The schedule of momentum is that of arXiv:1406.2661's released code.
    clip: float = field(default=0.0, kw_only=True)
    column_limit: float = field(default=0.0, kw_only=True)
    packing: int = field(default=1, kw_only=True)
    labels: str = field(default="none", kw_only=True)
    classes: int = field(default=10, kw_only=True)
    class_weight: float = field(default=1.0, kw_only=True)
    labeled: int = field(default=100, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse values that cannot be meant."""
        check_recipe(self)

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
    def told(self) -> int:
        """Number of classes of which the generator is told one; 0 if it is not."""
        return self.classes if self.labels in TOLD else 0

    @property
    def head(self) -> int:
        """Number of class logits beside the discriminator's output."""
        return self.classes if self.labels in HEAD else 0

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
        if not self.told:
            return z, None
        if labels is None:
            labels = rng.integers(self.classes, size=n)
        return np.hstack([z, one_hot(labels, self.classes, dtype)]), labels

    def judged_features(self, data: Dataset) -> int:
        """Number of columns of what `judged` returns."""
        return data.features + (self.classes if self.labels == "conditional" else 0)

    def judged(self, x: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
        """Real examples as the discriminator judges them: in pairs, if conditional."""
        if self.labels != "conditional" or labels is None:
            return x
        return np.hstack([x, one_hot(labels, self.classes, x.dtype)])

    def examples(self, outputs: np.ndarray) -> np.ndarray:
        """What a generator made, without the class that a conditional one hands on."""
        return outputs[:, : -self.classes] if self.labels == "conditional" else outputs

    def make_objective(
        self,
        real_labels: np.ndarray | None = None,
        fake_labels: np.ndarray | None = None,
    ) -> Objective:
        """The pair of losses; with a class head, that of these labels."""
        objective = OBJECTIVES[self.objective]
        if not self.head or fake_labels is None:
            return objective
        if self.labels == "information":
            real_labels = None
        return with_classes(objective, real_labels, fake_labels, self.class_weight)

    def make_penalty(self) -> Penalty | None:
        """The discriminator's penalty, or None."""
        if self.penalty == "none":
            return None
        paired = self.classes if self.labels == "conditional" else 0
        return Penalty(self.penalty, self.penalty_weight, paired)

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
