"""Paired timing: candidates take turns, so that a noisy machine disturbs all alike.

Each candidate waits in a process of its own (`gan_numpy.bench.worker`): threads of one
library slow down those of another in the same process, even while they sleep.
Between two turns there is a pause. The threads of a BLAS or of PyTorch spin for up to a
fifth of a second after their last work, on processors that the next candidate needs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from statistics import median

Times = dict[str, list[float]]

PAUSE = 0.25  # seconds between turns
TURN = 0.05  # seconds that a turn lasts, at least


def calls_of(run: Callable[[], object]) -> int:
    """How many calls a turn is, after one that compiles and allocates."""
    run()
    start = time.perf_counter()
    run()
    return max(1, math.ceil(TURN / (time.perf_counter() - start)))


def turn(run: Callable[[], object], calls: int) -> float:
    """Seconds of one call, the mean of `calls`."""
    run()  # wakes this candidate's threads, warms its caches
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls


def take_turns(
    turns: Mapping[str, Callable[[], float]],
    rounds: int,
    on_round: Callable[[], object] = lambda: None,
) -> Times:
    """Ask each candidate for its time once per round.

    Parameters
    ----------
    turns : mapping of name to callable
        It measures, and gives seconds.
    rounds : int
    on_round : callable
        Called after each round, for a progress bar.

    Returns
    -------
    dict of name to seconds, one per round
    """
    times: Times = {name: [] for name in turns}
    for _ in range(rounds):
        for name, measure in turns.items():
            time.sleep(PAUSE)
            times[name].append(measure())
        on_round()
    return times


def medians_ms(times: Times) -> dict[str, float]:
    """Median of each candidate in milliseconds."""
    return {name: 1e3 * median(values) for name, values in times.items()}


def paired_ratio(times: Times, name: str, other: str) -> float:
    """Median over the rounds of one candidate's time over another's."""
    return median(a / b for a, b in zip(times[name], times[other]))
