"""Single judges, on traces that are made up: what they call so and what they do not."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.doctor.findings import KINDS, collapse, falls, rotation
from gan_numpy.doctor.probes import SHARES
from gan_numpy.doctor.trace import Trace
from gan_numpy.doctor.verdict import judge
from gan_numpy.doctor.watch import Watch, settings_of
from gan_numpy.recipes import get_recipe
from gan_numpy.training.algorithm1 import UPDATES, train_epoch
from gan_numpy.training.state import initial_state
from tests.contract import BOOK
from tests.recipes.examples import small, small_data

ANGLES = 0.9 * np.arange(24)  # radians: 3.3 turns, each step less than a quarter


def phase_trace(points: np.ndarray) -> Trace:
    """Examinations of a game of which only the phase is known."""
    rows = [
        {"step": 256.0 * (k + 1), "offset_0": float(p.real), "logit_slope": 3 * p.imag}
        for k, p in enumerate(points)
    ]
    return Trace(tuple(rows), {})


@pytest.mark.parametrize("way", [1, -1])
def test_a_circle_is_rotation_whichever_way(way, rng):
    noise = 0.1 * (rng.normal(size=24) + 1j * rng.normal(size=24))
    found = rotation.judge(phase_trace(np.exp(1j * way * ANGLES) + noise))
    assert found is not None and found.since == 256
    assert found.text.startswith("3.")  # turns


def test_a_spiral_inward_and_chance_are_no_rotation(rng):
    inward = np.exp((1j - 0.1) * ANGLES)
    assert rotation.judge(phase_trace(inward)) is None
    for _ in range(20):
        chance = rng.normal(size=24) + 1j * rng.normal(size=24)
        walk = np.exp(1j * np.cumsum(rng.normal(0, 0.9, size=24)))
        assert rotation.judge(phase_trace(chance)) is None
        assert rotation.judge(phase_trace(walk)) is None


@pytest.mark.parametrize("score", [1.0, 0.7, 0.4])
def test_an_ellipse_seen_rarely_is_rotation_unless_the_score_is_halved(score):
    """At its flat sides it is passed quickly: here more than a quarter turn at once."""
    angles = 1.1 * np.arange(18)
    ellipse = np.cos(angles) + 0.5 * np.sin(angles) + 1j * np.sin(angles)
    turned = np.angle(ellipse[1:] / ellipse[:-1])
    assert np.abs(turned).max() > np.pi / 2 > np.median(np.abs(turned))
    scored = [
        row | {"score_G": 0.1 * (score if k > 8 else 1.0)}
        for k, row in enumerate(phase_trace(ellipse))
    ]
    found = rotation.judge(Trace(tuple(scored), {}))
    assert (found is None) == (score < 0.5)


def test_halves_are_of_the_steps_and_not_of_the_examinations():
    """Many examinations come early, when the samples were further away."""
    steps = [1, 2, 4, 8, 16, 32, 64, 128, 256, *range(512, 8192, 512)]
    points = np.exp(2j * np.pi * np.array(steps) / 2856)
    rows = [
        row | {"step": float(step), "score_G": 0.2 if step < 300 else 0.07}
        for step, row in zip(steps, phase_trace(points))
    ]
    assert rotation.judge(Trace(tuple(rows), {})) is not None


def test_what_began_once_is_found_whatever_came_after():
    values = [0, 1, 1, None, 1, 0, 1, 1, 1, 1, 0]
    rows = [
        {"step": float(k + 1)} | ({} if v is None else {"x": float(v)})
        for k, v in enumerate(values)
    ]
    trace = Trace(tuple(rows), {})

    def holds(row):
        return row["x"] == 1 if "x" in row else None

    assert [trace.ever(holds, least) for least in (1, 3, 4, 5)] == [2, 2, 7, None]
    assert trace.since(holds, 1) is None and trace.until(10).since(holds, 1) == 7


def test_a_semi_supervised_run_is_examined_as_far_as_it_can_be():
    """Its classifier says what is real; neither player's loss is one of that alone."""
    recipe = small(get_recipe("sgan"))
    data = small_data(recipe)
    state, watch = initial_state(recipe, data, 0), Watch(data, 0)
    train_epoch(state, recipe, data, update=watch.over(UPDATES[recipe.update]))
    known = set(watch.rows[-1])
    assert {"apart", "varied", "score", "spread", "move_G", "unexplained_D"} <= known
    assert not known & {"downhill_G", "downhill_D", "agree_D", "reported_D"}
    verdict = judge(watch.trace(recipe))
    unknown = {"generator_wrong_sign", "labels_swapped", "mixed_batch_norm"}
    assert unknown <= set(verdict.unknown)
    words = f"semi-supervised run {len(verdict.unknown)} of {len(KINDS)} findings"
    assert words in " ".join(BOOK["doctor"].split())
    assert "D is a classifier" in str(verdict)
    assert "D is a classifier" in verdict.as_dict()["why_unknown"]
    assert settings_of(recipe)["objective"] == "feature_matching"


