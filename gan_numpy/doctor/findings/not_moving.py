"""A player whose weights stay as they are, bit for bit."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, below
from gan_numpy.doctor.trace import Trace

EXAMINATIONS = 3


def judge_player(trace: Trace, player: str) -> Evidence | None:
    """Whether the change of the weights is zero."""
    since = trace.since(below(f"move_{player}", 0.0), EXAMINATIONS)
    if since is None:
        return None
    gradient = trace.last(f"step_gradient_{player}")
    there = "" if gradient is None else f", the step's gradient has norm {gradient:.2g}"
    return Evidence(since, f"{player}'s weights change by 0 in each step{there}")


def judge_generator(trace: Trace) -> Evidence | None:
    """The generator."""
    return judge_player(trace, "G")


def judge_discriminator(trace: Trace) -> Evidence | None:
    """The discriminator."""
    return judge_player(trace, "D")


MEANS = (
    "The optimizer has not been given this player's parameters, or the player is "
    "frozen, or its update is never called."
)
LITERATURE = "Algorithm 1 updates both players, each by the gradient of its own loss"
SOURCE = "Goodfellow et al. 2014, arXiv:1406.2661, Algorithm 1"
GENERATOR = Kind(
    name="generator_not_moving",
    title="the generator does not move",
    judge=judge_generator,
    figures=("move_G",),
    means=MEANS,
    literature=LITERATURE,
    source=SOURCE,
    next="compare G.params before and after a step; pass G.params to its optimizer",
    explains=(
        "moved_by_the_other",
        "discriminator_ahead",
        "saturating_loss",
        "rate_too_low",
        "collapse",
        "average_not_started",
        "stale_statistics",
    ),
)
DISCRIMINATOR = Kind(
    name="discriminator_not_moving",
    title="the discriminator does not move",
    judge=judge_discriminator,
    figures=("move_D",),
    means=MEANS,
    literature=LITERATURE,
    source=SOURCE,
    next="compare D.params before and after a step; pass D.params to its optimizer",
    explains=(
        "moved_by_the_other",
        "rate_too_low",
        "collapse",
        "penalty_too_strong",
    ),
)
