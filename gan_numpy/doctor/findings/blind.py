"""The discriminator gives everything the same answer."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, above, below, both
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Trace

EXAMINATIONS = 3


def judge(trace: Trace) -> Evidence | None:
    """Whether D's logits hardly vary although samples and data differ.

    Under clipping or a penalty that is for their findings to say.
    """
    if trace.settings.get("clip") or trace.settings.get("penalty", "none") != "none":
        return None
    blind = both(
        below("varied", limit("varied")),
        above("score_G", limit("differ")),
    )
    since = trace.since(blind, EXAMINATIONS)
    if since is None:
        return None
    row = trace.latest()
    return Evidence(
        since,
        f"the deviation of D's logits over all examples is {row['varied']:.1g}, while "
        f"the samples are {row['score_G']:.2f} away from the data (energy distance)",
    )


KIND = Kind(
    name="discriminator_blind",
    title="the discriminator is blind",
    judge=judge,
    figures=("varied", "score_G"),
    means=(
        "What D is shown, or what it passes on, holds nothing: its input is cut off or "
        "scaled away, or its units are dead. G cannot learn from it."
    ),
    literature="D has to be near its optimum for G's gradient to mean anything",
    source="Goodfellow et al. 2014, arXiv:1406.2661, section 4",
    next="gan-numpy explain train_step  # then print D on ten real examples and ten "
    "samples",
    explains=(
        "generator_without_gradient",
        "generator_not_moving",
        "discriminator_not_moving",
        "collapse",
        "rate_too_low",
        "average_not_started",
        "score_falls",
    ),
)
