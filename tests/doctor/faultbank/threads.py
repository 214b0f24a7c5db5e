r"""Situations that people describe in public threads, rebuilt as small loops.

Each is a student's own training loop around two networks, with the fault that the
thread ends up with (or is about), on points or digits. What the doctor gets is what a
student has: both networks, the data, and what the loop kept. None of the code is
theirs; each docstring names the thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gan_numpy.datasets import load_dataset
from gan_numpy.layers import BatchNorm, Dense, ReLU, Sigmoid, Tanh
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import discriminator_loss, non_saturating_generator_loss
from gan_numpy.optim import Adam, ExponentialDecay

EVERY = 10


@dataclass
class Situation:
    """What a student hands over, and what may be said of it.

    Attributes
    ----------
    G, D : Sequential
    data : (N, d) ndarray
        As the loop shows them to D.
    history : list of dict
        What the loop kept, every ten steps.
    options : dict
        Further arguments of `gan_numpy.lesson.doctor`.
    """

    G: Sequential
    D: Sequential
    data: np.ndarray
    history: list[dict[str, Any]]
    options: dict[str, Any] = field(default_factory=dict)


THREADS: dict[str, tuple[Callable[[int], Situation], frozenset[str]]] = {}


def thread(*accepts: str) -> Callable[[Any], Any]:
    """Put a function among the `THREADS`, with the names that are right for it."""

    def register(make: Callable[[int], Situation]) -> Callable[[int], Situation]:
        THREADS[make.__name__] = make, frozenset(accepts)
        return make

    return register


def dense_players(
    seed: int,
    features: int,
    last: Any = None,
    G_norm: bool = False,
    D_norm: bool = False,
) -> tuple[Sequential, Sequential]:
    """Two small networks of dense layers."""
    rng, init = np.random.default_rng(seed), normal(0.1)

    def hidden(name: str, n: int, m: int, norm: bool) -> list[tuple[str, Any]]:
        layers: list[tuple[str, Any]] = [(name, Dense(n, m, init=init, rng=rng))]
        if norm:
            layers.append((f"{name}_norm", BatchNorm(m)))
        return [*layers, (f"{name}_relu", ReLU())]

    def out(n: int, m: int) -> tuple[str, Any]:
        return ("y", Dense(n, m, init=init, rng=rng))

    G_layers = [*hidden("h0", 8, 64, G_norm), *hidden("h1", 64, 64, G_norm)]
    G = [*G_layers, out(64, features)] + ([("end", last)] if last else [])
    D = [*hidden("h0", features, 64, D_norm), *hidden("h1", 64, 64, D_norm)]
    return Sequential(G), Sequential([*D, out(64, 1)])


@dataclass
class Loop:
    """A student's loop; a situation replaces one of its parts.

    Attributes
    ----------
    G_rate, D_rate : float
    D_steps : int
    mixes : bool
        Whether D judges real and generated examples in one batch.
    commits : bool
        Whether batch statistics are kept.
    D_signs, G_sign : float
        Factors of the gradients.
    """

    G_rate: float = 1e-3
    D_rate: float = 1e-3
    D_steps: int = 1
    mixes: bool = False
    commits: bool = True
    G_sign: float = 1.0
    D_factor: float = 1.0
    moves_D_with_G: bool = False

    def play(
        self, G: Sequential, D: Sequential, x: np.ndarray, seed: int, steps: int = 300
    ) -> list[dict[str, Any]]:
        """Train; what is kept every ten steps."""
        rng, history = np.random.default_rng(seed), []
        G_adam = Adam(ExponentialDecay(self.G_rate), 0.5)
        D_adam = Adam(ExponentialDecay(self.D_rate), 0.5)
        both = Adam(ExponentialDecay(self.G_rate), 0.5)
        states = [G_adam.init(G.params), D_adam.init(D.params), both.init(D.params)]
        for step in range(steps + 1):
            if step % EVERY == 0:
                weights = [{k: v.copy() for k, v in n.params.items()} for n in (G, D)]
                row: dict[str, Any] = {"step": step, "G": weights[0], "D": weights[1]}
                history.append(row)
            for _ in range(self.D_steps):
                real = x[rng.integers(len(x), size=64)]
                D_loss, grads = self.judge(G, D, real, rng)
                D_adam.update(D.params, grads, states[1], 1)
            z = rng.standard_normal((64, 8)).astype(np.float32)
            fake, G_cache = G.forward(z, train=True)
            logits, cache = D.forward(fake, train=True)
            G_loss, d_logits = non_saturating_generator_loss(logits)
            d_fake, d_grads = D.backward(d_logits, cache)
            _, grads = G.backward(self.G_sign * d_fake, G_cache)
            G_adam.update(G.params, grads, states[0], 1)
            if self.moves_D_with_G:
                both.update(D.params, d_grads, states[2], 1)
            if self.commits:
                G.commit(G_cache)
            row |= {"loss_discriminator": D_loss, "loss_generator": G_loss}
        return history

    def judge(
        self, G: Sequential, D: Sequential, real: np.ndarray, rng: Any
    ) -> tuple[float, dict[str, np.ndarray]]:
        """The discriminator's loss and its gradients."""
        z = rng.standard_normal((len(real), 8)).astype(np.float32)
        fake, _ = G.forward(z, train=True)
        if self.mixes:
            logits, cache = D.forward(np.concatenate([real, fake]), train=True)
            loss, a, b = discriminator_loss(*np.split(logits, 2))
            _, grads = D.backward(np.concatenate([a, b]), cache)
            D.commit(cache)
        else:
            (r, r_cache), (f, f_cache) = (
                D.forward(v, train=True) for v in (real, fake)
            )
            loss, a, b = discriminator_loss(r, f)
            _, grads = D.backward(a, r_cache)
            for name, grad in D.backward(b, f_cache)[1].items():
                grads[name] += grad
            D.commit(r_cache)
            D.commit(f_cache)
        return loss, {k: self.D_factor * v for k, v in grads.items()}


