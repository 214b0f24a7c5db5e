r"""Algorithm 1 of the paper: the minimax game, played with minibatches.

.. code-block:: text

    for number of training iterations do
        for k steps do
            sample a minibatch of m noise vectors z and of m examples x
            update the discriminator by ascending the gradient of
                1/m sum [ log D(x) + log(1 - D(G(z))) ]
        sample a minibatch of m noise vectors z
        update the generator by descending the gradient of
            1/m sum log(1 - D(G(z)))     (or of its non-saturating form)

`gan_numpy.training.steps` computes the gradients by hand-written backprop;
`alternating_update` is the loop's body; `train_epoch` runs it over the training images.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.penalties import clip_weights, limit_columns
from gan_numpy.recipes import Recipe
from gan_numpy.training.minibatches import Batch, Minibatches
from gan_numpy.training.semi_supervised import classifier_step, feature_matching_step
from gan_numpy.training.state import (
    Monitors,
    TrainingState,
    check_losses,
    check_params,
    grad_norm,
)
from gan_numpy.training.steps import (
    Step,
    discriminator_step,
    generator_step,
    simultaneous_step,
)

Update = Callable[[TrainingState, Recipe, Callable[[], Batch]], tuple[Step, Step]]


def alternating_update(
    state: TrainingState, recipe: Recipe, next_batch: Callable[[], Batch]
) -> tuple[Step, Step]:
    """Algorithm 1's body: k discriminator updates, then one of the generator."""
    G, D, rng = state.G, state.D, state.rng
    weight, penalty = recipe.discriminator_weight, recipe.make_penalty()
    for _ in range(recipe.discriminator_steps):
        batch = next_batch()
        z, labels = recipe.sample_input(recipe.batch_size, rng, state.dtype)
        objective = recipe.make_objective(batch.labels, labels)
        D_step = discriminator_step(G, D, objective, batch.x, z, rng, weight, penalty)
        move_discriminator(state, recipe, D_step)
    z, labels = recipe.sample_input(recipe.batch_size, rng, state.dtype)
    objective = recipe.make_objective(batch.labels, labels)
    G_step = generator_step(G, D, objective, z, rng, batch.x)
    move_generator(state, recipe, G_step)
    return D_step, G_step


def simultaneous_update(
    state: TrainingState, recipe: Recipe, next_batch: Callable[[], Batch]
) -> tuple[Step, Step]:
    """The released code's step: both gradients first, then both updates."""
    batch = next_batch()
    z, labels = recipe.sample_input(recipe.batch_size, state.rng, state.dtype)
    D_step, G_step = simultaneous_step(
        state.G,
        state.D,
        recipe.make_objective(batch.labels, labels),
        batch.x,
        z,
        state.rng,
        recipe.discriminator_weight,
        recipe.make_penalty(),
    )
    check_losses(state, D_step.monitors | G_step.monitors)
    move_discriminator(state, recipe, D_step)
    move_generator(state, recipe, G_step)
    return D_step, G_step


def semi_supervised_update(
    state: TrainingState, recipe: Recipe, next_batch: Callable[[], Batch]
) -> tuple[Step, Step]:
    """One update of the classifier, then one of the generator, by its features."""
    batch = next_batch()
    z = recipe.sample_latent(recipe.batch_size, state.rng, state.dtype)
    D_step = classifier_step(state.G, state.D, batch, z, state.rng)
    move_discriminator(state, recipe, D_step)
    z = recipe.sample_latent(recipe.batch_size, state.rng, state.dtype)
    G_step = feature_matching_step(state.G, state.D, batch.x, z, state.rng)
    move_generator(state, recipe, G_step)
    return D_step, G_step


UPDATES: dict[str, Update] = {
    "alternating": alternating_update,
    "simultaneous": simultaneous_update,
    "semi_supervised": semi_supervised_update,
}


def move_discriminator(state: TrainingState, recipe: Recipe, step: Step) -> None:
    """Update the discriminator by its step: weights, clipping, batch statistics."""
    check_losses(state, step.monitors)
    optimizer, params = recipe.make_optimizer(), state.D.params
    optimizer.update(params, step.grads, state.D_optimizer, state.epoch + 1)
    if recipe.clip > 0:
        clip_weights(params, recipe.clip)
    if recipe.column_limit > 0:
        limit_columns(params, recipe.column_limit)
    for cache in step.caches:
        state.D.commit(cache)


def move_generator(state: TrainingState, recipe: Recipe, step: Step) -> None:
    """Update the generator by its step: weights, batch statistics."""
    check_losses(state, step.monitors)
    optimizer, params = recipe.make_optimizer(), state.G.params
    optimizer.update(params, step.grads, state.G_optimizer, state.epoch + 1)
    if recipe.column_limit > 0:
        limit_columns(params, recipe.column_limit)
    for cache in step.caches:
        state.G.commit(cache)


def steps_per_epoch(recipe: Recipe, data: Dataset) -> int:
    """Generator updates per pass over the training examples."""
    return len(data.train) // (recipe.batch_size * recipe.discriminator_steps)


def train_epoch(
    state: TrainingState,
    recipe: Recipe,
    data: Dataset,
    should_stop: Callable[[], bool] = lambda: False,
    on_step: Callable[[], object] = lambda: None,
    update: Update | None = None,
) -> Monitors | None:
    """Train to the end of the epoch under way, changing `state`.

    Parameters
    ----------
    state : TrainingState
        May lie within an epoch: training goes on with the next minibatch.
    recipe : Recipe
    data : Dataset
    should_stop : callable
        Asked after each step but an epoch's last one.
    on_step : callable
        Called after each step.
    update : callable, optional
        What one step does; if not given, what the recipe says.

    Returns
    -------
    dict or None
        Means over the epoch's steps and the gradient norms of its last one; None if
        `should_stop` ended it early.

    Raises
    ------
    TrainingDiverged
        If a loss or a parameter is not finite.
    """
    steps = steps_per_epoch(recipe, data)
    batches = steps * recipe.discriminator_steps
    if state.batch == 0:
        state.sums = {}
    minibatches = Minibatches(state, recipe, data)
    average, update = recipe.make_average(), update or UPDATES[recipe.update]
    # Overflow on the way to divergence is reported as divergence, not as warnings.
    with np.errstate(over="ignore", invalid="ignore"):
        while state.batch < batches:
            D_step, G_step = update(state, recipe, minibatches.next)
            if average and state.average is not None:
                average.update(state.average, state.G.params)
            state.step += 1
            for name, value in (D_step.monitors | G_step.monitors).items():
                state.sums[name] = state.sums.get(name, 0.0) + value
            on_step()
            if state.batch < batches and should_stop():
                return None
    check_params(state, state.step)
    state.epoch, state.batch = state.epoch + 1, 0
    return {name: total / steps for name, total in state.sums.items()} | {
        "grad_norm_discriminator": grad_norm(D_step.grads),
        "grad_norm_generator": grad_norm(G_step.grads),
    }
