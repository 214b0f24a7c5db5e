"""Turing learning: the animal, the judges, evolution; the whole by a switch."""

from __future__ import annotations

import os

import numpy as np
import pytest

from gan_numpy.miniatures.agents import NOISE, observe, paths
from gan_numpy.miniatures.evolution import Population
from gan_numpy.miniatures.judges import verdicts, weight_count
from gan_numpy.miniatures.turing_learning import ANIMAL, TuringLearning

WHOLE = os.environ.get("GAN_NUMPY_TURING") == "1"  # a quarter of a minute a seed


def test_a_film_shows_both_numbers_and_not_the_light(rng):
    """Turning is 0 or beta, the speed tends to alpha or 0; and nothing else is seen."""
    films = observe(np.tile([0.8, 0.5], (50, 1)), 300, rng)
    assert films.shape == (50, 300, 2)
    speed, turning = films[:, 100:, 0], films[:, 100:, 1]
    dark = np.abs(turning - 0.5) < 6 * NOISE
    assert (dark | (np.abs(turning) < 6 * NOISE)).all() and 0.4 < dark.mean() < 0.6
    assert -0.1 < speed.min() and 0.75 < speed.max() < 0.9


def test_tracks_are_the_films_from_above():
    """Straight on for two steps, then a quarter turn to the left."""
    film = np.array([[[1.0, 0.0], [1.0, 0.0], [2.0, np.pi / 2]]])
    np.testing.assert_allclose(
        paths(film)[0], [[0, 0], [1, 0], [2, 0], [2, 2]], atol=1e-12
    )


def test_a_judge_is_the_papers_network_with_46_weights(rng):
    """One judge, one film, one number at a time."""
    assert weight_count(2, 5) == 46
    judges, films = rng.normal(size=(3, 46)), rng.normal(size=(4, 6, 2))
    said = verdicts(judges, films, 5, 10.0)
    assert said.shape == (3, 4)

    def sigma(a):
        return 1 / (1 + np.exp(-a))

    g = judges[1]
    W, U, b, w, c = (
        g[:10].reshape(2, 5),
        g[10:35].reshape(5, 5),
        g[35:40],
        g[40:45],
        g[45],
    )
    h, total = np.zeros(5), 0.0
    for x in films[2]:
        h = sigma(x @ W + h @ U + b)
        total += h @ w + c
    assert said[1, 2] == pytest.approx(sigma(10 / 6 * total), rel=1e-10)


def test_children_stand_behind_their_parents_and_steps_stay_in_bounds(rng):
    parents = Population(rng.normal(size=(5, 3)), np.full((5, 3), 0.3))
    both = parents.children(400, 0.25, 0.35, rng)
    np.testing.assert_array_equal(both.values[:5], parents.values)
    assert both.values.shape == both.steps.shape == (405, 3)
    assert 0.25 <= both.steps.min() < 0.26 and 0.34 < both.steps.max() <= 0.35


def test_the_fittest_live_on_and_ties_are_fair(rng):
    some = Population(np.arange(6.0)[:, None], np.ones((6, 1)))
    fitness = np.array([0.1, 0.9, 0.9, 0.9, 0.0, 1.0])
    seen = [some.best(fitness, 2, rng).values[:, 0] for _ in range(60)]
    assert {kept[0] for kept in seen} == {5.0}
    assert {kept[1] for kept in seen} == {1.0, 2.0, 3.0}


def test_evolution_climbs_a_hill(rng):
    """The strategy alone, on a fitness that stands still."""
    people = Population(rng.uniform(-1, 1, (10, 2)), np.full((10, 2), 0.3))
    for _ in range(40):
        many = people.children(10, 1e-6, 1.0, rng)
        people = many.best(-np.square(many.values - ANIMAL).sum(axis=1), 10, rng)
    assert np.abs(people.values - ANIMAL).max() < 1e-2


def test_no_model_is_told_how_far_it_is(rng):
    """Judges that say the same of all leave evolution without a direction."""
    game = TuringLearning(population=6, films=3, steps=4)
    models, judges = game.first(rng)
    blind = Population(np.zeros_like(judges.values), np.full_like(judges.steps, 1e-12))
    _, _, deceived = TuringLearning(
        population=6,
        films=3,
        steps=4,
        least_judge_step=1e-12,
        most_judge_step=1e-12,
    ).generation(models, blind, rng)
    assert deceived == pytest.approx(0.5)


@pytest.mark.skipif(not WHOLE, reason="GAN_NUMPY_TURING=1 plays five whole games")
@pytest.mark.parametrize("seed", range(31, 36))
def test_the_hidden_numbers_are_found(seed):
    figures = TuringLearning().play(seed).figures
    for name, goal in TuringLearning.goals.items():
        assert goal.met(figures[name]), (name, figures)
