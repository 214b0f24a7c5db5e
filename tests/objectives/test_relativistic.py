"""The relativistic objective: pairs, and nothing but their differences."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.objectives import OBJECTIVES
from gan_numpy.training.steps import (
    discriminator_step,
    generator_step,
    simultaneous_step,
)
from tests.numeric import numerical_gradient
from tests.training.networks import leaky_network

RELATIVISTIC = OBJECTIVES["relativistic"]


def test_whoever_cannot_tell_loses_log_2(rng):
    same = rng.normal(size=(6, 1))
    loss, d_real, d_fake = RELATIVISTIC.discriminator(same, same)
    own, d_own = RELATIVISTIC.against(same).generator(same)
    assert loss == own == pytest.approx(np.log(2))
    np.testing.assert_allclose(d_real, -1 / 12)
    np.testing.assert_allclose([d_fake, -d_own], 1 / 12)


def test_a_constant_more_changes_nothing(rng):
    """There is no threshold between real and generated, as the other losses have."""
    real, fake = rng.normal(size=(2, 6, 1))
    for c in (-7.0, 3.0):
        assert RELATIVISTIC.discriminator(real + c, fake + c)[0] == pytest.approx(
            RELATIVISTIC.discriminator(real, fake)[0]
        )
    other = OBJECTIVES["non_saturating"]
    assert other.discriminator(real + 3, fake + 3)[0] != pytest.approx(
        other.discriminator(real, fake)[0]
    )


def test_each_example_is_compared_with_its_own_alone(rng):
    real, fake = rng.normal(size=(2, 6, 1))
    before = RELATIVISTIC.against(real).generator(fake)[1]
    real[2] += 1
    changed = RELATIVISTIC.against(real).generator(fake)[1] != before
    assert changed.ravel().tolist() == [i == 2 for i in range(6)]


def test_without_partners_it_is_said():
    with pytest.raises(ValueError, match=r"pairs of \(5, 1\) real and \(7, 1\)"):
        RELATIVISTIC.discriminator(np.zeros((5, 1)), np.zeros((7, 1)))


def test_other_objectives_do_not_look_at_the_real_outputs():
    for objective in OBJECTIVES.values():
        same = objective.against(np.ones((3, 1))) is objective
        assert same == (objective is not RELATIVISTIC)


def test_the_steps_gradients_agree_with_differences(rng):
    G, D = leaky_network((3, 7, 2), rng), leaky_network((2, 9, 1), rng)
    x, z = rng.normal(size=(5, 2)), rng.normal(size=(5, 3))
    arguments = G, D, RELATIVISTIC

    def of_G():
        return generator_step(*arguments, z, rng, x)

    def of_D():
        return discriminator_step(*arguments, x, z, rng)

    both = simultaneous_step(*arguments, x, z, rng)
    for player, step, at_once, loss in (
        (G, of_G, both[1], "loss_generator"),
        (D, of_D, both[0], "loss_discriminator"),
    ):
        for name, value in player.params.items():
            numeric = numerical_gradient(lambda: step().monitors[loss], value)
            np.testing.assert_allclose(step().grads[name], numeric, 1e-6, 1e-9)
            np.testing.assert_allclose(
                at_once.grads[name], step().grads[name], 1e-9, 1e-12
            )
    # D's last bias cancels in every pair.
    assert abs(of_D().grads["h1.b"]) < 1e-15
    assert generator_step(*arguments, z, rng).monitors != of_G().monitors
