import numpy as np
import pytest
from scipy.special import expit, log_expit

from gan_numpy.objectives import (
    OBJECTIVES,
    discriminator_loss,
    minimax_generator_loss,
    non_saturating_generator_loss,
    sigmoid,
    softplus,
)
from tests.numeric import numerical_gradient, relative_error

GENERATOR_LOSSES = [minimax_generator_loss, non_saturating_generator_loss]


def test_softplus_and_sigmoid_agree_with_scipy():
    a = np.array([-800.0, -30, -1, 0, 1, 30, 800])
    np.testing.assert_allclose(softplus(a), -log_expit(-a), rtol=1e-14)
    np.testing.assert_allclose(sigmoid(a), expit(a), rtol=1e-14)


def test_discriminator_loss_agrees_with_the_probability_form(rng):
    """The logit form is -mean log D(x) - mean log(1 - D(G(z))), the value of eq. 1."""
    real, fake = rng.normal(size=(2, 7, 1)) * 3
    loss, d_real, d_fake = discriminator_loss(real, fake)
    D_real, D_fake = expit(real), expit(fake)
    assert loss == pytest.approx(-np.log(D_real).mean() - np.log(1 - D_fake).mean())
    # Through the sigmoid layer: dL/dD times sigmoid'.
    np.testing.assert_allclose(d_real, -1 / D_real / 7 * D_real * (1 - D_real))
    np.testing.assert_allclose(d_fake, 1 / (1 - D_fake) / 7 * D_fake * (1 - D_fake))


def test_generator_losses_agree_with_the_probability_form(rng):
    fake = rng.normal(size=(7, 1)) * 3
    D = expit(fake)
    loss, gradient = minimax_generator_loss(fake)
    assert loss == pytest.approx(np.log(1 - D).mean())
    np.testing.assert_allclose(gradient, -1 / (1 - D) / 7 * D * (1 - D))
    loss, gradient = non_saturating_generator_loss(fake)
    assert loss == pytest.approx(-np.log(D).mean())
    np.testing.assert_allclose(gradient, -1 / D / 7 * D * (1 - D))


def test_discriminator_gradients_against_central_differences(rng):
    real, fake = rng.normal(size=(5, 1)), rng.normal(size=(8, 1))
    _, d_real, d_fake = discriminator_loss(real, fake)

    def loss():
        return discriminator_loss(real, fake)[0]

    assert relative_error(d_real, numerical_gradient(loss, real)) < 1e-8
    assert relative_error(d_fake, numerical_gradient(loss, fake)) < 1e-8


@pytest.mark.parametrize("loss", GENERATOR_LOSSES)
def test_generator_gradients_against_central_differences(loss, rng):
    fake = rng.normal(size=(7, 1))
    numeric = numerical_gradient(lambda: loss(fake)[0], fake)
    assert relative_error(loss(fake)[1], numeric) < 1e-8


def test_the_generator_only_moves_against_the_discriminator(rng):
    """Both of G's losses push the logit of every fake up; D's pushes it down."""
    fake = rng.normal(size=(9, 1))
    for loss in GENERATOR_LOSSES:
        assert (loss(fake)[1] < 0).all()
    assert (discriminator_loss(fake, fake)[2] > 0).all()


def test_saturation_ratio(rng):
    """Magnitudes minimax / non-saturating = D / (1 - D)."""
    fake = rng.normal(size=(9, 1)) * 4
    ratio = minimax_generator_loss(fake)[1] / non_saturating_generator_loss(fake)[1]
    np.testing.assert_allclose(ratio, expit(fake) / (1 - expit(fake)), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("a", [-800.0, -17.0, 0.0, 17.0, 800.0])
def test_no_logit_overflows(dtype, a):
    logits = np.full((3, 1), a, dtype)
    loss, d_real, d_fake = discriminator_loss(logits, logits)
    assert np.isfinite(loss)
    assert d_real.dtype == d_fake.dtype == dtype
    for G_loss in GENERATOR_LOSSES:
        value, gradient = G_loss(logits)
        assert np.isfinite(value) and np.isfinite(gradient).all()
        assert gradient.dtype == dtype


def test_known_values():
    zero = np.zeros((4, 1))
    assert discriminator_loss(zero, zero)[0] == pytest.approx(2 * np.log(2))
    assert minimax_generator_loss(zero)[0] == pytest.approx(-np.log(2))
    assert non_saturating_generator_loss(zero)[0] == pytest.approx(np.log(2))


def test_registry():
    assert list(OBJECTIVES)[:2] == ["minimax", "non_saturating"]
    assert OBJECTIVES["minimax"].generator is minimax_generator_loss
