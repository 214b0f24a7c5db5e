"""Minibatches: the training examples in a new order each epoch, each at most once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.recipes import Recipe
from gan_numpy.training.state import TrainingState


class Batch(NamedTuple):
    """One minibatch of real examples.

    Attributes
    ----------
    x : (m, ...) ndarray
        As the discriminator judges them.
    labels : (m,) int ndarray or None
        Their classes, if the recipe uses them.
    labeled : (ndarray, ndarray) or None
        Examples and their classes, of a semi-supervised recipe.
    """

    x: np.ndarray
    labels: np.ndarray | None = None
    labeled: tuple[np.ndarray, np.ndarray] | None = None


class Minibatches:
    """The epoch under way, from the state's next minibatch on.

    Parameters
    ----------
    state : TrainingState
        `state.order` and `state.batch` say where the epoch stands; `next` advances it.
    recipe : Recipe
    data : Dataset
    """

    def __init__(self, state: TrainingState, recipe: Recipe, data: Dataset) -> None:
        self.state, self.recipe, self.data = state, recipe, data
        if state.batch == 0:
            state.order = state.rng.permutation(len(data.train))

    def next(self) -> Batch:
        """The next `batch_size` examples, in the dtype of training."""
        m, state = self.recipe.batch_size, self.state
        rows = state.order[state.batch * m : (state.batch + 1) * m]
        state.batch += 1
        x = self.data.scaled("train", rows, state.dtype)
        labels = self.recipe.label_policy.of_batch(self.data, rows)
        few = self.labeled() if len(state.labeled) else None
        return Batch(self.recipe.judged(x, labels), labels, few)

    def labeled(self) -> tuple[np.ndarray, np.ndarray]:
        """A minibatch of the few labeled examples, drawn with replacement."""
        state, labels = self.state, self.data.labels["train"]
        rows = state.rng.choice(state.labeled, self.recipe.batch_size)
        return self.data.scaled("train", rows, state.dtype), labels[rows]
