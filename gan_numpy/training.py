r"""Algorithm 1 of the paper: the minimax game, played with minibatches.

    for number of training iterations do
        for k steps do
            sample a minibatch of m noise vectors z and of m examples x
            update the discriminator by ascending the gradient of
                1/m sum [ log D(x) + log(1 - D(G(z))) ]
        sample a minibatch of m noise vectors z
        update the generator by descending the gradient of
            1/m sum log(1 - D(G(z)))     (or of its non-saturating form)

`discriminator_step` and `generator_step` compute gradients by hand-written backprop;
`alternating_update` is the loop's body; `train_epoch` runs it over the training images.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.layers.base import Grads
from gan_numpy.network import Sequential
from gan_numpy.objectives import Objective, sigmoid
from gan_numpy.penalties import Forward, Penalty
from gan_numpy.recipes import Recipe
from gan_numpy.state import (
    Monitors,
    TrainingState,
    check_losses,
    check_params,
    grad_norm,
)

# -- the two gradients ---------------------------------------------------------------


def discriminator_step(
    G: Sequential,
    D: Sequential,
    objective: Objective,
    x: np.ndarray,
    z: np.ndarray,
    rng: np.random.Generator,
    weight: float = 1.0,
    penalty: Penalty | None = None,
) -> tuple[Grads, Monitors]:
    r"""Gradient of the discriminator's loss; the generator is only run forward.

    Parameters
    ----------
    G, D : Sequential
    objective : Objective
    x : (m, features)
        Real examples.
    z : (m, latent_size)
        Noise.
    rng : numpy.random.Generator
        Source of the dropout masks.
    weight : float
        Factor of the loss: ½ in the code released with the paper.
    penalty : Penalty, optional
        Added to the loss.

    Returns
    -------
    grads : dict
        :math:`\partial L_D / \partial\theta_D`, with the penalty's added.
    monitors : dict
        ``loss_discriminator``, ``d_real`` (mean D(x)) and ``d_fake`` (mean D(G(z)));
        ``penalty``, if there is one, which the loss does not include.
    """
    fake, _ = G.forward(z, train=True, rng=rng)
    if penalty is not None:  # it needs the cache of the real half for itself
        real_forward = D.forward(x, train=True, rng=rng)
        fake_forward = D.forward(fake, train=True, rng=rng)
        grads, monitors = _from_both(D, objective, real_forward, fake_forward, weight)
        monitors["penalty"] = penalty.add_to(grads, D, x, fake, rng, real_forward)
        return grads, monitors
    # One batch of both halves: half as many, twice as tall matrix products.
    logits, cache = D.forward(np.concatenate([x, fake]), train=True, rng=rng)
    real_logits, fake_logits = np.split(logits, [len(x)])
    loss, d_real, d_fake = objective.discriminator(real_logits, fake_logits)
    d_logits = weight * np.concatenate([d_real, d_fake])
    _, grads = D.backward(d_logits, cache, input_grad=False)
    return grads, _monitors(weight * loss, real_logits, fake_logits)


def _from_both(
    D: Sequential, objective: Objective, real: Forward, fake: Forward, weight: float
) -> tuple[Grads, Monitors]:
    """The discriminator's gradient from two forward passes, each crossed backward."""
    loss, d_real, d_fake = objective.discriminator(real[0], fake[0])
    _, grads = D.backward(weight * d_real, real[1], input_grad=False)
    _, from_fake = D.backward(weight * d_fake, fake[1], input_grad=False)
    for name, grad in from_fake.items():
        grads[name] += grad
    return grads, _monitors(weight * loss, real[0], fake[0])


def _monitors(loss: float, real: np.ndarray, fake: np.ndarray) -> Monitors:
    return {
        "loss_discriminator": loss,
        "d_real": _mean(sigmoid(real)),
        "d_fake": _mean(sigmoid(fake)),
    }


def generator_step(
    G: Sequential,
    D: Sequential,
    objective: Objective,
    z: np.ndarray,
    rng: np.random.Generator,
) -> tuple[Grads, Monitors]:
    r"""Gradient of the generator's loss, through the discriminator.

    The discriminator's own gradients are not asked for, but the one with respect to its
    input must be: it is what the generator learns from.

    Returns
    -------
    grads : dict
        :math:`\partial L_G / \partial\theta_G`.
    monitors : dict
        ``loss_generator``.
    """
    fake, G_cache = G.forward(z, train=True, rng=rng)
    logits, D_cache = D.forward(fake, train=True, rng=rng)
    loss, d_logits = objective.generator(logits)
    d_fake, _ = D.backward(d_logits, D_cache, param_grads=False)
    assert d_fake is not None  # asked for by input_grad=True
    _, grads = G.backward(d_fake, G_cache, input_grad=False)
    return grads, {"loss_generator": loss}


