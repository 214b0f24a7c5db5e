r"""What labels are for: five answers, one class each, and nobody else asks which.

==================  ===========================  =================  ====================
``labels``          a batch of real examples     G is told          D
==================  ===========================  =================  ====================
`Unlabeled`         x                            nothing            judges x
`Conditional`       pairs of x and its class     a class            judges the pairs
`Auxiliary`         x, and its class             a class            names the class, too
`Information`       x                            a random code      names the code, too
`SemiSupervised`    x, and a few labeled ones    nothing            is a classifier
==================  ===========================  =================  ====================

A class in one-hot code has `classes` columns, always the last ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.layers.one_hot import one_hot
from gan_numpy.objectives import Objective, with_classes
from gan_numpy.penalties import PENALTIES


@dataclass(frozen=True)
class Labels:
    """Base class: what training and evaluation ask. The answers are `Unlabeled`'s.

    Attributes
    ----------
    classes : int
    weight : float
        Factor of the class head's loss.
    labeled : int
        Number of training examples that keep their labels, if `few` do.
    name : str
        What a recipe's field ``labels`` says.
    tells : bool
        Whether the generator is told a class.
    has_head : bool
        Whether the discriminator has class logits beside its own.
    pairs : bool
        Whether the discriminator judges an example together with its class.
    reads : bool
        Whether labels of the training examples are used: the data set must have them.
    classifies : bool
        Whether the discriminator names classes, in a head or as its only answer.
    few : bool
        Whether only `labeled` training examples keep their labels.
    discovers : bool
        Whether classes are found without labels, and what they mean is up to the game.
    packs : bool
        Whether the discriminator may judge several examples at once.
    penalties, updates : tuple of str
        What a recipe may combine these labels with.
    """

    classes: int
    weight: float
    labeled: int

    name: ClassVar[str]
    tells: ClassVar[bool] = False
    has_head: ClassVar[bool] = False
    pairs: ClassVar[bool] = False
    reads: ClassVar[bool] = False
    classifies: ClassVar[bool] = False
    few: ClassVar[bool] = False
    discovers: ClassVar[bool] = False
    packs: ClassVar[bool] = False
    penalties: ClassVar[tuple[str, ...]] = ()
    updates: ClassVar[tuple[str, ...]] = ("alternating", "simultaneous")

    def check(self, recipe: str, data: Dataset) -> None:
        """Refuse a data set without the labels that the recipe of that name needs.

        Raises
        ------
        UserError
        """
        if not self.reads:
            return
        if "train" not in data.labels:
            raise UserError(
                f"recipe {recipe} needs labels, data set {data.name} has none"
            )
        found = int(data.labels["train"].max()) + 1
        if found > self.classes:
            raise UserError(
                f"recipe {recipe} has classes={self.classes}, data set {data.name} "
                f"has {found}: set classes={found}"
            )

    def of_batch(self, data: Dataset, rows: np.ndarray) -> np.ndarray | None:
        """Classes of these training examples; None if a batch comes without."""
        return data.labels["train"][rows] if self.reads else None

    def choose_few(self, data: Dataset, rng: np.random.Generator) -> np.ndarray:
        """Rows of the only training examples that keep their labels, int64."""
        return np.zeros(0, dtype=np.int64)

    def inputs(
        self, z: np.ndarray, rng: np.random.Generator, labels: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """What the generator reads, and the classes it is told, drawn if not given.

        Parameters
        ----------
        z : (n, latent_size) ndarray
        rng : numpy.random.Generator
        labels : (n,) int ndarray or None
        """
        if not self.tells:
            return z, None
        if labels is None:
            labels = rng.integers(self.classes, size=len(z))
        return np.hstack([z, one_hot(labels, self.classes, z.dtype)]), labels

    def judged(self, x: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
        """Real examples as the discriminator judges them."""
        if not self.pairs or labels is None:
            return x
        return np.hstack([x, one_hot(labels, self.classes, x.dtype)])

    def examples(self, outputs: np.ndarray) -> np.ndarray:
        """What a generator made, without the class that it hands on in pairs."""
        return outputs[:, : -self.classes] if self.pairs else outputs

    def objective(
        self,
        objective: Objective,
        real_labels: np.ndarray | None,
        fake_labels: np.ndarray | None,
    ) -> Objective:
        """The pair of losses for a minibatch with these classes."""
        return objective

    def class_logits(self, outputs: np.ndarray) -> np.ndarray:
        """Columns of the discriminator's outputs that name classes, (n, classes)."""
        return outputs[:, 1:]


class Unlabeled(Labels):
    """No labels: the game of the paper."""

    name = "none"
    packs = True
    penalties = PENALTIES


class Conditional(Labels):
    """The class is an input of both players (arXiv:1411.1784)."""

    name = "conditional"
    tells = pairs = reads = True
    # Along the example's columns alone, see `gan_numpy.penalties`.
    penalties = ("r1", "r1_r2")


class Auxiliary(Labels):
    """The discriminator names the class of real and generated examples, in a head
    beside its logit (arXiv:1610.09585)."""

    name = "auxiliary"
    tells = has_head = classifies = reads = True

    def objective(
        self,
        objective: Objective,
        real_labels: np.ndarray | None,
        fake_labels: np.ndarray | None,
    ) -> Objective:
        """With the head's cross-entropy on both."""
        if fake_labels is None:
            return objective
        return with_classes(objective, real_labels, fake_labels, self.weight)


class Information(Auxiliary):
    """That head recovers a random code from the samples (arXiv:1606.03657)."""

    name = "information"
    reads = False
    discovers = True

    def objective(
        self,
        objective: Objective,
        real_labels: np.ndarray | None,
        fake_labels: np.ndarray | None,
    ) -> Objective:
        """With the head's cross-entropy on generated examples alone."""
        return super().objective(objective, None, fake_labels)


class SemiSupervised(Labels):
    """The discriminator classifies real examples, few of them labeled
    (arXiv:1606.03498)."""

    name = "semi_supervised"
    reads = few = classifies = True
    updates = ("semi_supervised",)

    def of_batch(self, data: Dataset, rows: np.ndarray) -> None:
        """None: the examples of a batch count as unlabeled."""
        return None

    def choose_few(self, data: Dataset, rng: np.random.Generator) -> np.ndarray:
        """As many rows of each class, (labeled,) int64.

        Raises
        ------
        UserError
            If a class has too few examples.
        """
        each, rows = self.labeled // self.classes, []
        for label in range(self.classes):
            members = np.flatnonzero(data.labels["train"] == label)
            if len(members) < each:
                raise UserError(
                    f"labeled={self.labeled} takes {each} examples of each class, data "
                    f"set {data.name} has {len(members)} of class {label}"
                )
            rows.append(rng.choice(members, each, replace=False))
        return np.concatenate(rows)

    def class_logits(self, outputs: np.ndarray) -> np.ndarray:
        """All outputs: the logit of *generated* is fixed at 0."""
        return outputs


LABELS: dict[str, type[Labels]] = {
    labels.name: labels
    for labels in (Unlabeled, Conditional, Auxiliary, Information, SemiSupervised)
}
