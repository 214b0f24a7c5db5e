"""Annealing against likelihoods that are known exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from gan_numpy.evaluation.ais import annealing, bidirectional, hmc
from gan_numpy.evaluation.ais.annealing import Annealing, estimate, schedule
from gan_numpy.evaluation.ais.decoder import HALF_WIDTH, Decoder
from gan_numpy.layers import Dense, Sequential, Sigmoid, Tanh
from gan_numpy.layers.initializers import normal

FAST = Annealing(temperatures=100, chains=16, leapfrog_steps=5)
EXACT = Annealing(temperatures=500, chains=100, leapfrog_steps=5)


def linear(sigma=0.3, latent_size=3, features=5, uniform=False, seed=1):
    """x = u W + b + sigma e."""
    rng = np.random.default_rng(seed)
    layer = Dense(latent_size, features, init=normal(1.0), rng=rng, dtype=np.float64)
    layer.params["b"][:] = rng.normal(size=features)
    return Decoder(Sequential([("x", layer)]), latent_size, sigma, uniform)


def curved(uniform, dtype=np.float64):
    rng = np.random.default_rng(2)
    options = {"init": normal(0.8), "rng": rng, "dtype": dtype}
    layers = [
        ("h", Dense(3, 8, **options)),
        ("tanh", Tanh()),
        ("y", Dense(8, 6, **options)),
        ("sigmoid", Sigmoid()),
    ]
    return Decoder(Sequential(layers), 3, 0.2, uniform)


def exact(decoder, x):
    """N(b, W'W + sigma^2 I)."""
    W, b = decoder.network.params["x.W"], decoder.network.params["x.b"]
    covariance = W.T @ W + decoder.sigma**2 * np.eye(len(b))
    return multivariate_normal(b, covariance).logpdf(x)


@pytest.mark.parametrize("uniform", [False, True])
def test_the_gradient_agrees_with_finite_differences(uniform, rng):
    decoder = curved(uniform)
    x, u = rng.random((4, 6)), rng.normal(size=(4, 3))
    value, gradient = decoder.log_likelihood(u, x)
    means = decoder.means(u)
    expected = norm(means, decoder.sigma).logpdf(x).sum(axis=1)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    for i in range(3):
        shift = 1e-6 * np.eye(3)[i]
        up, down = (decoder.log_likelihood(u + s, x)[0] for s in (shift, -shift))
        np.testing.assert_allclose((up - down) / 2e-6, gradient[:, i], rtol=1e-6)
    errors = decoder.squared_error(value, 6)
    np.testing.assert_allclose(errors, ((x - means) ** 2).sum(axis=1), rtol=1e-9)


def test_single_precision_stays_near_double(rng):
    x, u = rng.random((4, 6)), rng.normal(size=(4, 3))
    found, expected = (
        curved(True, dtype).log_likelihood(u, x) for dtype in (np.float32, np.float64)
    )
    assert found[0].dtype == found[1].dtype == np.float64
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-3)


def test_uniform_z_is_uniform(rng):
    z = linear(uniform=True).latent(rng.normal(size=(20_000, 1)))
    assert np.abs(z).max() <= HALF_WIDTH and z.var() == pytest.approx(1, abs=0.02)
    shares, _ = np.histogram(z, 10, (-HALF_WIDTH, HALF_WIDTH))
    np.testing.assert_allclose(shares / len(z), 0.1, atol=0.01)


def test_leapfrog_can_be_run_backward_and_errs_by_the_square(rng):
    target = annealing.target_of(curved(True), rng.random((2, 6)), 3)
    begin = hmc.start(target, rng.normal(size=(6, 3)))
    momentum = rng.normal(size=(6, 3))
    energy = begin.potential(0.5) + (momentum**2).sum(axis=1) / 2
    errors = []
    for n in (20, 40):
        step = np.full((6, 1), 0.4 / n)
        end, final = hmc.leapfrog(target, begin, momentum, 0.5, step, n)
        back, _ = hmc.leapfrog(target, end, -final, 0.5, step, n)
        np.testing.assert_allclose(back.u, begin.u, atol=1e-10)
        after = end.potential(0.5) + (final**2).sum(axis=1) / 2
        errors.append(np.abs(after - energy).max())
    assert errors[1] < errors[0] / 3


