"""Imitation: the road, the policy's gradient, the judge; the whole by a switch."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from gan_numpy.exercises import get_exercise
from gan_numpy.miniatures.imitation import (
    CLONE,
    GAIL,
    Imitation,
    Judge,
    advantages_of,
    pairs,
)
from gan_numpy.miniatures.policies import Policy, log_softmax, policy_gradient
from gan_numpy.miniatures.road import (
    LENGTH,
    SPEED,
    careful,
    curvature,
    driven,
    in_the_plane,
    moved,
    seen,
    started,
)
from tests.numeric import numerical_gradient, relative_error

WHOLE = os.environ.get("GAN_NUMPY_GAIL") == "1"  # a third of a minute a seed


def test_the_road_is_closed_and_bends_as_it_says():
    s = np.linspace(0, LENGTH, 2000, endpoint=False)
    x, z = in_the_plane(s, np.zeros(2000))
    steps = np.hypot(np.diff(x), np.diff(z))
    np.testing.assert_allclose(steps, LENGTH / 2000, rtol=1e-3)
    assert np.hypot(x[0] - x[-1], z[0] - z[-1]) < 2 * LENGTH / 2000
    heading = np.unwrap(np.arctan2(np.diff(z), np.diff(x)))
    bends = np.diff(heading) / (LENGTH / 2000)
    np.testing.assert_allclose(bends, curvature(s[1:-1]), atol=0.01)
    assert np.abs(curvature(s)).max() < 1  # no two places of the road coincide


def test_a_car_moves_at_its_speed_wherever_it_is(rng):
    """The equations beside a bent road are those of a straight step in the plane."""
    cars = started(500, rng)
    cars[:, 1] = rng.uniform(-0.5, 0.5, 500)
    then, distance = moved(cars, rng.integers(0, 3, 500), np.random.default_rng(0))
    before, after = (np.array(in_the_plane(c[:, 0], c[:, 1])) for c in (cars, then))
    np.testing.assert_allclose(np.linalg.norm(after - before, axis=0), SPEED, rtol=0.12)
    np.testing.assert_allclose(then[:, 0] - cars[:, 0], distance, rtol=1e-9)


def test_who_is_in_the_ditch_stays_there(rng):
    cars = started(4, rng)
    cars[:2, 1] = [1.0, -1.0]
    then, distance = moved(cars, np.ones(4, int), rng)
    assert (then[:2] == cars[:2]).all() and (then[2:] != cars[2:]).any()
    assert (distance[:2] == 0).all() and (distance[2:] > 0).all()


def test_the_expert_never_leaves_the_road(rng):
    drives = driven(careful, 200, 300, rng)
    assert np.abs(drives.cars[:, :, 1]).max() < 0.6
    assert drives.laps == pytest.approx(3.07, abs=0.03)


def test_waiting_is_too_late(rng):
    """Who reacts only where the car is far from the middle ends in the ditch."""

    def late(senses):
        y = senses[:, 0]
        return np.where(np.abs(y) > 0.3, np.where(y > 0, 0, 2), 1)

    assert driven(late, 100, 100, rng).laps < 0.5


def test_the_gradient_of_a_policy(rng):
    logits = rng.standard_normal((7, 3))
    actions, advantages = rng.integers(0, 3, 7), rng.standard_normal(7)
    _, found = policy_gradient(logits, actions, advantages, 0.3)
    wanted = numerical_gradient(
        lambda: policy_gradient(logits, actions, advantages, 0.3)[0], logits
    )
    assert relative_error(found, wanted) < 1e-7
    taught = get_exercise("policy_gradient").reference
    assert relative_error(found, taught(logits, actions, advantages, 0.3)) < 1e-12


def test_it_points_where_the_expected_worth_grows(rng):
    """Averaged over all actions it is the gradient of sum_a pi(a) Q(a), exactly."""
    logits, worth = rng.standard_normal((1, 3)), rng.standard_normal(3)
    pi = np.exp(log_softmax(logits))[0]
    each = [
        policy_gradient(logits, np.array([a]), worth[[a]], 0.0)[1][0] for a in range(3)
    ]
    wanted = numerical_gradient(
        lambda: float(-np.exp(log_softmax(logits))[0] @ worth), logits
    )
    assert relative_error(pi @ np.array(each), wanted[0]) < 1e-7


def test_actions_are_drawn_as_often_as_the_policy_says(rng):
    policy = Policy(5, 3, 4, 1e-3, rng)
    senses = np.tile(rng.standard_normal(5), (20_000, 1))
    pi = np.exp(log_softmax(policy.network.forward(senses[:1])[0]))[0]
    shares = np.bincount(policy(senses), minlength=3) / 20_000
    np.testing.assert_allclose(shares, pi, atol=0.015)


def test_worth_is_the_discounted_reward_beside_the_other_cars():
    reward = np.array([[1.0, 0.0], [0.0, 2.0], [4.0, 0.0]])
    worth = np.array([[2.0, 1.0], [2.0, 2.0], [4.0, 0.0]])  # discount one half
    better = worth - worth.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(advantages_of(reward, 0.5), better / better.std())
    assert np.abs(advantages_of(np.ones((3, 2)), 0.9)).max() == 0


def test_a_judge_learns_to_tell_and_pays_for_what_looks_genuine(rng):
    judge = Judge(8, 1e-2, rng)
    genuine = pairs(rng.standard_normal((64, 5)) + 1, np.zeros(64, int))
    own = pairs(rng.standard_normal((64, 5)) - 1, np.ones(64, int))
    for _ in range(100):
        judge.learn(genuine, own)
    logit = judge.network.forward(own)[0][:, 0]
    assert (logit < 0).mean() > 0.95
    D = 1 / (1 + np.exp(-logit))
    np.testing.assert_allclose(judge.reward(own), -np.log(1 - D), rtol=1e-9)
    assert judge.reward(genuine).min() > judge.reward(own).mean()


def test_what_is_shown_are_decisions_of_the_experts(rng):
    senses, actions = Imitation(every=7, steps=30).shown(4, rng)
    assert 16 <= len(actions) == len(senses) <= 20
    np.testing.assert_array_equal(careful(senses), actions)
    cars = started(9, rng)
    assert seen(cars).shape == (9, 5)


def test_ten_decisions_are_enough_with_an_adversary_and_not_without():
    """A shorter game than the whole, in which the same comes out."""
    found = Imitation(rounds=150, trials=100, more=(8,)).play(0).figures
    assert found["decisions shown"] == 10
    assert found[GAIL] >= 0.9 and found[CLONE] < 0.5
    assert found["cloning of 8 drives"] > 0.95


@pytest.mark.skipif(not WHOLE, reason="GAN_NUMPY_GAIL=1 plays it five times")
def test_the_whole_over_five_seeds_is_what_the_book_says():
    page = Path(__file__).parents[2] / "lessons/book/pages/miniatures.md"
    (row,) = re.findall(r"^\| `gail` \|.*\|$", page.read_text("utf-8"), re.MULTILINE)
    said = [float(v) for v in re.findall(r"1?\.\d+", row.split("|")[4])]
    played = [Imitation(more=(4,)).play(seed).figures for seed in range(5)]
    shares, copies = ([p[k] for p in played] for k in (GAIL, CLONE))
    assert min(shares) >= 0.9 and np.median(copies) < 0.5
    ends = [f(values) for values in (shares, copies) for f in (min, max)]
    assert said == [round(v, 2) for v in (shares[0], copies[0], *ends)]
