"""Every check on every objective: two losses of outputs, with their gradients."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.objectives import OBJECTIVES
from tests.numeric import numerical_gradient, relative_error

every_objective = pytest.mark.parametrize("name", OBJECTIVES)


@pytest.fixture
def outputs(rng, request):
    """Outputs on real and generated examples, away from kinks: of different numbers, if
    they are not compared in pairs."""
    values = rng.permutation(np.linspace(-3.03, 3.1, 12))
    real = 5 if OBJECTIVES[request.getfixturevalue("name")].beside is None else 6
    return values[:real, None], values[real:, None]


def both(objective, real, fake):
    """Loss and gradients of both players, by name."""
    loss, d_real, d_fake = objective.discriminator(real, fake)
    own, d_own = objective.against(real).generator(fake)
    return (loss, own), {"d_real": d_real, "d_fake": d_fake, "generator": d_own}


@every_objective
def test_the_gradients_agree_with_differences(name, outputs):
    objective, (real, fake) = OBJECTIVES[name], outputs
    _, grads = both(objective, real, fake)
    for key, values in (("d_real", real), ("d_fake", fake)):
        numeric = numerical_gradient(
            lambda: objective.discriminator(real, fake)[0], values
        )
        assert relative_error(grads[key], numeric) < 1e-7, key
    against = objective.against(real)
    numeric = numerical_gradient(lambda: against.generator(fake)[0], fake)
    assert relative_error(grads["generator"], numeric) < 1e-7


@every_objective
def test_shapes_and_dtypes_are_those_of_the_outputs_which_stay_as_they_are(
    name, outputs
):
    objective, (real, fake) = OBJECTIVES[name], outputs
    single = real.astype(np.float32), fake.astype(np.float32)
    kept = [values.copy() for values in (*outputs, *single)]
    losses, doubles = both(objective, real, fake)
    losses32, singles = both(objective, *single)
    assert all(isinstance(loss, float) for loss in (*losses, *losses32))
    np.testing.assert_allclose(losses32, losses, rtol=1e-5)
    for key, double in doubles.items():
        assert double.shape == (real if key == "d_real" else fake).shape
        assert singles[key].dtype == np.float32 and double.dtype == np.float64
        np.testing.assert_allclose(singles[key], double, rtol=1e-5)
        assert not np.shares_memory(double, real) and not np.shares_memory(double, fake)
    for values, before in zip((*outputs, *single), kept, strict=True):
        np.testing.assert_array_equal(values, before)


@every_objective
def test_large_outputs_give_finite_losses(name):
    far = np.array([[-300.0], [300.0]], dtype=np.float32)
    losses, grads = both(OBJECTIVES[name], far, far)
    assert np.isfinite(losses).all()
    assert all(np.isfinite(grad).all() for grad in grads.values())
    assert np.isfinite(OBJECTIVES[name].opinion(far)).all()


@every_objective
def test_a_better_discriminator_loses_less_and_a_better_generator_too(name):
    """D raises real and lowers generated outputs; G raises those of its samples."""
    objective, zero = OBJECTIVES[name], np.zeros((4, 1))
    _, d_real, d_fake = objective.discriminator(zero, zero)
    _, d_own = objective.generator(zero - 0.5)
    assert (d_real < 0).all() and (d_fake >= 0).all() and (d_own < 0).all()
