r"""The players' gradients: one forward pass, one backward pass, by hand.

The discriminator's step crosses the discriminator alone. The generator's step crosses
both networks, downward through the discriminator into the generator. Nothing moves
here: a step is a gradient, and `gan_numpy.training.algorithm1` decides what to do with
it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gan_numpy.layers.base import Cache, Grads
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives.base import Objective, mean
from gan_numpy.penalties import Forward, Penalty
from gan_numpy.training.state import Monitors


class Step(NamedTuple):
    """What a step computed for one player; nothing has moved yet.

    Attributes
    ----------
    grads : dict
        The gradient of the player's loss with respect to its own parameters.
    monitors : dict
        Its loss and other figures.
    caches : tuple
        Of the player's own forward passes, whose batch statistics are to be committed
        once it moves. The other player's are not here: it stands still.
    """

    grads: Grads
    monitors: Monitors
    caches: tuple[Cache, ...]


def discriminator_step(
    G: Sequential,
    D: Sequential,
    objective: Objective,
    x: np.ndarray,
    z: np.ndarray,
    rng: np.random.Generator,
    weight: float = 1.0,
    penalty: Penalty | None = None,
) -> Step:
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
    Step
        ``grads`` are :math:`\partial L_D / \partial\theta_D`, with the penalty's added;
        ``monitors`` are ``loss_discriminator``, ``d_real`` (mean D(x)), ``d_fake``
        (mean D(G(z))) and ``penalty``, if there is one, which is not in the loss.
    """
    fake, _ = G.forward(z, train=True, rng=rng)
    # A penalty needs the cache of the real half for itself; batch normalization must
    # not see real and generated examples in one batch.
    if penalty is not None or not D.per_example:
        real_forward = D.forward(x, train=True, rng=rng)
        fake_forward = D.forward(fake, train=True, rng=rng)
        step = _from_both(D, objective, real_forward, fake_forward, weight)
        if penalty is not None:
            _add_penalty(step, penalty, D, x, fake, rng, real_forward, fake_forward)
        return step
    # One batch of both halves: half as many, twice as tall matrix products.
    logits, cache = D.forward(np.concatenate([x, fake]), train=True, rng=rng)
    real_logits, fake_logits = np.split(logits, 2)
    loss, d_real, d_fake = objective.discriminator(real_logits, fake_logits)
    d_logits = weight * np.concatenate([d_real, d_fake])
    _, grads = D.backward(d_logits, cache, input_grad=False)
    monitors = _monitors(objective, weight * loss, real_logits, fake_logits)
    return Step(grads, monitors, (cache,))


def _from_both(
    D: Sequential, objective: Objective, real: Forward, fake: Forward, weight: float
) -> Step:
    """The discriminator's gradient from two forward passes, each crossed backward."""
    loss, d_real, d_fake = objective.discriminator(real[0], fake[0])
    _, grads = D.backward(weight * d_real, real[1], input_grad=False)
    _, from_fake = D.backward(weight * d_fake, fake[1], input_grad=False)
    for name, grad in from_fake.items():
        grads[name] += grad
    monitors = _monitors(objective, weight * loss, real[0], fake[0])
    return Step(grads, monitors, (real[1], fake[1]))


def _add_penalty(
    step: Step,
    penalty: Penalty,
    D: Sequential,
    x: np.ndarray,
    fake: np.ndarray,
    rng: np.random.Generator,
    real_forward: Forward,
    fake_forward: Forward,
) -> None:
    """Add the penalty's gradients and its value to the discriminator's step."""
    step.monitors["penalty"] = penalty.add_to(
        step.grads, D, x, fake, rng, real_forward, fake_forward
    )


def _monitors(
    objective: Objective, loss: float, real: np.ndarray, fake: np.ndarray
) -> Monitors:
    return {
        "loss_discriminator": loss,
        "d_real": mean(objective.opinion(real)),
        "d_fake": mean(objective.opinion(fake)),
    }


def generator_step(
    G: Sequential,
    D: Sequential,
    objective: Objective,
    z: np.ndarray,
    rng: np.random.Generator,
    x: np.ndarray | None = None,
) -> Step:
    r"""Gradient of the generator's loss, through the discriminator.

    The discriminator's own gradients are not asked for, but the one with respect to its
    input must be: it is what the generator learns from.

    Parameters
    ----------
    x : (m, features), optional
        Real examples, for an objective that compares generated ones with them.

    Returns
    -------
    Step
        ``grads`` are :math:`\partial L_G / \partial\theta_G`; ``monitors`` hold
        ``loss_generator``.
    """
    fake, G_cache = G.forward(z, train=True, rng=rng)
    logits, D_cache = D.forward(fake, train=True, rng=rng)
    if objective.beside is not None and x is not None:
        objective = objective.against(D.forward(x, train=True, rng=rng)[0])
    loss, d_logits = objective.generator(logits)
    d_fake, _ = D.backward(d_logits, D_cache, param_grads=False)
    assert d_fake is not None  # asked for by input_grad=True
    _, grads = G.backward(d_fake, G_cache, input_grad=False)
    return Step(grads, {"loss_generator": loss}, (G_cache,))


def simultaneous_step(
    G: Sequential,
    D: Sequential,
    objective: Objective,
    x: np.ndarray,
    z: np.ndarray,
    rng: np.random.Generator,
    weight: float = 1.0,
    penalty: Penalty | None = None,
) -> tuple[Step, Step]:
    """Both gradients at the same point, from the same fakes and dropout masks.

    This is what the code released with the paper does: the discriminator's forward pass
    on the fakes is shared, and crossed backward once for each player.

    Returns
    -------
    D_step, G_step : Step
        As those of `discriminator_step` and `generator_step`.
    """
    fake, G_cache = G.forward(z, train=True, rng=rng)
    real_forward = D.forward(x, train=True, rng=rng)
    fake_logits, fake_cache = fake_forward = D.forward(fake, train=True, rng=rng)

    D_step = _from_both(D, objective, real_forward, fake_forward, weight)
    if penalty is not None:
        _add_penalty(D_step, penalty, D, x, fake, rng, real_forward, fake_forward)

    G_loss, d_logits = objective.against(real_forward[0]).generator(fake_logits)
    d_images, _ = D.backward(d_logits, fake_cache, param_grads=False)
    assert d_images is not None  # asked for by input_grad=True
    _, G_grads = G.backward(d_images, G_cache, input_grad=False)
    return D_step, Step(G_grads, {"loss_generator": G_loss}, (G_cache,))
