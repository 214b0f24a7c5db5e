"""The linear-quadratic game: gradients, Riccati's saddle point, what it promises."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.errors import UserError
from gan_numpy.miniatures.linear_game import LinearGame
from gan_numpy.miniatures.robust_control import RobustControl
from tests.numeric import numerical_gradient, relative_error

PENDULUM = RobustControl().game()


def random_game(seed, gamma=3.0):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(4, 4))
    A *= 0.9 / np.abs(np.linalg.eigvals(A)).max()
    B, E = rng.normal(size=(4, 2)), 0.3 * rng.normal(size=(4, 3))
    half = rng.normal(size=(4, 4))
    return LinearGame(A, B, E, half @ half.T / 4, np.diag([1.0, 0.5]), gamma)


def simulated(game, K, L, steps=3000):
    """J by its definition, from each unit vector."""
    total = 0.0
    for x in np.eye(len(game.A)):
        for _ in range(steps):
            u, w = -K @ x, L @ x
            total += x @ game.Q @ x + u @ game.R @ u - game.gamma**2 * w @ w
            x = game.A @ x + game.B @ u + game.E @ w
    return total


def test_the_cost_is_that_of_a_simulation():
    K, L = np.array([[7.0, 4.0]]), np.array([[0.3, -0.2]])
    J, _, _ = PENDULUM.cost_and_gradients(K, L)
    assert J == pytest.approx(simulated(PENDULUM, K, L), rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_gradients_of_both_players(seed):
    game, rng = random_game(seed), np.random.default_rng([1, seed])
    K, L = 0.05 * rng.normal(size=(2, 4)), 0.05 * rng.normal(size=(3, 4))
    _, dK, dL = game.cost_and_gradients(K, L)
    for value, grad in ((K, dK), (L, dL)):
        wanted = numerical_gradient(lambda: game.cost_and_gradients(K, L)[0], value)
        assert relative_error(grad, wanted) < 1e-7


@pytest.mark.parametrize("seed", range(3))
def test_at_riccatis_saddle_point_nobody_gains(seed):
    game = random_game(seed)
    K, L = game.saddle()
    value, dK, dL = game.cost_and_gradients(K, L)
    assert max(np.abs(dK).max(), np.abs(dL).max()) < 1e-8 * value
    rng = np.random.default_rng(seed)
    for _ in range(20):
        dK, dL = 0.02 * rng.normal(size=K.shape), 0.02 * rng.normal(size=L.shape)
        assert game.cost_and_gradients(K + dK, L)[0] > value
        assert game.cost_and_gradients(K, L + dL)[0] < value


def test_both_players_find_it():
    outcome = RobustControl().play(seed=23)
    for name, goal in RobustControl.goals.items():
        assert goal.met(outcome.figures[name]), name
    assert outcome.figures["worst gain of the linear-quadratic regulator"] > 0.6


def test_a_dear_disturbance_leaves_the_regulator():
    K, L = RobustControl(gamma=1e4).game().saddle()
    np.testing.assert_allclose(K, PENDULUM.lqr(), rtol=1e-6)
    assert np.abs(L).max() < 1e-6


def test_the_gain_is_that_of_a_long_wave():
    """Of a disturbance of one frequency, the cost arrives in that proportion."""
    K, angle = PENDULUM.lqr(), 0.3
    x, cost, paid = np.zeros(2), 0.0, 0.0
    for t in range(20_000):
        u, w = -K @ x, np.array([np.sin(angle * t)])
        if t > 1000:
            cost += x @ PENDULUM.Q @ x + u @ PENDULUM.R @ u
            paid += w @ w
        x = PENDULUM.A @ x + PENDULUM.B @ u + PENDULUM.E @ w
    gain = PENDULUM.gains(K, np.array([angle]))[0]
    assert np.sqrt(cost / paid) == pytest.approx(gain, rel=1e-3)


def test_what_has_no_answer_is_refused():
    with pytest.raises(UserError, match="gamma=0.3, expected a dearer disturbance"):
        RobustControl(gamma=0.3).play(0)
    with pytest.raises(ValueError, match="not stable"):
        PENDULUM.cost_and_gradients(np.zeros((1, 2)), np.zeros((1, 2)))


@pytest.mark.parametrize("gamma", [0.38, 0.36, 0.3, 0.2, 0.1, 0.01])
def test_a_saddle_point_is_one_of_a_game_that_can_be_won(gamma):
    """Riccati's equation has solutions below the bound, too; they keep no promise."""
    game = RobustControl(gamma=gamma).game()
    if gamma > 0.37:
        assert game.worst_gain(game.saddle()[0]) < gamma
    else:
        with pytest.raises(ValueError, match="gamma is too small"):
            game.saddle()
