"""Paired timing: candidates take turns, so that a noisy machine disturbs all alike.

Between two turns there is a pause. The threads of a BLAS or of PyTorch spin for up to a
tenth of a second after their last work, on processors that the next candidate needs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from statistics import median

Times = dict[str, list[float]]

PAUSE = 0.15  # seconds between turns
TURN = 0.05  # seconds that a turn lasts, at least


def take_turns(
    candidates: Mapping[str, Callable[[], object]],
    rounds: int,
    on_round: Callable[[], object] = lambda: None,
) -> Times:
    """Time each candidate once per round, after calls that are not counted.

    A turn repeats short work until it lasts `TURN`; the time is that of one call.

    Parameters
    ----------
    candidates : mapping of name to callable
    rounds : int
    on_round : callable
        Called after each round, for a progress bar.

    Returns
    -------
    dict of name to seconds, one per round
    """
    times: Times = {name: [] for name in candidates}
    calls = {}
    for name, run in candidates.items():
        run()  # compiles, allocates
        start = time.perf_counter()
        run()
        calls[name] = max(1, math.ceil(TURN / (time.perf_counter() - start)))
    for _ in range(rounds):
        for name, run in candidates.items():
            time.sleep(PAUSE)
            run()  # wakes this candidate's threads, warms its caches
            start = time.perf_counter()
            for _ in range(calls[name]):
                run()
            times[name].append((time.perf_counter() - start) / calls[name])
        on_round()
    return times


def medians_ms(times: Times) -> dict[str, float]:
    """Median of each candidate in milliseconds."""
    return {name: 1e3 * median(values) for name, values in times.items()}


def paired_ratio(times: Times, name: str, other: str) -> float:
    """Median over the rounds of one candidate's time over another's."""
    return median(a / b for a, b in zip(times[name], times[other]))