def test_a_transition_leaves_the_posterior_as_it_is():
    """From exact samples of a linear decoder's posterior, with steps that are long."""
    decoder, rng = linear(0.7), np.random.default_rng(4)
    x, u = decoder.simulate(4000, rng)
    target = annealing.target_of(decoder, x, 1)
    state, moved = hmc.start(target, u), 0.0
    for _ in range(5):
        step = np.full((len(u), 1), 0.4)
        state, acceptance = hmc.transition(target, state, 1.0, step, 3, rng)
        moved += acceptance.mean() / 5
    assert 0.3 < moved < 0.95
    # The joint distribution of (u, x) is known: u is N(0, I), the error N(0, sigma^2).
    errors = (x - decoder.means(state.u)) / decoder.sigma
    for values in (state.u, errors):
        size = np.sqrt(len(values))
        assert np.abs(values.mean(axis=0)).max() < 4 / size
        covariance = np.cov(values, rowvar=False) - np.eye(values.shape[1])
        assert np.abs(covariance).max() < 6 / size


def test_steps_are_those_that_are_accepted():
    decoder, rng = linear(), np.random.default_rng(5)
    x, _ = decoder.simulate(3, rng)
    steps = annealing.find_steps(decoder, x, replace(FAST, scouts=16), rng)
    target = annealing.target_of(decoder, x, 16)
    step = np.repeat(steps[-1], 16)[:, None]
    state = hmc.start(target, rng.normal(size=(48, 3)))
    rates = []
    for _ in range(60):
        state, acceptance = hmc.transition(target, state, 1.0, step, 5, rng)
        rates.append(acceptance.mean())
    assert np.mean(rates[20:]) == pytest.approx(hmc.ACCEPTANCE, abs=0.15)


def test_a_step_that_overflows_is_refused(rng):
    target = annealing.target_of(linear(1e-3), np.zeros((1, 5)), 2)
    state = hmc.start(target, rng.normal(size=(2, 3)))
    after, acceptance = hmc.transition(target, state, 1, np.full((2, 1), 1e3), 50, rng)
    assert (acceptance == 0).all() and (after.u == state.u).all()


def test_the_schedule():
    betas = schedule(10)
    assert betas[0] == 0 and betas[-1] == 1 and (np.diff(betas) > 0).all()
    np.testing.assert_allclose(betas + betas[::-1], 1, atol=1e-12)
    assert np.diff(betas)[0] < np.diff(betas)[5] / 5  # dense at the ends


def test_a_linear_decoder_within_a_tenth_of_a_nat():
    decoder, rng = linear(0.5), np.random.default_rng(6)
    x, _ = decoder.simulate(6, rng)
    x[3:] += 1  # and examples that the model would not draw
    found = estimate(decoder, x, EXACT, rng)
    np.testing.assert_allclose(found.log_likelihood, exact(decoder, x), atol=0.1)
    assert (found.effective > 80).all() and (found.effective <= 100).all()


def test_a_uniform_decoder_within_a_tenth_of_a_nat():
    """One z, one x: the density is a difference of two normal distributions."""
    decoder, rng = linear(0.3, 1, 1, uniform=True), np.random.default_rng(7)
    (w,), (b,) = (decoder.network.params[k].ravel() for k in ("x.W", "x.b"))
    x = b + np.array([[0.0], [0.5], [-1.5], [2.5]]) * abs(w)
    edge = HALF_WIDTH * abs(w)
    ends = (norm.cdf((x - b + sign * edge) / 0.3) for sign in (1, -1))
    expected = np.log(np.subtract(*ends) / (2 * edge)).ravel()
    found = estimate(decoder, x, FAST, rng).log_likelihood
    np.testing.assert_allclose(found, expected, atol=0.1)


