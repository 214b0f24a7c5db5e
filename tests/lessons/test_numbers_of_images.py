"""What the lessons that train on images, and the one on speed, say of their own runs.

In full mode, one lesson in turn; ``GAN_NUMPY_LESSONS=all`` plays all.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.turns import share

ALL = ("11", "13", "16", "17")
TOLD = share(ALL, len(ALL), "GAN_NUMPY_LESSONS")


def of(number):
    return pytest.mark.skipif(number not in TOLD, reason="another lesson's turn")


@of("11")
def test_lesson_11(played, capsys):
    is_ = played("11")
    said = capsys.readouterr().out
    assert "all differences for MNIST: 627 GB" in said
    assert "is 0 from d = 3.86 on (sigma = 0.1): 0.0, but 1e-322" in said
    for values in is_["others"].values():  # blocked = naive
        np.testing.assert_allclose(values, is_["naive"], atol=1e-10)
    best = {name: r.refined.log_likelihood for name, r in is_["results"].items()}
    means = best["k-means centroids"]
    assert means > best["training images"] + 8 > best["samples of a GAN"]
    # "the distance per pixel to the centers that explain a validation image"
    for line in said.splitlines():
        if "distance per pixel" in line:
            width, distance = (float(x.split()[-1]) for x in line.split(","))
            assert distance == pytest.approx(width, abs=0.004)
    grid = np.logspace(-1, 0, 10)
    np.testing.assert_allclose(grid[1:] / grid[:-1], 1.29, atol=0.003)
    assert 32 * np.log(2) == pytest.approx(22, abs=0.3)
    assert 392 * np.log(2) == pytest.approx(272, abs=0.5)
    # A perfect generator of 64 numbers: far below one center, and nearer with more.
    score = {
        count: float(said.split(f"{count:6,} samples of the truth: ")[1].split(" ±")[0])
        for count in (100, 1000, 10_000)
    }
    one = float(said.split("one center at 0: ")[1].split(" ±")[0])
    assert one == pytest.approx(-32 * np.log(2 * np.pi * np.e), abs=1)
    assert score[100] < score[1000] < score[10_000] < one - 5
    gap = np.subtract(
        *(
            [score.log_likelihood for score in is_["scores"][name]]
            for name in ("k-means centroids", "training images")
        )
    )
    assert 0 < is_["gain"] < 32 * np.log(2) and gap[-1] == pytest.approx(0, abs=0.1)
    assert np.log(400) == pytest.approx(6, abs=0.01)
    right, largest = (
        said.split(f"{name:18} best ")[1].split(" nats at sigma ")
        for name in ("right", "largest-only")
    )
    assert float(right[0]) == pytest.approx(float(largest[0]), abs=0.3)
    assert "dimension-missing  best" in said and "at sigma 1.200" in said
    lost = said.split("underflow          best")[1].split("; ")[1]
    assert int(lost.split()[0]) > 0


@of("13")
def test_lesson_13(played, capsys):
    is_ = played("13")
    said = capsys.readouterr().out
    seen = is_["seen"][0, 0]
    assert seen.max() == 9 and seen[0, 0] == 1 and (seen == 9).sum() == 16
    assert 32 * 16 * 4 * 4 == 8192 and (16 * 16) * (32 * 4) == 32768
    assert said.count("each is the other's backward: True") == 4
    assert "window 3: inside, a pixel gets [1 2 4] stamps" in said
    assert "window 4: inside, a pixel gets [4] stamps" in said
    errors = {tag: found[-1] for tag, (found, _) in is_["results"].items()}
    assert errors["right"] < 0.6 * 0.0732  # of the mean image's
    assert errors["right"] < errors["kernel-rotated"] < 0.0732
    assert not np.isfinite(errors["flipped"])
    assert is_["moved"] > 0.5
    steps, ends = is_["steps"], is_["ends"]
    assert steps.max() < 0.35 * ends.mean()  # no jump
    # The ink rises along one direction far more than by chance; both lose digits.
    ink, kept = {}, {}
    for name in ("bold − thin", "random"):
        line = said.split(f"{name:11}: ink ")[1].splitlines()[0]
        first, last = (float(x) for x in line.split(";")[0].split(" to "))
        ink[name] = last - first
        shares = line.split("digit b: ")[1].replace("%", "").split()
        kept[name] = int(shares[0]), int(shares[5])
    assert ink["bold − thin"] > 2 * ink["random"]
    for some, all_ in kept.values():
        assert some > 80 and all_ < some - 10
    cosines = is_["cosines"]
    assert 0.1 < cosines.mean() < 0.6 and cosines.min() < 0.2


@of("16")
def test_lesson_16(played, capsys):
    is_ = played("16")
    said = capsys.readouterr().out
    assert float(said.split("the judge errs on ")[1].split("%")[0]) < 3
    assert float(said.split("of the samples are what was")[0].split()[-1][:-1]) > 85
    assert is_["table"].std(axis=1).mean() < 0.7 * is_["spread"]
    scores = is_["scores"]
    for tag in ("labels shuffled", "wrong-columns"):
        assert scores[tag] < 0.2, tag
    assert scores["repeats-overwritten"] > scores["right"] - 0.1 > 0.7
    assert is_["first"] == pytest.approx(is_["second"], abs=1e-9)
    assert np.abs(is_["dl"].sum(axis=1)).max() < 1e-12
    copied, alone, game = is_["found"]
    gain = (alone - game).mean(axis=1)
    assert gain[0] > 0.01 and gain[1] > 0.01  # it helps
    assert gain[2] < min(gain[0], gain[1]) and abs(gain[2]) < 0.015  # hardly any
    assert copied.mean(axis=1)[2] < game.mean(axis=1)[2]  # hard to beat
    # "Which digits were labeled matters as much."
    assert np.abs(np.diff(alone, axis=1)).max() > gain[0] / 2


@of("17")
def test_lesson_17(played, capsys):
    is_ = played("17")
    said = capsys.readouterr().out
    assert 64**3 == 262_144
    for name, part in is_["worst"].items():
        assert 0 < part < 1, name
    assert "with a transposed operand, equal to np.dot: True" in said
    # Twice the side of a tile, half the numbers fetched.
    for side in (1, 4, 15, 60):
        fetched = 2 * 60**3 // side
        intensity = 2 * 60**3 / (8 * fetched)
        assert (
            f"tiles of {side:2}: {fetched:7,} numbers fetched, {intensity:.2f}" in said
        )
    assert said.count("equal to A @ B: True") == 4
    n = 96
    assert 2 * n**3 / (3 * 4 * n**2) == n / 6 and 4 * n / (5 * 4 * n) == 0.2
    assert is_["largest"] < 1e-6
    assert "float32 @ float64 is float64" in said
    assert "compiled: True; compiled with fastmath: False" in said
