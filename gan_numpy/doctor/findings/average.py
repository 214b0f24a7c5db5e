"""An average of weights that stays where it began."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, above, below, both
from gan_numpy.doctor.trace import Trace

EXAMINATIONS = 2


def judge(trace: Trace) -> Evidence | None:
    """Whether the average stands still while G moves."""
    still = both(below("move_average", 0.0), above("move_G", 1e-30))
    since = trace.since(still, EXAMINATIONS)
    if since is None:
        return None
    return Evidence(since, "the average has changed by 0 while G's weights moved")


KIND = Kind(
    name="average_not_started",
    title="the average of the weights does not move",
    judge=judge,
    figures=("move_average",),
    means="Samples come from the weights of the beginning.",
    literature="the average takes in the weights after every step",
    source="Yazıcı et al., arXiv:1806.04498, section 3",
    next="gan-numpy train RECIPE --set generator_average=0.999  # by hand: call "
    "average.update(state, G.params) after each step of G",
    explains=("score_falls",),
)
