"""A number is not finite."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, below
from gan_numpy.doctor.trace import Trace


def judge(trace: Trace) -> Evidence | None:
    """Whether an output of a player is infinite or no number."""
    since = trace.since(below("finite", 0.0), 1)
    if since is None:
        return None
    return Evidence(since, "an output of a player, or a loss, is not finite")


KIND = Kind(
    name="diverged",
    title="the numbers are no longer finite",
    judge=judge,
    figures=("finite",),
    means="The step before was too long, or a loss was computed from a saturated D.",
    literature="losses from logits; a smaller rate",
    source="Radford et al., arXiv:1511.06434, section 4",
    next="gan-numpy train RECIPE --set learning_rate=0.0002",
)
