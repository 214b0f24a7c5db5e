"""The benchmark measures what it says; no test depends on a time."""

from __future__ import annotations

import json

import numpy as np
import pytest

from gan_numpy.bench import products, step, timing, windows
from gan_numpy.cli import main
from gan_numpy.cli.bench import table


def test_candidates_take_turns(monkeypatch):
    monkeypatch.setattr(timing, "PAUSE", 0)
    monkeypatch.setattr(timing, "TURN", 0)  # one counted call a turn
    calls = []
    times = timing.take_turns(
        {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, 3
    )
    assert "".join(calls).startswith("aabb")  # before the first round
    assert set(calls) == {"a", "b"} and calls.count("a") == calls.count("b")
    assert {name: len(values) for name, values in times.items()} == {"a": 3, "b": 3}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    """The command's tests look at what it prints, not at the figures."""
    monkeypatch.setattr(timing, "PAUSE", 0)
    monkeypatch.setattr(timing, "TURN", 0)


def test_ratios_are_paired():
    """Each round's ratio is 2, although the machine slows down threefold."""
    times = {"ours": [2.0, 6.0, 4.0], "theirs": [1.0, 3.0, 2.0]}
    assert timing.paired_ratio(times, "ours", "theirs") == 2
    assert timing.medians_ms(times) == {"ours": 4000, "theirs": 2000}


def test_the_steps_products_are_those_of_the_networks():
    """3.57 GFLOP, counted anew from the widths of the layers and who needs what."""
    G = 100 * 1200 + 1200 * 1200 + 1200 * 784
    D = 784 * 1200 + 240 * 1200
    G_backward = 2 * G - 100 * 1200  # its input needs no gradient
    D_step = 200 * (D + D + 240 * 1200)
    through_D = 100 * (D + D)
    expected = 2 * (100 * (2 * G + G_backward) + D_step + through_D)
    assert step.flops() == expected
    assert round(expected / 1e9, 2) == 3.57


def test_operands_have_the_shapes_and_layouts():
    for m, k, n, transposed in products.SHAPES.values():
        a, b = products.operands(m, k, n, transposed)
        assert a.shape == (m, k) and b.shape == (k, n)
        assert a.flags.f_contiguous == (transposed == "a")
        assert b.flags.f_contiguous == (transposed == "b")


def test_points_look_like_pixels():
    x, centers = windows.make_points(50)
    assert x.dtype == np.float32 and 0 <= x.min() and x.max() <= 1
    assert (x != centers).any()


def test_the_command_prints_json_only_and_a_table_of_it(capsys):
    assert main(["bench", "--json", "--rounds", "1", "--points", "50"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result) == {
        "environment",
        "step",
        "r1_step",
        "dcgan_step",
        "products",
        "parzen",
    }
    assert result["step"]["milliseconds"].keys() >= {"reference", "fused", "native"}
    assert "ten sigmas / one" in result["parzen"]["ratios"]
    text = table(result)
    assert "training step, 3.57 GFLOP" in text and "native / reference" in text
