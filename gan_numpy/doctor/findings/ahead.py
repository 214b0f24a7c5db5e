"""The discriminator is far ahead: what it tells the generator is worth nothing."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, above, both
from gan_numpy.doctor.findings.collapse import begins
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Row, Trace

EXAMINATIONS = 3


def margin(row: Row) -> float | None:
    """How far apart the logits are on average; None if that is not known."""
    if "logit_real" not in row or "logit_fake" not in row:
        return None
    return row["logit_real"] - row["logit_fake"]


def _far(row: Row) -> bool | None:
    apart = margin(row)
    return None if apart is None else apart >= limit("margin")


def judge(trace: Trace) -> Evidence | None:
    """Whether D separates all examples, by a margin that healthy games never show."""
    if trace.settings.get("objective", "minimax") not in ("minimax", "non_saturating"):
        return None  # its outputs are no logits, or no gradient of them reaches G
    if begins(trace):
        return None  # one image is easily told from the data, whatever the reason
    since = trace.since(both(above("apart", limit("apart")), _far), EXAMINATIONS)
    if since is None:
        return None
    row = trace.latest()
    return Evidence(
        since,
        f"D is right on {row['apart']:.1%} of pairs; its logits are "
        f"{margin(row):.1f} apart (D(x) {row['d_real']:.3g}, D(G(z)) "
        f"{row['d_fake']:.2g})",
    )


KIND = Kind(
    name="discriminator_ahead",
    title="the discriminator is far ahead",
    judge=judge,
    figures=("apart", "logit_real", "logit_fake"),
    means=(
        "D rejects every sample with certainty; what G could change is hidden behind "
        "slopes that say nothing of the data."
    ),
    literature=(
        "fewer or slower steps of D, noise on its input, or a penalty on its slope "
        "(R1) keep the gradient meaningful"
    ),
    source="Arjovsky and Bottou, arXiv:1701.04862; Mescheder et al., arXiv:1801.04406",
    next="gan-numpy train RECIPE --set penalty=r1 --set penalty_weight=1",
    explains=("score_falls", "rotation", "dead_units", "saturated_outputs", "collapse"),
)