@pytest.mark.parametrize("name", ["ring", "sgan"])
def test_the_quantiles_of_the_logits_are_in_order(name):
    recipe = small(get_recipe(name))
    data = small_data(recipe)
    state, watch = initial_state(recipe, data, 0), Watch(data, 0)
    train_epoch(state, recipe, data, update=watch.over(UPDATES[recipe.update]))
    for row in watch.rows:
        for kind in ("real", "fake"):
            values = [row[f"logit_{kind}_q{share}"] for share in SHARES]
            assert values == sorted(values)
            assert values[0] <= row[f"logit_{kind}"] <= values[-1]


def made_up(figures: dict[str, list[float]]) -> Trace:
    """Examinations at the steps 1, 2, 4, 8, ..."""
    columns = zip(*figures.values(), strict=True)
    rows = [
        {"step": 2.0**k} | dict(zip(figures, values, strict=True))
        for k, values in enumerate(columns)
    ]
    return Trace(tuple(rows), {})


def test_a_generator_that_begins_has_not_collapsed():
    """It is one image at first, and may take 256 steps to leave that."""
    one = {"spread": [0.002] * 9, "modes": [0.1] * 9}
    assert collapse.judge(made_up(one).until(128)) is None
    assert collapse.judge(made_up(one)).since == 32
    leaves = {"spread": [0.002] * 8 + [0.3], "modes": [0.1] * 9}
    assert collapse.judge(made_up(leaves)) is None


def test_a_generator_begins_as_one_image_as_long_as_it_has_not_gone_far():
    """Whatever its rate: the clock is the way of its weights, in their own length.

    The slow one moves as that of the recipe ``mnist`` does, which leaves after 512
    steps; the fast one has had its time. One whose image rests though it is moved has
    collapsed sooner, and so has one that had left, or whose moves nobody knows.
    """
    one, moved = {"spread": [0.05] * 10, "modes": [0.1] * 10}, [0.4] * 8 + [1.0, 0.9]
    slow, fast = [0.0] * 8 + [1e-4, 1.2e-3], [5e-3] * 10
    assert collapse.judge(made_up(one | {"move_G": slow, "score_G": moved})) is None
    assert collapse.judge(made_up(one | {"move_G": fast, "score_G": moved})).since == 32
    left = {"spread": [0.5] * 5 + [0.05] * 5, "modes": [0.1] * 10, "move_G": slow}
    assert collapse.judge(made_up(left)).since == 32
    assert collapse.judge(made_up(one)).since == 32


def test_a_game_that_begins_may_throw_its_samples_about():
    early = [0.6, 0.6, 0.6, 0.6, 1.2, 0.5, 0.3, 0.2, 0.2]
    late = [0.6, 0.6, 0.5, 0.4, 0.3, 0.3, 0.2, 0.2, 0.9]
    for scores, since in ((early, None), (late, 256)):
        found = falls.judge(made_up({"score": scores, "score_G": [0.2] * 9}))
        assert (None if found is None else found.since) == since


def test_an_average_may_lag_behind_a_game_that_swings():
    """What it averages was as bad; where G's outputs are at rest, it is a finding.

    A tenth of the data's spread is none: healthy samples rise as much by chance.
    """
    scores = [0.6, 0.6, 0.5, 0.4, 0.3, 0.2, 0.2, 0.2, 0.6]
    swings = [0.4, 0.4, 0.4, 0.4, 0.3, 0.2, 0.2, 0.5, 0.3]
    rests = [0.4, 0.4, 0.4, 0.4, 0.3, 0.2, 0.2, 0.2, 0.2]
    chance = [*scores[:-1], 0.3]
    assert falls.judge(made_up({"score": scores, "score_G": swings})) is None
    assert falls.judge(made_up({"score": scores, "score_G": rests})).since == 256
    assert falls.judge(made_up({"score": chance, "score_G": rests})) is None


def test_far_away_samples_differ_by_their_distance():
    """20 beside 19 is no fall, where both have run away; 60 beside 19 is one."""
    away = [0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 1.3, 5.0]
    for last, found in ((20.0, False), (60.0, True)):
        trace = made_up({"score": [*away, last], "score_G": [*away, 19.0]})
        assert (falls.judge(trace) is not None) == found


@pytest.mark.parametrize("name", ["acgan", "infogan", "dcgan"])
def test_a_loss_with_classes_in_it_is_not_taken_for_that_of_the_logit(name):
    recipe = small(get_recipe(name))
    data = small_data(recipe)
    state, watch = initial_state(recipe, data, 0), Watch(data, 0)
    train_epoch(state, recipe, data, update=watch.over(UPDATES[recipe.update]))
    known = {key for row in watch.rows for key in row}
    assert "loss_D" in known and ("reported_D" in known) == (name == "dcgan")