def simultaneous_step(
    G: Sequential,
    D: Sequential,
    objective: Objective,
    x: np.ndarray,
    z: np.ndarray,
    rng: np.random.Generator,
    weight: float = 1.0,
    penalty: Penalty | None = None,
) -> tuple[Grads, Grads, Monitors]:
    """Both gradients at the same point, from the same fakes and dropout masks.

    This is what the code released with the paper does: the discriminator's forward pass
    on the fakes is shared, and crossed backward once for each player.

    Returns
    -------
    D_grads, G_grads : dict
    monitors : dict
        Those of `discriminator_step` and `generator_step`.
    """
    fake, G_cache = G.forward(z, train=True, rng=rng)
    real_forward = D.forward(x, train=True, rng=rng)
    fake_logits, fake_cache = fake_forward = D.forward(fake, train=True, rng=rng)

    D_grads, monitors = _from_both(D, objective, real_forward, fake_forward, weight)
    if penalty is not None:
        monitors["penalty"] = penalty.add_to(D_grads, D, x, fake, rng, real_forward)

    G_loss, d_logits = objective.generator(fake_logits)
    d_images, _ = D.backward(d_logits, fake_cache, param_grads=False)
    assert d_images is not None  # asked for by input_grad=True
    _, G_grads = G.backward(d_images, G_cache, input_grad=False)
    return D_grads, G_grads, monitors | {"loss_generator": G_loss}


def _mean(values: np.ndarray) -> float:
    return float(values.mean(dtype=np.float64))


# -- the game ------------------------------------------------------------------------


def alternating_update(
    state: TrainingState, recipe: Recipe, next_x: Callable[[], np.ndarray]
) -> tuple[Grads, Grads, Monitors]:
    """Algorithm 1's body: k discriminator updates, then one of the generator."""
    G, D, rng = state.G, state.D, state.rng
    objective, optimizer = recipe.make_objective(), recipe.make_optimizer()
    weight, penalty = recipe.discriminator_weight, recipe.make_penalty()
    for _ in range(recipe.discriminator_steps):
        x = next_x()
        z = recipe.sample_latent(len(x), rng, x.dtype)
        D_grads, monitors = discriminator_step(
            G, D, objective, x, z, rng, weight, penalty
        )
        check_losses(state, monitors)
        optimizer.update(D.params, D_grads, state.D_optimizer, state.epoch + 1)
    z = recipe.sample_latent(len(x), rng, x.dtype)
    G_grads, G_monitors = generator_step(G, D, objective, z, rng)
    check_losses(state, G_monitors)
    optimizer.update(G.params, G_grads, state.G_optimizer, state.epoch + 1)
    return D_grads, G_grads, monitors | G_monitors


def simultaneous_update(
    state: TrainingState, recipe: Recipe, next_x: Callable[[], np.ndarray]
) -> tuple[Grads, Grads, Monitors]:
    """The released code's step: both gradients first, then both updates."""
    x = next_x()
    z = recipe.sample_latent(len(x), state.rng, x.dtype)
    D_grads, G_grads, monitors = simultaneous_step(
        state.G,
        state.D,
        recipe.make_objective(),
        x,
        z,
        state.rng,
        recipe.discriminator_weight,
        recipe.make_penalty(),
    )
    check_losses(state, monitors)
    optimizer = recipe.make_optimizer()
    optimizer.update(state.D.params, D_grads, state.D_optimizer, state.epoch + 1)
    optimizer.update(state.G.params, G_grads, state.G_optimizer, state.epoch + 1)
    return D_grads, G_grads, monitors


UPDATES = {"alternating": alternating_update, "simultaneous": simultaneous_update}


def steps_per_epoch(recipe: Recipe, data: Dataset) -> int:
    """Generator updates per pass over the training examples."""
    return len(data.train) // (recipe.batch_size * recipe.discriminator_steps)


def train_epoch(
    state: TrainingState,
    recipe: Recipe,
    data: Dataset,
    should_stop: Callable[[], bool] = lambda: False,
    on_step: Callable[[], object] = lambda: None,
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
    m, steps = recipe.batch_size, steps_per_epoch(recipe, data)
    batches = steps * recipe.discriminator_steps
    if state.batch == 0:
        state.order = state.rng.permutation(len(data.train))
        state.sums = {}

    def next_x() -> np.ndarray:
        rows = state.order[state.batch * m : (state.batch + 1) * m]
        state.batch += 1
        return data.scaled("train", rows, state.dtype)

    average, update = recipe.make_average(), UPDATES[recipe.update]
    # Overflow on the way to divergence is reported as divergence, not as warnings.
    with np.errstate(over="ignore", invalid="ignore"):
        while state.batch < batches:
            D_grads, G_grads, monitors = update(state, recipe, next_x)
            if average and state.average is not None:
                average.update(state.average, state.G.params)
            state.step += 1
            for name, value in monitors.items():
                state.sums[name] = state.sums.get(name, 0.0) + value
            on_step()
            if state.batch < batches and should_stop():
                return None
    check_params(state, state.step)
    state.epoch, state.batch = state.epoch + 1, 0
    return {name: total / steps for name, total in state.sums.items()} | {
        "grad_norm_discriminator": grad_norm(D_grads),
        "grad_norm_generator": grad_norm(G_grads),
    }
