"""Steps that are too long, or too short."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Row, Trace, largest_move

EXAMINATIONS = 3
LONG = 2  # steps: one may have been an accident


def judge_high(trace: Trace) -> Evidence | None:
    """Whether a player went, in several steps, a large part of its weights' length.

    It need not go on: weights that have grown make the same step a small part. Of
    clipped weights it says nothing: they are kept small.
    """
    for player in "G" if trace.settings.get("clip") else "GD":
        name, most = f"move_{player}", limit(f"move_{player}_high")
        rows = [row for row in trace if row.get(name, 0.0) >= most]
        if sum(row.get("steps", 1.0) for row in rows) >= LONG:
            largest = max(row[name] for row in rows)
            return Evidence(
                int(rows[0]["step"]),
                f"single steps change {player}'s weights by up to {largest:.0%} of "
                f"their norm; healthy games stay below {most:.1%}",
            )
    return None


def judge_low(trace: Trace) -> Evidence | None:
    """Whether both players hardly move."""

    def short(row: Row) -> bool | None:
        largest = largest_move(row)
        if largest is None:
            return None
        return 0 < min(row["move_G"], row["move_D"]) and largest <= limit("move_low")

    since = trace.since(short, EXAMINATIONS)
    if since is None:
        return None
    values = [trace.values(f"move_{player}")[-1] for player in "GD"]
    return Evidence(
        since,
        f"each step changes G's weights by {values[0]:.1g} and D's by {values[1]:.1g} "
        f"of their norm; in healthy games one of them moves ten times "
        f"{limit('move_low'):.1g} at least",
    )


HIGH = Kind(
    name="rate_too_high",
    title="the learning rate is too high",
    judge=judge_high,
    figures=("move_G", "move_D"),
    means="Steps are so long that each undoes what the one before has learned.",
    literature=(
        "about a thousandth of the weights' norm a step is usual; Adam at 0.0002 with "
        "beta1 0.5 is where the literature begins"
    ),
    source="Radford et al., arXiv:1511.06434, section 4",
    next="gan-numpy train RECIPE --set learning_rate=0.0002",
    explains=(
        "discriminator_ahead",
        "discriminator_blind",
        "collapse",
        "dead_units",
        "saturated_outputs",
        "score_falls",
        "diverged",
        "saturating_loss",
        "penalty_too_weak",
        "generator_without_gradient",
        "generator_not_moving",
        "discriminator_not_moving",
        "generator_wrong_sign",
        "discriminator_wrong_sign",
        "moved_by_the_other",
    ),
)
LOW = Kind(
    name="rate_too_low",
    title="the learning rate is too low",
    judge=judge_low,
    figures=("move_G", "move_D"),
    means="Nothing will be learned in any time that somebody wants to wait.",
    literature="Adam at 0.0002 is where the literature begins",
    source="Radford et al., arXiv:1511.06434, section 4",
    next="gan-numpy train RECIPE --set learning_rate=0.0002",
    explains=("collapse", "discriminator_blind"),
)
