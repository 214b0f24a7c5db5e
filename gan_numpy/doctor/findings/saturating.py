"""The minimax loss of the generator is flat where its samples are rejected."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, below, both
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Trace

EXAMINATIONS = 2


def judge(trace: Trace) -> Evidence | None:
    """Whether the minimax gradient is a small part of the non-saturating one."""
    if trace.settings.get("objective") != "minimax":
        return None
    small = below("saturated", limit("saturated"))
    flat = below("flat", limit("saturated"))
    since = trace.since(both(small, flat), EXAMINATIONS)
    if since is None:
        return None
    row = trace.latest()
    return Evidence(
        since,
        f"G's gradient is {row['saturated']:.2g} times that of the non-saturating loss "
        f"(D(G(z)) is {row['d_fake']:.2g} on average)",
    )


KIND = Kind(
    name="saturating_loss",
    title="the generator's loss saturates",
    judge=judge,
    figures=("saturated",),
    means="log(1 - D(G(z))) is flat where D(G(z)) is near 0: G hardly moves.",
    literature="maximize log D(G(z)) instead: the same fixed point, strong gradients",
    source="Goodfellow et al. 2014, arXiv:1406.2661, end of section 3",
    next="gan-numpy train RECIPE --set objective=non_saturating",
    explains=("discriminator_ahead", "rate_too_low", "collapse", "score_falls"),
)
