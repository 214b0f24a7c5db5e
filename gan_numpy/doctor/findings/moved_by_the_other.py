"""A player that is moved by the other player's step, too."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, above, both
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Row, Trace

EXAMINATIONS = 3


def _pulled(row: Row) -> bool | None:
    """D descends its loss, and yet calls all examples real, at a loss worse than ½'s.

    Where the step's own gradient is known, it is asked instead.
    """
    needed = {"loss_D", "downhill_D", "logit_fake", "logit_real"}
    if "unexplained_D" in row or not needed <= row.keys():
        return None
    real = min(row["logit_fake"], row["logit_real"]) >= limit("all_real")
    return real and row["downhill_D"] > 0 and row["loss_D"] >= limit("above_half")


def judge(trace: Trace) -> Evidence | None:
    """Whether a part of a player's change is not that of its own gradient."""
    for player in "DG":
        moves = above(f"move_{player}", 1e-30)
        other = above(f"unexplained_{player}", limit("unexplained"))
        since = trace.ever(both(moves, other), EXAMINATIONS)
        if since is not None:
            share = trace.values(f"unexplained_{player}")[-1]
            return Evidence(
                since,
                f"{player}'s change is not that of its own step: what is left is "
                f"{share:.2g} times as long",
            )
    if trace.settings.get("objective") not in ("non_saturating", "minimax"):
        return None
    since = trace.since(_pulled, 2 * EXAMINATIONS)
    if since is None:
        return None
    row = [row for row in trace if "downhill_D" in row][-1]
    return Evidence(
        since,
        f"D goes down its loss (cosine {row['downhill_D']:.2f}), and its loss is "
        f"{row['loss_D']:.2f} nats, worse than ½ everywhere (1.39): it calls real and "
        f"generated examples real, as G's loss wants it",
    )


KIND = Kind(
    name="moved_by_the_other",
    title="a player is moved by the other's step",
    judge=judge,
    figures=("unexplained_D|downhill_D",),
    means=(
        "One optimizer holds the parameters of both, or a gradient of the other step "
        "is still there when this one is applied."
    ),
    literature="each player's gradient is with respect to its own parameters alone",
    source="Goodfellow et al. 2014, arXiv:1406.2661, Algorithm 1; ganhacks issue 29",
    next="gan-numpy explain train_step  # an optimizer has one player's parameters",
    explains=(
        "discriminator_blind",
        "discriminator_ahead",
        "collapse",
        "rate_too_high",
        "score_falls",
        "dead_units",
        "saturated_outputs",
        "penalty_too_weak",
        "rotation",
    ),
)
