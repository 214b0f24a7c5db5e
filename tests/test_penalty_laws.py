"""What penalties do to a game whose outcome can be computed on paper."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.layers import Dense, LeakyReLU
from gan_numpy.layers.initializers import normal, uniform
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import OBJECTIVES
from gan_numpy.optim import Adam, ExponentialDecay
from gan_numpy.penalties import gradient_penalty, interpolate, r1


@pytest.mark.parametrize("delta", [1.0, 3.0, 10.0])
def test_the_translation_law_of_wgan_gp(delta):
    r"""p_g is p_d shifted by delta: slope 1 + delta / 2 lambda, found by training.

    With x_hat on the path of each example the critic minimizes, along the shift,
    -delta s + lambda (s - 1)^2; its estimate of the distance is delta times that slope.
    """
    rng, lambda_ = np.random.default_rng(0), 10.0
    init, shift = normal(0.5), delta * np.array([0.6, -0.8])
    critic = Sequential(
        [
            ("h", Dense(2, 16, init=init, rng=rng, dtype=np.float64)),
            ("leaky", LeakyReLU(0.2)),
            ("y", Dense(16, 1, init=init, rng=rng, dtype=np.float64)),
        ]
    )
    optimizer = Adam(ExponentialDecay(0.02, 1.01), 0.5, 0.9)
    state = optimizer.init(critic.params)
    B = 64
    ends = np.concatenate([np.full((B, 1), -1 / B), np.full((B, 1), 1 / B)])
    for _ in range(400):
        real = rng.normal(size=(B, 2))
        fake = real + shift
        _, cache = critic.forward(np.concatenate([real, fake]))
        _, grads = critic.backward(ends, cache, input_grad=False)
        _, extra = gradient_penalty(critic, interpolate(real, fake, rng), lambda_)
        for name in grads:
            grads[name] += extra[name]
        optimizer.update(critic.params, grads, state, 1)

    real = rng.normal(size=(2000, 2))
    estimate = critic.forward(real)[0] - critic.forward(real + shift)[0]
    x_hat = interpolate(real, real + shift, rng)
    _, cache = critic.forward(x_hat)
    g, _ = critic.backward(np.ones((2000, 1)), cache)
    slope = 1 + delta / (2 * lambda_)
    assert np.linalg.norm(g, axis=1).mean() == pytest.approx(slope, rel=0.05)
    assert estimate.mean() == pytest.approx(delta * slope, rel=0.05)


class DiracGAN:
    """Data at 0, a generator at theta, D(x) = psi x (arXiv:1801.04406, section 2)."""

    def __init__(self, gamma):
        init = uniform(1.0)
        rng = np.random.default_rng(0)
        self.D = Sequential(
            [("psi", Dense(1, 1, init=init, rng=rng, dtype=np.float64))]
        )
        self.gamma, self.objective = gamma, OBJECTIVES["minimax"]

    def gradient_of_discriminator(self, theta, psi):
        self.D.params["psi.W"][:] = psi
        x = np.array([[0.0], [theta]])
        logits, cache = self.D.forward(x)
        _, d_real, d_fake = self.objective.discriminator(logits[:1], logits[1:])
        _, grads = self.D.backward(np.concatenate([d_real, d_fake]), cache)
        _, extra = r1(self.D, x[:1], self.gamma)
        return float(grads["psi.W"][0, 0] + extra["psi.W"][0, 0])

    def gradient_of_generator(self, theta, psi):
        self.D.params["psi.W"][:] = psi
        logits, cache = self.D.forward(np.array([[theta]]))
        dx, _ = self.D.backward(self.objective.generator(logits)[1], cache)
        return float(dx[0, 0])

    def radii(self, steps=2000, step=0.1, alternating=False):
        """Distances from the equilibrium, from (1, 1)."""
        theta, psi, radii = 1.0, 1.0, []
        for _ in range(steps):
            new_psi = psi - step * self.gradient_of_discriminator(theta, psi)
            seen = new_psi if alternating else psi
            theta -= step * self.gradient_of_generator(theta, seen)
            psi = new_psi
            radii.append(np.hypot(theta, psi))
        return np.array(radii)


def test_r1_of_a_linear_discriminator_is_weight_decay():
    """D(x) = psi x has slope psi everywhere: P = gamma psi^2 / 2, dP = gamma psi."""
    D = DiracGAN(0.3).D
    D.params["psi.W"][:] = 1.7
    value, grads = r1(D, np.array([[0.0], [4.0]]), 0.3)
    assert value == pytest.approx(0.3 * 1.7**2 / 2, rel=1e-15)
    assert grads["psi.W"][0, 0] == pytest.approx(0.3 * 1.7, rel=1e-15)
    assert grads["psi.b"][0] == 0


def test_the_dirac_gan_circles_without_r1_and_converges_with_it():
    """Its radius after 2000 steps of .1 from (1, 1)."""
    assert DiracGAN(0.0).radii()[-1] == pytest.approx(3.2, abs=0.05)
    assert DiracGAN(0.0).radii(alternating=True)[-1] == pytest.approx(1.38, abs=0.02)
    assert DiracGAN(0.3).radii()[-1] < 1e-9


def test_r1_turns_the_dirac_gan_inward_at_the_predicted_rate():
    r"""Near 0 the flow is theta' = psi/2, psi' = -theta/2 - gamma psi.

    Its eigenvalues are (-gamma ± sqrt(gamma^2 - 1)) / 2, so a step h multiplies the
    radius by |1 + h lambda| = sqrt(1 - h gamma + h^2 / 4), on average over a turn.
    """
    gamma, h = 0.3, 0.1
    radii = DiracGAN(gamma).radii(1500)
    rate = (radii[1400] / radii[400]) ** (1 / 1000)
    assert rate == pytest.approx(np.sqrt(1 - h * gamma + h * h / 4), abs=5e-4)
