"""What the shorter lessons say of their own runs, in full mode; one lesson in turn.

``GAN_NUMPY_LESSONS=all`` plays all.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.turns import share

from gan_numpy import lesson
from gan_numpy.miniatures.judges import weight_count

ALL = ("00", "01", "02", "03", "05", "07", "08", "12", "14", "15", "18")
TOLD = share(ALL, len(ALL), "GAN_NUMPY_LESSONS")


def of(number):
    return pytest.mark.skipif(number not in TOLD, reason="another lesson's turn")


@of("00")
def test_lesson_00(played):
    is_ = played("00")
    widths, truth = is_["widths"], is_["truth"]

    def slope(errors, low, high):
        rows = (widths > low) & (widths < high)
        return np.polyfit(np.log(widths[rows]), np.log(np.array(errors)[rows]), 1)[0]

    assert slope(is_["forward64"], 1e-6, 1e-2) == pytest.approx(1, abs=0.05)
    assert slope(is_["error64"], 1e-3, 1e-1) == pytest.approx(2, abs=0.05)
    assert slope(is_["error64"], 1e-12, 1e-7) == pytest.approx(-1, abs=0.2)
    assert np.median(is_["near32"]) > 1e4 * np.median(is_["near_best"])
    assert np.median(is_["near_best"]) < 1e-9 * truth  # about ten digits
    assert min(is_["error64"]) > 1e-15
    assert is_["central"][len(is_["central"]) // 2] == 0  # at the kink
    assert -1 < is_["central"][70] < 1
    assert 2 * is_["weights"] == 2_462_882
    valley, paths = is_["valley"], is_["paths"]
    assert len(paths["all-at-once"]) < len(paths["right"]) or valley(
        paths["all-at-once"][-1]
    ) == pytest.approx(valley(paths["all-at-once"][-2]), abs=1e-6)
    slow, right = paths["factor-2 step-missing"], paths["right"]
    near = [np.hypot(*(right - spot).T).min() for spot in slow]
    assert max(near) < 0.1 and valley(slow[-1]) > valley(right[-1])


@of("01")
def test_lesson_01(played, capsys):
    is_ = played("01")
    said = capsys.readouterr().out
    assert "loss 20.72" in said and "loss 41.45" in said
    assert "float32: log(1 - p) is -inf from a = 16.64 on" in said
    assert abs(is_["slopes"]).max() <= 1 and is_["slopes"][0] < -0.9999
    assert is_["ratio"] == pytest.approx(2983, abs=1)
    x = np.linspace(-3, 3, 7)
    best = ((x + 1) ** 2 - (x - 1) ** 2) / (2 / 4)
    np.testing.assert_allclose(best, 8 * x)
    w, history = is_["w"], is_["history"]
    assert 0 < w < 8 and history[-1] < 0.1 < history[0]
    curves = is_["curves"]
    assert curves["labels-swapped"][-1] > curves["labels-swapped"][0]  # the opposite
    plateau = curves["sigmoid-derivative-extra"]
    assert plateau[20] > 0.8 * plateau[0] and history[20] < 0.5 * history[0]
    assert np.log(9) == pytest.approx(2.2, abs=0.01)  # the minimum at label .9


@of("02")
def test_lesson_02(played, capsys):
    is_ = played("02")
    said = capsys.readouterr().out
    assert "\nrectifier: largest entry of dW 0.00" in "\n" + said
    assert "leaky rectifier: largest entry of dW 0.00" not in said
    assert is_["loss"] == pytest.approx(np.log(2), abs=0.01)  # of two affine layers
    line = np.mean((is_["data"].sum(axis=1) > 1) == (is_["real"] > 0))
    assert line == pytest.approx(0.75, abs=0.03)
    ends = {name: curve[-1] for name, curve in is_["curves"].items()}
    assert ends.pop("right") == is_["history"][-1] < 0.05
    nearly = [name for name, loss in ends.items() if loss < 0.1]
    assert sorted(nearly) == ["dense: mean-twice", "relu: mask-missing"]
    assert not ends["dense: sign"] < 2  # leaves the picture at the top


@of("03")
def test_lesson_03(played, capsys):
    is_ = played("03")
    assert is_["zero"] == pytest.approx(1 - 1 / 5, abs=1e-12)
    np.testing.assert_array_equal(is_["d_equal"], [[6, 0]])  # the first of equals
    winners = set(np.unique(is_["owner"]))
    assert winners == {0, 1, 3, 4}  # one of the five wins nowhere
    z = np.maximum.reduce((is_["cut"] @ is_["W"] + is_["b"]).T)
    assert np.diff(z, 2).min() > -1e-12  # convex
    said = capsys.readouterr().out
    for keep, deviation in ((0.8, 1.0), (0.5, 2.0)):
        assert f"({deviation:.3f} by the formula)" in said
        assert 2 * np.sqrt((1 - keep) / keep) == pytest.approx(deviation)
    ends = {name: curve[-1] for name, curve in is_["curves"].items()}
    assert sum(end < 0.25 for end in ends.values()) >= 3  # mistakes that train


@of("05")
def test_lesson_05(played, capsys):
    is_ = played("05")
    said = capsys.readouterr().out
    assert "a =  17: -log(1 - sigma(a)) =      inf, softplus(a) =  17.0000" in said
    ratio = is_["theirs"] / is_["ours"]
    np.testing.assert_allclose(ratio, np.exp(np.log([1 / 999, 1 / 9, 1, 9])))
    path, saturating = is_["path_of"], is_["saturating"]
    assert path(saturating, 8.0)[-1] > 7.99  # never moves
    assert 1 < path(saturating, 4.0)[-1] < 4  # takes its time
    assert abs(path(is_["g_gradient"], 8.0)[-1]) < 0.2
    small = path(lesson.mistake("generator_gradient", "mean-twice"), 4.0)
    right, half = path(is_["g_gradient"], 4.0), path(
        lesson.mistake("generator_gradient", "factor-half"), 4.0
    )
    first = 4 - np.array([right[1], half[1], small[1]])
    np.testing.assert_allclose(first[0] / first[1:], [2, 500])
    assert np.sign(is_["thrown"][1:]).tolist() == [-1, 1, -1]  # to and fro
    learned = is_["learned"]
    assert learned["right"] == pytest.approx((-2, 2), abs=0.15)
    assert learned["both-batches"][1] == pytest.approx(2 + np.log(3), abs=0.25)


@of("07")
def test_lesson_07(played):
    is_ = played("07")
    radius, ways = is_["radius"], is_["ways"]
    simultaneous, turns, damped = map(radius, ways.values())
    assert (np.diff(simultaneous) > 0).all()
    assert 1.3 < turns.min() and turns.max() < 1.5  # keep their distance
    assert damped[-1] < 1e-3
    early = [w[:100] for w in (simultaneous, turns)]
    assert abs(early[0] - early[1]).max() < 0.2  # hardly told apart
    assert abs(is_["law"] - simultaneous[1:]).max() < 1e-10
    ends = {}
    for tag in ("argument-sign", "of-the-penalty-sign", "variables-swapped"):
        with np.errstate(all="ignore"):
            way = is_["play"](lesson.mistake("dirac_step", tag), gamma=0.3, steps=600)
        ends[tag] = radius(way)
    right = radius(is_["play"](is_["step"], gamma=0.3, steps=600))
    assert abs(np.log(ends["argument-sign"] / right)[:300]).max() < 0.5
    assert not ends["of-the-penalty-sign"][-1] < 10
    assert ends["variables-swapped"][-1] < right[-1]


@of("08")
def test_lesson_08(played):
    is_ = played("08")
    moved = np.abs(is_["moved"])
    np.testing.assert_allclose(moved[1:], 0.001, rtol=1e-3)  # large beside epsilon
    assert is_["lengths"][0] == pytest.approx(1) and is_["lengths"][-1] > 9.9
    far = {name: np.linalg.norm(p, axis=1) for name, p in is_["paths"].items()}
    rates = {name: (r[60] / r[30]) ** (1 / 30) for name, r in far.items()}
    assert rates["plain"] == pytest.approx(24 / 26, abs=1e-3)
    assert 4 / 6 < rates["momentum"] < 4 / 6 + 0.03  # slightly above the formula
    ends = {mu: np.hypot(*is_["play"](mu)[-1]) for mu in (0.2, 0.0, -0.2)}
    assert ends[0.2] > 5 and 0.9 < ends[0.0] < 1.1 and ends[-0.2] < 0.6
    longest, first, late = {}, {}, {}
    for tag in is_["tags"]:
        moves = is_["lengths_of"](lesson.mistake("adam_step", tag))
        longest[tag], first[tag], late[tag] = moves.max(), moves[0], moves
    assert first["no-correction-of-m"] == pytest.approx(0.1, rel=1e-4)
    assert first["no-correction-of-v"] == pytest.approx(1 / np.sqrt(0.001), rel=1e-4)
    assert 1 / np.sqrt(1 - 0.999) == pytest.approx(32, abs=0.5)
    ends = is_["lengths_of"](lesson.mistake("adam_step", "beta-for-beta-power"), 9000)
    assert ends[-1] == pytest.approx(np.sqrt(0.001) / 0.1, rel=0.01)
    assert np.sqrt(0.001) / 0.1 == pytest.approx(0.32, abs=0.005)
    right, nearly = (
        is_["losses"](step)
        for step in (is_["adam"], lesson.mistake("adam_step", "beta-for-beta-power"))
    )
    assert abs(right[-1] - nearly[-1]) < 0.05
    for tag in ("no-correction-of-v", "no-bias-correction", "no-root"):
        assert max(is_["losses"](lesson.mistake("adam_step", tag))) > 4 * max(right)


def batch_of(is_):
    """The output before the input was stretched and moved."""
    forward = is_["batchnorm_forward"]
    return forward(is_["x"], is_["gamma"], is_["beta"])[0]


@of("12")
def test_lesson_12(played):
    is_ = played("12")
    assert np.abs(is_["y3"] - batch_of(is_)).max() < 1e-3
    assert np.median(is_["dx3"] / is_["dx"]) == pytest.approx(1 / 3, abs=1e-3)
    wrong = is_["wrong"]
    alone, mixed = wrong([is_["order"]], False), wrong(is_["mixed"], True)
    assert wrong(is_["singles"], False) == pytest.approx(alone)
    assert abs(mixed - alone) < 0.02  # nearly as well
    assert wrong(is_["sorted_groups"], True) > 0.3  # badly
    assert len(is_["answers"]) == 1  # with N = 1 every image is beta
    own, all_ = (is_["slopes"](mode) for mode in (False, True))
    assert np.abs(own - np.diag(np.diag(own))).max() == 0
    assert np.trace(all_) < 0.6 * all_.sum()
    assert (
        np.linalg.norm(is_["slope_of_sum"])
        < 1e-10
        < 1
        < np.linalg.norm(is_["own_slope"][0])
    )
    reference = lesson.reference("batchnorm_backward")
    runs = {0.05: {}, 3.0: {}}
    for rate, found in runs.items():
        for tag in ("right", "variance-path-missing", "std-missing"):
            one = reference if tag == "right" else lesson.mistake(
                "batchnorm_backward", tag
            )  # fmt: skip
            layers, losses = is_["training"](one, 12, rate)
            found[tag] = losses[-1], np.linalg.norm(layers[0][0])
    assert runs[3.0]["std-missing"][1] > 1e6  # longer and longer
    assert runs[3.0]["std-missing"][0] > 3 * runs[3.0]["right"][0]
    for found in runs.values():  # nobody would notice
        assert found["variance-path-missing"][0] < 1.5 * found["right"][0]


@of("14")
def test_lesson_14(played):
    is_ = played("14")
    eight = int(np.argmin(np.abs(is_["output"] - 8)))
    assert is_["square"][eight] == pytest.approx(7)
    narrow, wide = (is_["divergence"](3.0, width) for width in (0.1, 2.0))
    assert narrow == pytest.approx(np.log(2), abs=1e-6) and wide < 0.4
    at = int(np.argmin(np.abs(is_["x"] - 2)))
    felt = {name: curve[at] for name, curve in is_["felt"].items()}
    assert felt["minimax"] < 1e-3 < 0.1 < felt["Wasserstein"]
    assert felt["least squares"] < 0.1 < felt["non-saturating"]
    assert abs(is_["weights"]).max() <= is_["BOUND"]
    assert is_["steepest"] <= is_["bound"] and is_["steepest"] > 0.9 * is_["bound"]
    assert is_["gaps"][-50:].mean() / is_["bound"] < 4
    assert np.mean(np.abs(is_["weights"]) > 0.0999) > 0.8  # almost every one
    ends = {name: path[-1] for name, path in is_["paths"].items()}
    assert ends["minimax"] > 1.99 and ends["least squares"] > 1
    assert abs(ends["non-saturating"] + 2) < 0.5 and abs(ends["Wasserstein"] + 2) < 1
    runs = is_["runs"]
    assert runs["unclipped"][-1] > 3 * runs["right"][-50:].mean()


@of("15")
def test_lesson_15(played):
    is_ = played("15")
    assert np.abs(is_["mine"] - is_["numeric"]).max() < 1e-6
    for delta, (_, slopes, estimates) in is_["runs"].items():
        law = 1 + delta / 20
        assert slopes[-50:].mean() == pytest.approx(law, abs=0.04)
        assert estimates[-50:].mean() == pytest.approx(delta * law, rel=0.08)
    said = [delta * (1 + delta / 20) for delta in (1, 3, 10)]
    assert said == pytest.approx([1.05, 3.45, 15])
    for price, slope in is_["ends"].items():
        assert slope == pytest.approx(1 + 3 / (2 * price), abs=0.12)
    penalty = lesson.reference("gradient_penalty_backward")
    rng = np.random.default_rng(5)
    x, W, w = rng.normal(size=(6, 3)), rng.normal(size=(3, 5)), rng.normal(size=5)
    dW, db, dw = penalty(x, W, np.zeros(5), w, 10.0)
    assert np.sum(W * dW) == pytest.approx(np.sum(w * dw)) and not db.any()
    for tag, said in (
        ("one-missing", 3 / 20),
        ("norm-over-batch", 1 / 8 + 3 / 20),
        ("factor-half", 1 + 3 / 10),
    ):
        wrong = lesson.mistake("gradient_penalty_backward", tag)
        assert is_["train"](3.0, wrong)[1][-50:].mean() == pytest.approx(said, abs=0.04)


@of("18")
def test_lesson_18(played, capsys):
    is_ = played("18")
    said = capsys.readouterr().out
    assert said.count("largest difference: 0.0\n") == 2  # to the last bit
    mu, s, c = is_["way"][-1]
    log_Z = np.log(0.8 * np.sqrt(2 * np.pi))
    assert (mu, 1 / s, -c) == pytest.approx((0.6, 0.8, log_Z), abs=0.02)

    for gains, best in zip(is_["steps"][-1], is_["saddle"]):
        assert np.abs(gains - best).max() < 2e-7 * np.abs(best).max()
    game = is_["game"]
    assert game.worst_gain(is_["K"]) < 0.5 < game.worst_gain(game.lqr())

    assert weight_count(2, 5) == 46
    middle = np.median(is_["course"], axis=1)
    estimate = np.median(middle[len(middle) // 4 :], axis=0)
    np.testing.assert_allclose(estimate, is_["ANIMAL"], rtol=0.05)

    left = []
    for bias, gate in ((-1.0, 0.269), (2.2, 0.9), (6.0, 0.998)):
        assert 1 / (1 + np.exp(-bias)) == pytest.approx(gate, abs=5e-4)
        b = np.repeat([0.0, bias, 0.0, 0.0], 3)
        y, cache = is_["lstm_forward"](is_["x"], is_["W"], is_["U"], b)
        dy = np.zeros_like(y)
        dy[:, -1] = 1
        reach = np.abs(is_["through_time"](dy, cache)[0]).mean(axis=(0, 2))
        left.append(reach[0] / reach[-1])
    assert left[0] < 1e-12 < 1e-4 < left[1] < 0.1 < 0.2 < left[2]

    lucky = int(re.findall(r"baseline False: (\d+) of 10", said)[0])
    assert 0 < lucky < 10 and "baseline True: 10 of 10" in said
    lost = [is_["gamble"](False, seed)[-1] for seed in range(10)]
    assert min(lost) < 0.1 and max(lost) > 0.9

    rows = dict(
        re.findall(r"^ *([a-z-]+) +([-\d.naif]+(?: +[-\d.naif]+){2})$", said, re.M)
    )
    table = {name: np.array(row.split(), dtype=float) for name, row in rows.items()}
    wrong = np.array([0.6, 0.8, log_Z - np.log(4)])
    np.testing.assert_allclose(table["nu-missing"], wrong, atol=0.06)
    quiet = [
        np.isfinite(row).all() and abs(row[0] - 0.6) < 0.1 for row in table.values()
    ]
    assert len(table) == 6 and 0 < sum(quiet) < 6  # others diverge
