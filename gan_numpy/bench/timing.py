"""Paired timing: candidates take turns, so that a noisy machine disturbs all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median

Times = dict[str, list[float]]


def take_turns(
    candidates: Mapping[str, Callable[[], object]],
    rounds: int,
    on_round: Callable[[], object] = lambda: None,
) -> Times:
    """Time each candidate once per round, after one call that is not counted.

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
    for run in candidates.values():
        run()  # compiles, allocates, warms caches
    for _ in range(rounds):
        for name, run in candidates.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
        on_round()
    return times


def medians_ms(times: Times) -> dict[str, float]:
    """Median of each candidate in milliseconds."""
    return {name: 1e3 * median(values) for name, values in times.items()}


def paired_ratio(times: Times, name: str, other: str) -> float:
    """Median over the rounds of one candidate's time over another's."""
    return median(a / b for a, b in zip(times[name], times[other]))
