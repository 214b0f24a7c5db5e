r"""The two gradients of semi-supervised learning with a GAN.

Source: Salimans et al., "Improved techniques for training GANs", arXiv:1606.03498;
the losses are those of `gan_numpy.objectives.semi_supervised`. The discriminator has
two parts, ``features`` and ``classes``: the generator is trained through the first.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import (
    feature_matching,
    log_sum_exp,
    semi_supervised_loss,
    sigmoid,
    softmax_cross_entropy,
)
from gan_numpy.objectives.base import mean
from gan_numpy.recipes import Recipe
from gan_numpy.training.minibatches import Batch, Minibatches
from gan_numpy.training.state import initial_state
from gan_numpy.training.steps import Step


def classifier_step(
    G: Sequential,
    D: Sequential,
    batch: Batch,
    z: np.ndarray,
    rng: np.random.Generator,
) -> Step:
    r"""Gradient of the classifier's loss on labeled, unlabeled and generated examples.

    Parameters
    ----------
    G, D : Sequential
        `D` ends with K logits, (m, K).
    batch : Batch
        With `labeled`.
    z : (m, latent_size)
    rng : numpy.random.Generator
        Source of the discriminator's noise.

    Returns
    -------
    Step
        ``monitors`` are those of `gan_numpy.training.steps.discriminator_step` and
        ``accuracy``, the share of the labeled examples that are classified right,
        under noise.
    """
    if batch.labeled is None:
        raise ValueError("classifier_step needs a batch with labeled examples")
    examples, labels = batch.labeled
    fake, _ = G.forward(z, train=True, rng=rng)
    passes = [D.forward(x, train=True, rng=rng) for x in (examples, batch.x, fake)]
    logits = [y for y, _ in passes]
    loss, gradients = semi_supervised_loss(logits[0], labels, logits[1], logits[2])
    grads = {name: np.zeros_like(value) for name, value in D.params.items()}
    for d_logits, (_, cache) in zip(gradients, passes):
        _, own = D.backward(d_logits, cache, input_grad=False)
        for name, grad in own.items():
            grads[name] += grad
    monitors = {
        "loss_discriminator": loss,
        "d_real": mean(sigmoid(log_sum_exp(logits[1]))),
        "d_fake": mean(sigmoid(log_sum_exp(logits[2]))),
        "accuracy": mean(logits[0].argmax(axis=1) == labels),
    }
    return Step(grads, monitors, tuple(cache for _, cache in passes))


def feature_matching_step(
    G: Sequential,
    D: Sequential,
    x: np.ndarray,
    z: np.ndarray,
    rng: np.random.Generator,
) -> Step:
    r"""Gradient of the generator's loss: mean features as on the data.

    Parameters
    ----------
    G, D : Sequential
        `D` has a layer ``features``, itself a `Sequential`.
    x : (m, features)
        Real examples.
    z : (m, latent_size)
    rng : numpy.random.Generator

    Returns
    -------
    Step
    """
    body = D.layers["features"]
    fake, G_cache = G.forward(z, train=True, rng=rng)
    real_features, _ = body.forward(x, train=True, rng=rng)
    fake_features, cache = body.forward(fake, train=True, rng=rng)
    loss, d_features = feature_matching(real_features, fake_features)
    d_fake, _ = body.backward(d_features, cache, param_grads=False)
    assert d_fake is not None  # asked for by input_grad=True
    _, grads = G.backward(d_fake, G_cache, input_grad=False)
    return Step(grads, {"loss_generator": loss}, (G_cache,))


def supervised_step(
    D: Sequential, examples: np.ndarray, labels: np.ndarray, rng: np.random.Generator
) -> Step:
    """Gradient of the classifier's loss on the labeled examples alone: no game.

    Parameters
    ----------
    D : Sequential
        With K logits.
    examples : (m, features)
    labels : (m,) int ndarray
    rng : numpy.random.Generator
        Source of the noise.
    """
    logits, cache = D.forward(examples, train=True, rng=rng)
    loss, d_logits = softmax_cross_entropy(logits, labels)
    _, grads = D.backward(d_logits, cache, input_grad=False)
    accuracy = mean(logits.argmax(axis=1) == labels)
    monitors = {"loss_discriminator": loss, "accuracy": accuracy}
    return Step(grads, monitors, (cache,))


def train_alone(recipe: Recipe, data: Dataset, seed: int, epochs: int) -> Sequential:
    """The classifier that the labeled examples alone give: what the game has to beat.

    The network, its initial weights, the labeled examples, the noise, the optimizer and
    the number of updates are those of a run of this recipe with this seed; unlabeled
    and generated examples are left out.

    Parameters
    ----------
    recipe : Recipe
        With ``labels=semi_supervised``.
    data : Dataset
    seed : int
    epochs : int
        Passes over all training examples that the run has made.

    Returns
    -------
    Sequential
    """
    state, optimizer = initial_state(recipe, data, seed), recipe.make_optimizer()
    minibatches = Minibatches(state, recipe, data)
    for epoch in range(1, epochs + 1):
        for _ in range(len(data.train) // recipe.batch_size):
            step = supervised_step(state.D, *minibatches.labeled(), state.rng)
            optimizer.update(state.D.params, step.grads, state.D_optimizer, epoch)
            for cache in step.caches:
                state.D.commit(cache)
    return state.D
