"""A player whose weights stay as they are, bit for bit."""

from __future__ import annotations

from functools import partial

from gan_numpy.doctor.findings.base import PLAYERS, Evidence, Kind, below
from gan_numpy.doctor.trace import Trace

EXAMINATIONS = 3


def judge(trace: Trace, player: str) -> Evidence | None:
    """Whether the change of a player's weights is zero."""
    since = trace.since(below(f"move_{player}", 0.0), EXAMINATIONS)
    if since is None:
        return None
    gradient = trace.last(f"step_gradient_{player}")
    there = "" if gradient is None else f", the step's gradient has norm {gradient:.2g}"
    return Evidence(since, f"{player}'s weights change by 0 in each step{there}")


def standing(player: str, *follows: str) -> Kind:
    """The kind of one player, with what follows if it stands still."""
    return Kind(
        name=f"{PLAYERS[player]}_not_moving",
        title=f"the {PLAYERS[player]} does not move",
        judge=partial(judge, player=player),
        figures=(f"move_{player}",),
        means=(
            "The optimizer has not been given this player's parameters, or the player "
            "is frozen, or its update is never called."
        ),
        literature="Algorithm 1 updates both players, each by its own loss's gradient",
        source="Goodfellow et al. 2014, arXiv:1406.2661, Algorithm 1",
        next=f"gan-numpy explain train_step  # {player}.params go to an optimizer, and "
        f"it is called",
        explains=("moved_by_the_other", "rate_too_low", "collapse", *follows),
    )


GENERATOR = standing(
    "G",
    "discriminator_ahead",
    "saturating_loss",
    "average_not_started",
    "stale_statistics",
)
DISCRIMINATOR = standing("D", "penalty_too_strong", "score_falls")