def digits() -> np.ndarray:
    return load_dataset("digits").scaled("train")


def ring() -> np.ndarray:
    return load_dataset("ring").scaled("train")


@thread("moved_by_the_other")
def the_optimizer_takes_all_variables(seed: int) -> Situation:
    """D's loss increases and G's falls to 0 at the beginning: no ``var_list``.

    https://github.com/soumith/ganhacks/issues/29
    """
    G, D = dense_players(seed, 2)
    history = Loop(moves_D_with_G=True).play(G, D, ring(), seed)
    return Situation(G, D, ring(), history)


@thread("discriminator_ahead")
def loss_of_D_goes_to_zero(seed: int) -> Situation:
    """ "Loss D goes to zero" and the loss of G goes up.

    https://github.com/simontomaskarlsson/GAN-MRI/issues/11
    """
    G, D = dense_players(seed, 64, Sigmoid())
    history = Loop(D_steps=5, D_rate=5e-3, G_rate=1e-4).play(G, D, digits(), seed)
    return Situation(G, D, digits(), history)


@thread("sampling_mode")
def images_depend_on_the_other_noises(seed: int) -> Situation:
    """The same z gives another image when it is drawn alone.

    https://github.com/soumith/dcgan.torch/issues/19
    """
    G, D = dense_players(seed, 64, Sigmoid(), G_norm=True)
    history = Loop().play(G, D, digits(), seed)
    options = {"draw": lambda z: G.forward(z, train=True)[0]}
    return Situation(G, D, digits(), history, options)


@thread("wrong_range")
def tanh_against_pixels_from_0_to_255(seed: int) -> Situation:
    """The data go from 0 to 255, the last layer is tanh.

    https://github.com/togheppi/DCGAN/issues/2
    """
    G, D = dense_players(seed, 64, Tanh())
    x = 255 * digits()
    return Situation(G, D, x, Loop().play(G, D, x, seed))


