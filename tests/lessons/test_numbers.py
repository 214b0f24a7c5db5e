"""What the longer lessons say of their own runs, in full mode.

Such a run takes seconds: lessons take turns; ``GAN_NUMPY_LESSONS=all`` plays all.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.turns import share

from gan_numpy import lesson

TOLD = share(("04", "06", "09"), 3, "GAN_NUMPY_LESSONS")
TOLD += ["10"] * (len(TOLD) == 3)


@pytest.mark.skipif("04" not in TOLD, reason="another lesson's turn")
def test_lesson_04(played, capsys):
    is_ = played("04")
    best, V, t, dx = (is_[name] for name in ("best", "V", "t", "dx"))
    normal, best_value = is_["normal"], is_["best_value"]
    assert len(is_["crossings"]) == 2
    assert np.interp(8, t, is_["answers"]) > 0.6  # far to the right: real
    pd, pg = is_["pd"], is_["pg"]
    flat = best_value(pd, normal(t, 10)) - best_value(pd, normal(t, 9))
    assert 1e-6 < flat < 1e-4  # "some 10^-5"
    assert best_value(pd, pd) == pytest.approx(-np.log(4))
    assert -1e-3 < best_value(pd, normal(t, 12)) < 1e-9
    assert (np.diff(is_["earnings"]) <= 1e-12).all()
    assert is_["earnings"][-1] == pytest.approx(-np.log(4), abs=1e-3)
    # Trained on samples: on D* where they are, certain and wrong beyond.
    off = np.sum(abs(is_["D"] - is_["answers"]) * is_["middle"]) * dx
    assert off < 0.03 and is_["D"][np.searchsorted(t, 8)] < 0.05
    # Wrong answers earn less; the decision -infinity.
    earned = {
        name: V(pd, pg, np.clip(rule(pd, pg), 1e-6, 1 - 1e-6), dx)
        for name, rule in is_["rules"].items()
    }
    assert max(earned, key=earned.get) == "D*"
    assert sorted(earned.values())[-2] < earned["D*"] - 0.01
    with np.errstate(divide="ignore"):
        assert V(pd, pg, is_["decision"], dx) == -np.inf
    assert is_["change"] == pytest.approx(is_["slope_of_value"](best, 1.0), abs=1e-6)
    said = capsys.readouterr().out
    assert "down in every step: True" in said
    ends = {}
    for name, rule in is_["rules"].items():
        path = [3.0]
        for _ in range(60):
            path.append(path[-1] - 0.5 * is_["slope_of_value"](rule, path[-1]))
        ends[name] = path
    for name in ("D*", "squares", "difference"):
        assert abs(ends[name][-1]) < 0.1, name
    assert ends["players-swapped"][-1] > 3
    assert (np.abs(np.diff(ends["odds"][-10:])) > 1).all()  # to and fro
    assert min(ends["odds"][-10:]) < 0 < max(ends["odds"][-10:])


@pytest.mark.skipif("06" not in TOLD, reason="another lesson's turn")
def test_lesson_06(played):
    is_ = played("06")
    log = is_["watched"](is_["step"], k=2)
    who = [entry[0] for entry in log]
    assert (who.count("D forward"), who.count("G forward")) == (5, 3)
    g, d = ([entry[1:][i] for entry in log] for i in (0, 1))
    moves_of_d = [n for n in range(1, len(d)) if d[n] != d[n - 1]]
    moves_of_g = [n for n in range(1, len(g)) if g[n] != g[n - 1]]
    assert len(moves_of_d) == 2 and len(moves_of_g) == 1
    assert max(moves_of_d) < moves_of_g[0]
    assert is_["g_before"] != is_["g_after"]
    way = is_["distances"][:, 1]
    assert way[-1] < 0.3 * way[0] and (np.diff(way) > 0).any()  # not steadily
    last, where = is_["last"], is_["where"]
    assert np.mean(abs(last[where] - 0.5)) < 0.1
    assert np.mean(abs(last[~where] - 0.5)) > np.mean(abs(last[where] - 0.5))
    assert is_["variation"] > 0.15 and is_["outside"] > 0.01
    ends = {}
    for tag in ("fake-term-missing", "d-ascends", "d-moves-in-g-step", "mean-missing"):
        with np.errstate(all="ignore"):
            way, _ = is_["play"](lesson.mistake("train_step", tag), 1000)
        ends[tag] = way[:, 1]
    still = ends["fake-term-missing"]
    assert still[-1] > 0.5 * still[0]
    assert min(ends["d-ascends"][-1], ends["mean-missing"][-1]) > 10
    assert is_["distances"][-1, 1] < ends["d-moves-in-g-step"][-1] < 2


@pytest.mark.skipif("09" not in TOLD, reason="another lesson's turn")
def test_lesson_09(played):
    is_ = played("09")
    cover, modes = is_["cover"], is_["modes"]
    good, bad = (is_["games"][beta1].samples() for beta1 in (0.5, 0.9))
    # A game is chaotic: its last digits depend on the machine's arithmetic.
    assert cover(good, modes, 0.15)[0] >= 5 > 3 >= cover(bad, modes, 0.15)[0]
    assert 0 < cover(good, modes, 0.03)[1] < 0.1  # "a few percent"
    one, other = is_["twice"]
    np.testing.assert_array_equal(one, other)
    # The collapse: every seed's samples on one of the eight.
    assert len(is_["collapsed"]) == 3
    for covered, part in is_["collapsed"].values():
        assert covered == 1 and part >= 0.9
    first, last = np.mean(is_["losses"], axis=0)[[0, -1]]
    assert last < first - 0.03  # it falls in the ten steps, and jumps when D moves
    jumps = [b[0] - a[-1] for a, b in zip(is_["losses"], is_["losses"][1:])]
    assert np.mean(jumps) > 0.03
    assert np.mean(is_["numbers"]) < 2.5
    two = is_["rulers"]
    assert two["radius-ignored"](is_["sets"]["scattered"], modes, 0.03)[0] == 8
    assert np.sqrt(0.03) == pytest.approx(0.17, abs=0.005)


@pytest.mark.skipif("10" not in TOLD, reason="takes a minute: only with all lessons")
def test_lesson_10(played):
    is_ = played("10")
    opinions, losses = is_["opinions"], is_["losses"]
    assert np.abs(is_["first"] - is_["mean_image"]).max() < 0.2
    train, test, drawn = opinions[-1]
    assert min(train, test) > drawn + 0.1  # D stays ahead
    assert abs(train - test) < 0.1  # "they lie close together"
    assert losses[-1, 0] < np.log(2) - 0.03 and losses[-1, 1] > np.log(2) + 0.1
    far = {name: np.median(found) for name, found in is_["distances"].items()}
    assert far["a copier"] < far["test digits"] < far["samples"]
    assert np.median(is_["nearest"](is_["shifted"])[1]) < np.median(is_["own"])
    for walk, step in zip(is_["walks"], is_["steps"]):
        whole = np.linalg.norm(walk[-1] - walk[0])
        assert step.max() < 0.4 * whole
    # One number changed: a collapse, and a draw of players who know nothing.
    spread, seen = is_["spreads"], is_["seen"]
    assert spread["rate × 50"] < 0.1 * spread["as it is"]  # one picture
    fast, weak = seen["rate × 50"], seen["D of 2 units"]
    assert fast["d_real"] > 0.9 and fast["d_fake"] < 0.1
    assert spread["D of 2 units"] < 0.6 * spread["as it is"]
    for name in ("d_real", "d_fake"):
        assert weak[name] == pytest.approx(0.5, abs=0.03)
    for name in ("loss_discriminator", "loss_generator"):
        assert weak[name] == pytest.approx(np.log(2), abs=0.03)
