"""The critic's objectives: Wasserstein and hinge."""

import numpy as np
import pytest

from gan_numpy.objectives import OBJECTIVES
from tests.numeric import numerical_gradient, relative_error


@pytest.fixture
def outputs(rng):
    """Outputs away from the kinks of the hinge at 1 and -1."""
    real, fake = rng.normal(size=(9, 1)) * 2, rng.normal(size=(11, 1)) * 2
    assert min(np.abs(np.abs(real) - 1).min(), np.abs(np.abs(fake) - 1).min()) > 1e-4
    return real, fake


@pytest.mark.parametrize("name", ["wasserstein", "hinge"])
def test_the_gradients_agree_with_differences(name, outputs):
    real, fake = outputs
    objective = OBJECTIVES[name]
    _, d_real, d_fake = objective.discriminator(real, fake)
    for values, gradient in ((real, d_real), (fake, d_fake)):
        numeric = numerical_gradient(
            lambda: objective.discriminator(real, fake)[0], values
        )
        assert relative_error(gradient, numeric) < 1e-8
    numeric = numerical_gradient(lambda: objective.generator(fake)[0], fake)
    assert relative_error(objective.generator(fake)[1], numeric) < 1e-8


def test_the_critic_of_slope_one_measures_a_translation():
    """f(x) = x on the line is the best critic of a shift: W_1 is the shift."""
    x = np.linspace(-1, 1, 50)[:, None]
    loss, _, _ = OBJECTIVES["wasserstein"].discriminator(x, x - 3)
    assert -loss == pytest.approx(3)


@pytest.mark.parametrize("distance", [1.0, 10.0, 100.0])
def test_the_gradient_is_flat_in_the_distance_where_the_minimax_one_vanishes(distance):
    """Samples at -distance, judged by a perfect critic or a perfect discriminator."""
    outputs = np.full((4, 1), -distance)
    _, wasserstein = OBJECTIVES["wasserstein"].generator(outputs)
    _, minimax = OBJECTIVES["minimax"].generator(outputs)
    assert np.abs(wasserstein).sum() == 1
    assert np.abs(minimax).sum() <= np.exp(-distance)


def test_the_hinge_ignores_examples_beyond_the_margin():
    real, fake = np.array([[2.0], [0.5]]), np.array([[-2.0], [0.5]])
    loss, d_real, d_fake = OBJECTIVES["hinge"].discriminator(real, fake)
    assert loss == pytest.approx(0.25 + 0.75)
    np.testing.assert_array_equal(d_real, [[0], [-0.5]])
    np.testing.assert_array_equal(d_fake, [[0], [0.5]])
