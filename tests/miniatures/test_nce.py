"""Noise-contrastive estimation: gradients, the identity with D's loss, the theory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from gan_numpy.miniatures.contrast import (
    Contrast,
    asymptotic_covariance,
    fit,
    loss_and_gradient,
)
from gan_numpy.miniatures.densities import (
    Gaussian,
    LaplaceICA,
    gaussian_log_density,
)
from gan_numpy.miniatures.nce import MEAN, NCE, SCALE
from gan_numpy.objectives import OBJECTIVES
from gan_numpy.objectives.noise_contrastive import noise_contrastive_loss
from tests.numeric import numerical_gradient, relative_error


def models(rng):
    lower = np.tril(rng.normal(size=(3, 3)))
    gaussian = {"mu": rng.normal(size=3), "L": lower, "c": np.array(0.3)}
    ica = {"B": rng.normal(size=(3, 3)), "c": np.array(-0.2)}
    return [(Gaussian(), gaussian), (LaplaceICA(), ica)]


def shown(rng, d=3, ratio=3):
    data, noise = rng.normal(size=(7, d)), 2 * rng.normal(size=(7 * ratio, d))
    logs = [gaussian_log_density(u, 2.0) for u in (data, noise)]
    return Contrast(data, noise, *logs, ratio)


def test_gradients_of_the_models(rng):
    for model, params in models(rng):
        u, dy = rng.normal(size=(5, 3)), rng.normal(size=5)
        grads = model.backward(dy, model.forward(params, u)[1])
        for name, value in params.items():

            def loss():
                return float(model.forward(params, u)[0] @ dy)

            wanted = numerical_gradient(loss, value)
            wanted = np.tril(wanted) if name == "L" else wanted
            assert grads[name].shape == value.shape
            assert relative_error(grads[name], wanted) < 1e-8, name


def test_gradient_of_the_whole(rng):
    for model, params in models(rng):
        pairs = shown(rng)
        _, grads = loss_and_gradient(model, params, pairs)
        for name, value in params.items():
            wanted = numerical_gradient(
                lambda: loss_and_gradient(model, params, pairs)[0], value
            )
            assert relative_error(grads[name], wanted) < 1e-7, name


@pytest.mark.parametrize("ratio", [1, 2.5, 10])
def test_gradient_of_the_loss(rng, ratio):
    x, y = rng.normal(size=5), rng.normal(size=8)
    _, dx, dy = noise_contrastive_loss(x, y, ratio)
    for value, grad in ((x, dx), (y, dy)):
        wanted = numerical_gradient(
            lambda: noise_contrastive_loss(x, y, ratio)[0], value
        )
        assert relative_error(grad, wanted) < 1e-8


@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_at_ratio_one_it_is_the_loss_of_the_gans_discriminator(rng, scale, dtype):
    """To the last bit, with both gradients; D's logit is a difference of logs."""
    x, y = (scale * rng.normal(size=(9, 1))).astype(dtype), rng.normal(size=(4, 1))
    ours = noise_contrastive_loss(x, y.astype(dtype), 1)
    theirs = OBJECTIVES["minimax"].discriminator(x, y.astype(dtype))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


def test_large_ratios_and_logits_are_finite():
    with np.errstate(over="raise", invalid="raise"):
        loss, dx, dy = noise_contrastive_loss(
            np.array([-1e4, 1e4]), np.array([1e4, -1e4]), 1000.0
        )
    assert np.isfinite(loss) and np.isfinite(dx).all() and np.isfinite(dy).all()


def test_the_density_of_the_noise(rng):
    u = rng.normal(size=(6, 3))
    wanted = multivariate_normal(np.zeros(3), 4 * np.eye(3)).logpdf(u)
    np.testing.assert_allclose(gaussian_log_density(u, 2.0), wanted)


def test_with_the_true_constant_models_are_densities(rng):
    """log Z by heart agrees with SciPy's density and with quadrature."""
    (model, params), (ica, mixed) = models(rng)
    u = rng.normal(size=(6, 3))
    params["c"] = np.array(-model.log_partition(params))
    covariance = np.linalg.inv(np.tril(params["L"]) @ np.tril(params["L"]).T)
    wanted = multivariate_normal(params["mu"], covariance).logpdf(u)
    np.testing.assert_allclose(model.forward(params, u)[0], wanted)
    mixed = {"B": np.array([[1.3, 0.4], [-0.2, 0.8]]), "c": np.zeros(())}
    axis = np.linspace(-25, 25, 1001)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    total = np.exp(ica.forward(mixed, grid)[0]).sum() * (axis[1] - axis[0]) ** 2
    assert np.log(total) == pytest.approx(ica.log_partition(mixed), abs=2e-3)


def test_it_finds_the_constant_whatever_the_start(rng):
    data = MEAN[0] + SCALE[0, 0] * rng.standard_normal((4000, 1))
    noise = 2 * rng.standard_normal((20_000, 1))
    logs = [gaussian_log_density(u, 2.0) for u in (data, noise)]
    pairs, found = Contrast(data, noise, *logs, 5), []
    for c in (-3.0, 0.0, 3.0):
        start = {"mu": np.zeros(1), "L": np.eye(1), "c": np.array(c)}
        found.append(fit(Gaussian(), start, pairs))
        assert found[-1]["c"] == pytest.approx(found[0]["c"], abs=1e-4)
    log_Z = Gaussian().log_partition({"L": np.array([[1 / SCALE[0, 0]]])})
    assert found[0]["c"] == pytest.approx(-log_Z, abs=0.05)


def test_the_theory_tends_to_cramer_and_rao():
    """For sigma and mu of a Gaussian: 1.5 sigma^2 / T, and more for less noise."""
    game, bound = NCE(), 1.5 * SCALE[0, 0] ** 2
    errors = [game._theory(ratio) for ratio in (1, 4, 16, 1e6)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] == pytest.approx(bound, rel=1e-4)
    assert 1.7 < errors[0] / bound < 1.8


def test_the_theory_by_a_case_known_by_heart():
    """Only c unknown and noise like the data: P is constant, m^2 / I = P."""
    ones, log = np.ones((1001, 1)), np.full(1001, -np.log(10.0))
    for ratio in (1.0, 4.0):
        C = asymptotic_covariance(ones, log, log, np.full(1001, 10 / 1001), ratio)
        P = ratio / (1 + ratio)
        assert C[0, 0] == pytest.approx(1 / P - (1 + 1 / ratio), abs=1e-12)
