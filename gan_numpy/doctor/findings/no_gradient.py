"""No gradient reaches the generator."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, above, below, both
from gan_numpy.doctor.trace import Trace

EXAMINATIONS = 2


def judge(trace: Trace) -> Evidence | None:
    """Whether the gradient that G's step used is exactly zero, though D has a slope."""
    lost = both(below("step_gradient_G", 0.0), above("gradient_G", 1e-30))
    since = trace.since(lost, EXAMINATIONS)
    if since is None:
        return None
    own = trace.values("gradient_G")[-1]
    return Evidence(
        since,
        f"the gradient of G's step has norm 0; through D it should have norm {own:.2g}",
    )


KIND = Kind(
    name="generator_without_gradient",
    title="no gradient reaches the generator",
    judge=judge,
    figures=("step_gradient_G", "gradient_G"),
    means=(
        "Between G's output and its loss the chain is cut: the fakes were detached or "
        "copied, or D's backward was not asked for the gradient of its input."
    ),
    literature="the generator's gradient passes through the discriminator's input",
    source="Goodfellow et al. 2014, arXiv:1406.2661, Algorithm 1",
    next="gan-numpy explain generator_gradient",
    explains=(
        "generator_not_moving",
        "discriminator_ahead",
        "saturating_loss",
        "rate_too_low",
        "collapse",
        "average_not_started",
        "moved_by_the_other",
    ),
)
