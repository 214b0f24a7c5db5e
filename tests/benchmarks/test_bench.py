"""The benchmark measures what it says; no test depends on a time."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from gan_numpy.bench import groups, processes, products, report, step, timing, windows
from gan_numpy.cli import main
from gan_numpy.errors import UserError

FAKES = Path(__file__).parent / "without"  # a PyTorch that ends, and no JAX


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    """The tests look at what is measured and printed, not at the figures."""
    monkeypatch.setattr(timing, "PAUSE", 0)


def test_candidates_take_turns():
    asked = []
    times = timing.take_turns(
        {name: lambda name=name: asked.append(name) or 1.0 for name in "ab"}, 3
    )
    assert "".join(asked) == "ababab"
    assert times == {"a": [1.0] * 3, "b": [1.0] * 3}


def test_a_turn_repeats_short_work(monkeypatch):
    now, calls = [0.0], []
    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])

    def work():
        calls.append(1)
        now[0] += 0.02

    assert timing.calls_of(work) == 3 and len(calls) == 2  # 3 x 0.02 s > 0.05 s
    assert timing.turn(work, 3) == pytest.approx(0.02) and len(calls) == 2 + 4


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


TINY = groups.Group(
    "step", "two steps", {k: groups.GROUPS["step"].ours[k] for k in ("fused", "native")}
)


def test_each_candidate_has_a_process_of_its_own():
    with processes.side_by_side(TINY, ["fused", "native"], 10, 1) as found:
        pids = {process._process.pid for process in found.values()}
        assert len(pids | {os.getpid()}) == 3
        assert all(process.seconds("") > 0 for process in found.values())
    assert all(p._process.poll() is not None for p in found.values())  # none is left


def test_a_candidate_that_is_missing_is_told_and_one_that_dies_is_an_error(
    monkeypatch, capfd
):
    told = []
    monkeypatch.setenv("PYTHONPATH", str(FAKES), prepend=os.pathsep)
    group = groups.GROUPS["step"]
    found = processes.measure(
        group, ["BLAS products only", "JAX"], 1, 10, 1, told.append
    )
    assert list(found[""]) == ["BLAS products only"]
    assert told == ["note: without JAX: jax is not installed"]
    with pytest.raises(UserError, match="benchmark of PyTorch eager .* exit status 3"):
        processes.measure(group, ["PyTorch eager"], 1, 10, 1)


def test_less_work_is_multiplied():
    """Scikit-learn has 20 of the points: its time is that of all."""
    group = groups.GROUPS["parzen"]
    assert group.factor["KernelDensity"](1000) == 50
    assert group.factor["KernelDensity"](10) == 1


def test_every_peer_is_of_a_group_and_every_group_has_ours():
    for group in groups.GROUPS.values():
        assert group.ours and not set(group.ours) & set(group.peers)
        assert set(group.factor) <= set(group.peers)


def made_up_times():
    """One second for everything but ours, which takes half."""
    tasks = dict.fromkeys(groups.GROUPS, ("",))
    tasks |= {"parts": ("dropout",), "products": tuple(products.SHAPES)}
    return {
        name: {
            task: {c: [0.5 if c == "native" else 1.0] for c in group.candidates}
            for task in tasks[name]
        }
        for name, group in groups.GROUPS.items()
    }


def test_figures_and_their_table():
    found = report.figures(made_up_times(), 50)
    assert found["step"]["ratios"]["native / JAX"] == 0.5
    assert found["r1_step"]["milliseconds"]["PyTorch eager"] == 1000
    assert found["products"]["square       1024^3"]["native_over_blas"] == 2
    assert found["parzen"]["ratios"]["ten sigmas / one"] == 1
    text = report.table({"environment": report.this_machine(2)} | found)
    assert "training step, 3.57 GFLOP" in text and "native / torch.compile" in text
    assert f"{report.processor()}, 2 threads" in text


def test_the_command_prints_json_only_and_says_what_it_does(capsys, monkeypatch):
    asked = []

    def measure(group, names, rounds, points, threads, tell):
        asked.append((group.name, threads, rounds))
        return made_up_times()[group.name]

    monkeypatch.setattr(processes, "measure", measure)
    assert main(["bench", "--json", "--rounds", "9", "--threads", "3"]) == 0
    out, err = capsys.readouterr()
    assert set(json.loads(out)) == {
        "environment",
        "step",
        "r1_step",
        "dcgan_step",
        "products",
        "parzen",
    }
    assert "the paper's training step on MNIST: reference, fused, native" in err
    assert [a[0] for a in asked] == list(groups.GROUPS)
    assert asked[0] == ("step", 3, 9) and asked[-1] == ("parzen", 3, 3)
