"""A search ends when its time has gone, also where nobody asks the clock."""

import sys
import time

import numpy as np
import pytest

from gan_numpy.gradcheck import check_gradients
from gan_numpy.gradcheck.deadline import in_time, is_late, until
from gan_numpy.gradcheck.repair.alarm import run_until
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits
from gan_numpy.gradcheck.repair.ledger import ledger
from gan_numpy.gradcheck.repair.memory import memory_limits


def right():
    return "right"


def wrong():
    return "wrong"


def soon(seconds=0.05):
    return time.monotonic() + seconds


def test_a_loop_that_asks_nobody_is_ended():
    reached = []

    def run():
        while True:
            reached[:] = [True]

    run_until(soon(), run)
    assert reached


def test_what_was_exchanged_is_put_back():
    before, space, undone = right.__code__, {}, []
    limits = memory_limits()

    def run():
        ledger().exchanging([right])
        right.__code__ = wrong.__code__
        ledger().adding(space, ["hook"])
        space["hook"] = 1
        ledger().undo.append(lambda: undone.append(True))
        sys.setprofile(lambda *_: None)
        while True:
            pass

    run_until(soon(), run)
    assert right.__code__ is before and right() == "right" and not space and undone
    assert sys.getprofile() is None and memory_limits() == limits


def test_who_ends_in_time_is_not_interrupted():
    ended = []
    for _ in range(100):  # the alarm rings at the very end, or just before it
        run_until(soon(0.002), lambda: time.sleep(0.002))
        ended.append(sum(range(1000)))
    run_until(soon(60), in_time)
    assert len(ended) == 100


def test_code_that_catches_everything_is_ended_too():
    caught = []

    def run():
        while True:
            try:
                while True:
                    pass
            except:  # noqa: E722 - what a student may write
                caught.append(True)
                if len(caught) == 2:
                    raise

    run_until(soon(), run)
    assert len(caught) == 2


def test_an_error_comes_through():
    with pytest.raises(ZeroDivisionError):
        run_until(soon(60), lambda: 1 / 0)


def test_late_is_what_the_clock_says():
    assert not is_late()
    with until(lambda: True):
        assert is_late()


class Slow:
    """tanh of x W, whose forward counts its calls and takes its time."""

    def __init__(self):
        self.calls = 0

    def forward(self, x, W):
        self.calls += 1
        end = time.perf_counter() + 0.001
        while time.perf_counter() < end:
            pass
        h = np.tanh(x @ W)
        return h, (x, W, h)


def slow_backward(dy, cache):
    x, W, h = cache
    da = dy * (1 + h**2)
    return da @ W.T, x.T @ da


def right_backward(dy, cache):
    x, W, h = cache
    da = dy * (1 - h**2)
    return da @ W.T, x.T @ da


def test_a_slow_forward_is_not_asked_for_all_entries_of_what_is_wrong(rng):
    x, W, slow = rng.standard_normal((9, 6)), rng.standard_normal((6, 4)), Slow()
    with searching(Limits(0.1, 0.1)):
        result = check_gradients(slow.forward, slow_backward, x, W)
    assert not result and slow.calls < 4 * x.size
    assert any("not compared" in note for note in result.notes)
    assert result.tags == ("not-recognized",)


def test_what_is_right_is_compared_to_the_end(rng):
    x, W, slow = rng.standard_normal((9, 6)), rng.standard_normal((6, 4)), Slow()
    with searching(Limits(0.05, 0.05)):
        result = check_gradients(slow.forward, right_backward, x, W)
    assert result and not any("not compared" in note for note in result.notes)


def endless(n):
    """Quick for a few; a generator asks no clock."""
    return sum(1 for _ in range(10**9 if n > 40 else n))


def scaled(x, n):
    return x**2, (x, n)


def scaled_backward(dy, cache):
    x, n = cache
    return dy * x * endless(n)


def test_a_changed_line_that_takes_for_ever_is_ended(rng):
    before = scaled_backward.__code__
    with searching(Limits(60, 1.0)):
        result = check_gradients(
            scaled, scaled_backward, rng.standard_normal(7), 30, wrt=("x",)
        )
    assert not result and scaled_backward.__code__ is before
