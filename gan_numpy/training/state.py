"""The state of training: all that a step changes, and all that resuming needs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets import Dataset
from gan_numpy.errors import TrainingDiverged, UserError
from gan_numpy.layers.base import Grads
from gan_numpy.layers.sequential import Sequential
from gan_numpy.optim import Arrays
from gan_numpy.penalties import clip_weights
from gan_numpy.recipes import Recipe

Monitors = dict[str, float]


@dataclass
class TrainingState:
    """Everything that training changes, and all that resuming needs.

    Attributes
    ----------
    G, D : Sequential
    G_optimizer, D_optimizer : dict
        The optimizers' states.
    average : dict or None
        The average of the generator's weights.
    rng : numpy.random.Generator
        Source of the order of examples, of z and of the dropout masks.
    step, epoch, batch : int
        Generator updates so far; complete epochs; minibatches of the next epoch done.
    order : (N,) ndarray
        The order of the training examples in the epoch under way.
    labeled : (n,) ndarray
        The training examples whose labels a semi-supervised recipe may use.
    sums : dict
        Sums over the steps of that epoch, for its means.
    """

    G: Sequential
    D: Sequential
    G_optimizer: Arrays
    D_optimizer: Arrays
    average: Arrays | None
    rng: np.random.Generator
    order: np.ndarray
    labeled: np.ndarray
    step: int = 0
    epoch: int = 0
    batch: int = 0
    sums: Monitors = field(default_factory=dict)

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the parameters, in which training computes."""
        return next(iter(self.G.params.values())).dtype


def initial_state(
    recipe: Recipe, data: Dataset, seed: int, dtype: npt.DTypeLike = np.float32
) -> TrainingState:
    """The state before the first step.

    Parameters
    ----------
    recipe : Recipe
    data : Dataset
    seed : int
        Weights, order, noise and masks all follow from it.
    dtype : float32 or float64

    Raises
    ------
    UserError
        If the training set does not fill a single step's minibatches, or lacks the
        labels that the recipe needs.
    """
    needed = recipe.batch_size * recipe.discriminator_steps
    if needed > len(data.train):
        raise UserError(
            f"a step takes {needed:,} training examples (batch_size times "
            f"discriminator_steps), data set {data.name} has {len(data.train):,}"
        )
    labels = recipe.label_policy
    labels.check(recipe.name, data)
    init_rng, rng = np.random.default_rng(seed).spawn(2)
    G, D = recipe.networks(data, init_rng, dtype)
    if recipe.clip > 0:  # the critic's weights are within the bound from the start
        clip_weights(D.params, recipe.clip)
    optimizer, average = recipe.make_optimizer(), recipe.make_average()
    return TrainingState(
        G=G,
        D=D,
        G_optimizer=optimizer.init(G.params),
        D_optimizer=optimizer.init(D.params),
        average=average.init(G.params) if average else None,
        rng=rng,
        order=np.zeros(len(data.train), dtype=np.int64),
        labeled=labels.choose_few(data, init_rng),
    )


def grad_norm(grads: Grads) -> float:
    r"""Euclidean norm of all gradients together."""
    return float(np.sqrt(sum(float(np.vdot(g, g)) for g in grads.values())))


def check_losses(state: TrainingState, monitors: Monitors) -> None:
    """Raise `TrainingDiverged` if a loss of the step under way is not finite.

    Asked before the update that would spread the damage from one player to the other.
    """
    for name, player, what in (
        ("loss_discriminator", "discriminator", "loss"),
        ("penalty", "discriminator", "gradient penalty"),
        ("loss_generator", "generator", "loss"),
    ):
        if not np.isfinite(monitors.get(name, 0.0)):
            check_params(state, state.step + 1)  # names the culprit more precisely
            raise TrainingDiverged(state.step + 1, player, what)


def check_params(state: TrainingState, step: int) -> None:
    """Raise `TrainingDiverged` if a parameter is not finite."""
    for player, network in (("generator", state.G), ("discriminator", state.D)):
        for name, value in network.params.items():
            if not np.isfinite(value).all():
                raise TrainingDiverged(step, player, f"parameter {name}")