@thread("stale_statistics")
def samples_are_bad_in_eval_mode(seed: int) -> Situation:
    """Good images in training mode, very poor ones after ``model.eval()``.

    https://github.com/junyanz/pytorch-CycleGAN-and-pix2pix/issues/1329
    """
    G, D = dense_players(seed, 64, Sigmoid(), G_norm=True)
    return Situation(G, D, digits(), Loop(commits=False).play(G, D, digits(), seed))


@thread("generator_wrong_sign")
def generator_in_the_wrong_direction(seed: int) -> Situation:
    """``g_loss.backward(one)`` where ``backward(mone)`` was meant.

    https://github.com/Zeleni9/pytorch-wgan/pull/53
    """
    G, D = dense_players(seed, 2)
    return Situation(G, D, ring(), Loop(G_sign=-1.0).play(G, D, ring(), seed))


@thread("mixed_batch_norm")
def real_and_fake_share_a_batch_norm(seed: int) -> Situation:
    """Real and generated images concatenated in front of batch normalization.

    https://github.com/eriklindernoren/PyTorch-GAN/issues/135
    """
    G, D = dense_players(seed, 64, Sigmoid(), D_norm=True)
    return Situation(G, D, digits(), Loop(mixes=True).play(G, D, digits(), seed))


@thread("discriminator_not_moving")
def discriminator_not_trainable(seed: int) -> Situation:
    """D was compiled after ``trainable = False``: the samples stay noise.

    https://github.com/eriklindernoren/Keras-GAN/issues/91
    """
    G, D = dense_players(seed, 64, Sigmoid())
    return Situation(G, D, digits(), Loop(D_factor=0.0).play(G, D, digits(), seed))


@thread("rate_too_high", "saturated_outputs", "discriminator_ahead")
def the_loss_of_G_stays_constant(seed: int) -> Situation:
    """ "My generator loss is not changing after first epoch and remains constant"; a
    smaller rate helped.

    https://github.com/tdeboissiere/DeepLearningImplementations/issues/11
    """
    G, D = dense_players(seed, 64, Sigmoid())
    history = Loop(D_rate=0.3, G_rate=0.3).play(G, D, digits(), seed)
    return Situation(G, D, digits(), history)


@thread("discriminator_wrong_sign")
def accuracy_stays_below_a_half(seed: int) -> Situation:
    """The losses stop, D's accuracy is no better than a coin's.

    https://github.com/mitchelljy/DCGAN-Keras/issues/2 (what one of its causes looks
    like: the discriminator is pushed the wrong way)
    """
    G, D = dense_players(seed, 2)
    return Situation(G, D, ring(), Loop(D_factor=-1.0).play(G, D, ring(), seed))


@thread("rotation")
def the_dirac_game(seed: int) -> Situation:
    """One number against one slope: around and around, at the same distance.

    Mescheder, Geiger and Nowozin, https://arxiv.org/abs/1801.04406, section 2
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 0.02, (200, 1)).astype(np.float32)
    G = Sequential([("g", Dense(1, 1, init=normal(1e-3), rng=rng))])
    D = Sequential([("d", Dense(1, 1, init=normal(1e-3), rng=rng))])
    theta, psi, history, rate = 0.3, 0.0, [], 0.1
    for step in range(0, 600):
        G.params["g.b"][...], D.params["d.W"][...] = theta, psi
        if step % EVERY == 0:
            weights = [{k: v.copy() for k, v in n.params.items()} for n in (G, D)]
            history.append({"step": step, "G": weights[0], "D": weights[1]})
        slope = 1 / (1 + np.exp(-theta * psi))  # of softplus, at the fake
        psi -= rate * slope * theta
        theta += rate * (1 - slope) * psi
    return Situation(G, D, x, history)
