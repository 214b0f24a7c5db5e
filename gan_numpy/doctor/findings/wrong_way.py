"""A player that climbs its loss: a wrong sign, or D's labels swapped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from gan_numpy.doctor.findings.base import PLAYERS, Evidence, Kind
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


def judge(trace: Trace, player: str) -> Evidence | None:
    """Whether a player goes up its loss, D also reporting that it rises."""
    found = _evidence(trace, player)
    if player == "D" and _reported(trace) is not False:
        return None  # it may be that its labels are swapped
    return found


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


def climbing(player: str, *more: str) -> Kind:
    """The kind of one player, whose judge needs some more figures."""
    name = PLAYERS[player]
    return Kind(
        name=f"{name}_wrong_sign",
        title=f"the {name} climbs its loss",
        judge=partial(judge, player=player),
        figures=(f"downhill_{player}", *more),
        means=f"A sign is wrong in {player}'s loss, in its gradient, or in its update.",
        literature=LITERATURE,
        source=SOURCE,
        next=f"gan-numpy explain {name}_gradient",
        explains=FOLLOWS,
    )


GENERATOR, DISCRIMINATOR = climbing("G"), climbing("D", "reported_D")
SWAPPED = Kind(
    name="labels_swapped",
    title="the discriminator learns to call real examples generated",
    judge=judge_swapped,
    figures=("downhill_D", "reported_D"),
    means="Real and generated have each other's labels in D's loss, but not in G's.",
    literature="D's target is 1 on data and 0 on samples; G's own is 1 on samples",
    source=SOURCE,
    next="gan-numpy explain discriminator_gradient  # real examples have the label 1",
    explains=("discriminator_wrong_sign", *FOLLOWS),
)
