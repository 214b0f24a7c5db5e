"""Units of ReLU that are 0 for everything."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, above
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Trace

EXAMINATIONS = 3


def judge(trace: Trace) -> Evidence | None:
    """Whether nearly all units of a layer are off for all inputs."""
    for player in "GD":
        dead = above(f"dead_{player}", limit("dead"))
        since = trace.since(dead, EXAMINATIONS)
        if since is not None:
            share = trace.values(f"dead_{player}")[-1]
            return Evidence(
                since,
                f"{share:.0%} of the units of a layer of {player} are 0 for all of 64 "
                f"inputs",
            )
    return None


KIND = Kind(
    name="dead_units",
    title="a layer is dead",
    judge=judge,
    figures=("dead_G",),
    means="Where ReLU is 0 for every input no gradient passes: the units stay off.",
    literature="a smaller rate; leaky ReLU, above all in D",
    source="Maas et al., ICML 2013; Radford et al., arXiv:1511.06434, section 3",
    next="gan-numpy train RECIPE --set learning_rate=0.0002",
    explains=(
        "collapse",
        "discriminator_ahead",
        "score_falls",
        "generator_without_gradient",
        "saturating_loss",
        "rate_too_high",
    ),
)
