"""Least squares: the gradients, the best discriminator, and what it cures."""

import numpy as np
import pytest

from gan_numpy.objectives import OBJECTIVES, least_squares
from tests.numeric import numerical_gradient, relative_error

CODINGS = {"least_squares": (0, 1, 1), "pearson": (-1, 1, 0)}


@pytest.mark.parametrize("name, coding", CODINGS.items())
def test_the_losses_are_the_papers(name, coding, rng):
    a, b, c = coding
    real, fake = rng.normal(size=(5, 1)), rng.normal(size=(7, 1))
    loss, _, _ = OBJECTIVES[name].discriminator(real, fake)
    assert loss == pytest.approx(
        ((real - b) ** 2).mean() / 2 + ((fake - a) ** 2).mean() / 2
    )
    assert OBJECTIVES[name].generator(fake)[0] == pytest.approx(
        ((fake - c) ** 2).mean() / 2
    )


@pytest.mark.parametrize("coding", [(0, 1, 1), (-1, 1, 0), (0.3, 2.1, -0.7)])
def test_the_best_discriminator_mixes_the_codes(coding):
    """Where D* = (b p + a q)/(p + q), on a finite space, the gradient vanishes."""
    a, b, c = coding
    counts = {"data": [6, 3, 1], "model": [1, 4, 5]}  # how often each of three points
    p, q = (np.array(counts[key]) / 10 for key in counts)
    best = (b * p + a * q) / (p + q)
    real, fake = np.repeat(best, counts["data"]), np.repeat(best, counts["model"])
    _, d_real, d_fake = least_squares("any", a, b, c).discriminator(real, fake)
    for point in best:
        total = d_real[real == point].sum() + d_fake[fake == point].sum()
        assert total == pytest.approx(0, abs=1e-15)


def test_samples_beyond_the_boundary_still_feel_a_pull():
    """At an output of 8 the logistic loss has let go of a sample."""
    far = np.array([[8.0]])
    _, gone = OBJECTIVES["non_saturating"].generator(far)
    _, pull = OBJECTIVES["least_squares"].generator(far)
    assert abs(gone.item()) == pytest.approx(3.4e-4, rel=0.02)
    assert pull.item() == 7


def test_the_gradients_agree_with_differences(rng):
    real, fake = rng.normal(size=(5, 1)), rng.normal(size=(7, 1))
    for name in CODINGS:
        objective = OBJECTIVES[name]
        _, d_real, d_fake = objective.discriminator(real, fake)
        for values, gradient in ((real, d_real), (fake, d_fake)):
            numeric = numerical_gradient(
                lambda: objective.discriminator(real, fake)[0], values
            )
            assert relative_error(gradient, numeric) < 1e-8
        numeric = numerical_gradient(lambda: objective.generator(fake)[0], fake)
        assert relative_error(objective.generator(fake)[1], numeric) < 1e-8