@pytest.mark.parametrize("temperatures", [1, 3])
def test_weights_are_unbiased_however_few_temperatures(temperatures):
    """E[w] = p(x), and 1/p(x) on the way back."""
    decoder, rng = linear(1.0, 2, 2), np.random.default_rng(8)
    settings = Annealing(temperatures, 20_000, 2, scouts=8)
    x, _ = decoder.simulate(1, rng)
    steps = annealing.find_steps(decoder, x, settings, rng)
    target = annealing.target_of(decoder, x, settings.chains)
    W = decoder.network.params["x.W"]
    center = x - decoder.network.params["x.b"]
    precision = np.eye(2) + W @ W.T  # of the posterior, with sigma 1
    mean = np.linalg.solve(precision, W @ center[0])
    u = rng.multivariate_normal(mean, np.linalg.inv(precision), settings.chains)
    prior, betas = rng.normal(size=u.shape), schedule(temperatures)
    p = exact(decoder, x)
    forward, _ = annealing.anneal(target, prior, betas, steps, 2, rng)
    back, _ = annealing.anneal(target, u, betas[::-1], steps[::-1], 2, rng)
    for log_ratio in (forward - p, back + p):
        ratio = np.exp(log_ratio)
        assert abs(ratio.mean() - 1) < 4 * ratio.std() / np.sqrt(len(ratio))
    assert forward.mean() < p < -back.mean()  # Jensen


def test_the_bounds_enclose_the_truth(monkeypatch):
    decoder = linear(0.5)
    drawn = []
    simulate = Decoder.simulate
    monkeypatch.setattr(
        Decoder, "simulate", lambda *a: drawn.append(simulate(*a)) or drawn[-1]
    )
    found = bidirectional.bounds(decoder, 6, EXACT, np.random.default_rng(9))
    truth = exact(decoder, drawn[0][0])
    np.testing.assert_allclose(found.lower, truth, atol=0.1)
    # Chains that begin at one point are less of a mean than they are many.
    np.testing.assert_allclose(found.upper, truth, atol=0.2)
    assert found.upper.mean() == pytest.approx(truth.mean(), abs=0.1)
    assert -0.05 < found.gap < 0.1
    short = replace(FAST, temperatures=5, chains=2)
    poor = bidirectional.bounds(decoder, 6, short, np.random.default_rng(9))
    assert poor.gap > 0.5
    assert poor.lower.mean() < truth.mean() < poor.upper.mean()


def test_the_width_of_a_linear_decoder_is_found():
    """From twice the width; the data's own is the most likely."""
    decoder, rng = linear(0.5, 2, 20), np.random.default_rng(10)
    x, _ = decoder.simulate(40, rng)
    settings = Annealing(30, 4, 5)
    found = annealing.fitted_sigma(decoder.with_sigma(1.0), x, settings, rng)
    assert found == pytest.approx(0.5, rel=0.06)


def test_the_same_seed_gives_the_same_bits():
    decoder, settings = curved(True, np.float32), Annealing(5, 3, 2)
    x = np.random.default_rng(0).random((4, 6))
    a, b, c = (
        estimate(decoder, x, settings, np.random.default_rng(seed)).log_likelihood
        for seed in (1, 1, 2)
    )
    assert a.tolist() == b.tolist() != c.tolist()


def test_bad_input():
    decoder = linear()
    with pytest.raises(ValueError, match="sigma must be finite and more than 0"):
        decoder.with_sigma(0)
    with pytest.raises(ValueError, match="chains must be at least 1, got 0"):
        Annealing(chains=0)
    with pytest.raises(ValueError, match="need shape"):
        estimate(decoder, np.zeros(5), FAST, np.random.default_rng(0))
    with pytest.raises(ValueError, match="not finite"):
        estimate(decoder, np.full((1, 5), np.nan), FAST, np.random.default_rng(0))
