"""A player that climbs its loss: a wrong sign, or D's labels swapped."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy.doctor.findings.base import Evidence, Kind
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Row, Trace

EXAMINATIONS = 4


def climbs(player: str) -> Callable[[Row], bool | None]:
    """Of a row: whether the player's gradient or change is against its loss."""
    agree, downhill = limit(f"against_{player}"), limit(f"uphill_{player}")

    def holds(row: Row) -> bool | None:
        if f"agree_{player}" in row:
            return row[f"agree_{player}"] <= agree
        if f"downhill_{player}" in row:
            return row[f"downhill_{player}"] <= downhill
        return None

    return holds


def _evidence(trace: Trace, player: str) -> Evidence | None:
    since = trace.ever(climbs(player), EXAMINATIONS)
    if since is None:
        return None
    agree = trace.values(f"agree_{player}")
    values = agree or trace.values(f"downhill_{player}")
    what = "its step's gradient and the gradient" if agree else "its way and downhill"
    return Evidence(
        since,
        f"the cosine between {what} of {player}'s loss is {np.median(values):.2f} "
        f"(median)",
    )


def judge_generator(trace: Trace) -> Evidence | None:
    """Whether G goes up its loss."""
    return _evidence(trace, "G")


def _reported(trace: Trace) -> bool | None:
    """Whether D's reported loss is the one with swapped labels; None: not known."""
    votes = []
    for row in trace:
        if {"reported_D", "loss_D", "loss_D_swapped"} <= row.keys():
            own, swapped = row["loss_D"], row["loss_D_swapped"]
            if abs(own - swapped) > 0.5 * min(abs(own), abs(swapped)):
                nearer = abs(row["reported_D"] - swapped) < abs(row["reported_D"] - own)
                votes.append(nearer)
    return None if len(votes) < 2 else sum(votes) > len(votes) / 2


def judge_discriminator(trace: Trace) -> Evidence | None:
    """Whether D goes up its loss, and knows it: the loss that it reports rises."""
    found = _evidence(trace, "D")
    return found if found is not None and _reported(trace) is False else None


def judge_swapped(trace: Trace) -> Evidence | None:
    """Whether D goes up its loss and reports a loss that falls."""
    found = _evidence(trace, "D")
    if found is None or _reported(trace) is not True:
        return None
    row = trace.latest()
    return Evidence(
        found.since,
        f"D reports a loss of {row.get('reported_D', float('nan')):.2f} nats: with "
        f"real and generated exchanged it is {row['loss_D_swapped']:.2f}, as they are "
        f"{row['loss_D']:.2f}; {found.text}",
    )


FOLLOWS = (
    "generator_not_moving",
    "generator_without_gradient",
    "discriminator_not_moving",
    "discriminator_ahead",
    "discriminator_blind",
    "saturating_loss",
    "collapse",
    "rate_too_high",
    "dead_units",
    "saturated_outputs",
    "score_falls",
    "moved_by_the_other",
    "diverged",
    "mixed_batch_norm",
    "penalty_too_weak",
    "rotation",
)
LITERATURE = "D ascends V(D, G), G descends it (or ascends log D): each its own side"
SOURCE = "Goodfellow et al. 2014, arXiv:1406.2661, eq. 1 and section 3"
GENERATOR = Kind(
    name="generator_wrong_sign",
    title="the generator climbs its loss",
    judge=judge_generator,
    figures=("downhill_G",),
    means="A sign is wrong in G's loss, in its gradient, or in its update.",
    literature=LITERATURE,
    source=SOURCE,
    next="gan-numpy explain generator_gradient",
    explains=FOLLOWS,
)
DISCRIMINATOR = Kind(
    name="discriminator_wrong_sign",
    title="the discriminator climbs its loss",
    judge=judge_discriminator,
    figures=("downhill_D",),
    means="A sign is wrong in D's loss, in its gradient, or in its update.",
    literature=LITERATURE,
    source=SOURCE,
    next="gan-numpy explain discriminator_gradient",
    explains=FOLLOWS,
)
SWAPPED = Kind(
    name="labels_swapped",
    title="the discriminator learns to call real examples generated",
    judge=judge_swapped,
    figures=("downhill_D", "reported_D"),
    means="Real and generated have each other's labels in D's loss, but not in G's.",
    literature="D's target is 1 on data and 0 on samples; G's own is 1 on samples",
    source=SOURCE,
    next="gan-numpy explain discriminator_gradient",
    explains=("discriminator_wrong_sign", *FOLLOWS),
)
