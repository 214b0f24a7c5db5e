"""Clipping, and penalties on slopes, that are out of proportion."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, above, after, below, both
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Trace

EXAMINATIONS, FROM = 3, 8


def judge_pins(trace: Trace) -> Evidence | None:
    """Whether most of D's weights are at the bound, and its logits hardly vary."""
    pinned = above("at_bound", limit("at_bound"))
    since = trace.since(both(pinned, below("varied", limit("varied"))), EXAMINATIONS)
    if since is None:
        return None
    share, clip = trace.values("at_bound")[-1], trace.settings.get("clip")
    return Evidence(
        since,
        f"{share:.0%} of D's weights are at the bound of {clip}; its logits vary by "
        f"{trace.values('varied')[-1]:.1g}",
    )


def _slope(trace: Trace) -> tuple[str, float]:
    """Which slope the penalty is on, and what it should be."""
    if trace.settings.get("penalty") in ("r1", "r1_r2"):
        return "slope_real", 0.0
    return "slope_between", 1.0


def judge_strong(trace: Trace) -> Evidence | None:
    """Whether D is flat although the samples are far from the data."""
    if trace.settings.get("penalty") not in ("r1", "r1_r2", "gradient_penalty"):
        return None
    name, _ = _slope(trace)
    since = trace.since(after(FROM, below(name, limit("slope_flat"))), EXAMINATIONS)
    if since is None:
        return None
    row, weight = trace.latest(), trace.settings.get("penalty_weight", "unknown")
    return Evidence(
        since,
        f"D's slope is {row[name]:.1g}, with a penalty of weight {weight}; D is right "
        f"on {row['apart']:.0%} of pairs",
    )


def judge_weak(trace: Trace) -> Evidence | None:
    """Whether slopes that should be 1 are far above."""
    if trace.settings.get("penalty") != "gradient_penalty":
        return None
    name, _ = _slope(trace)
    since = trace.since(above(name, limit("slope_steep")), EXAMINATIONS)
    if since is None:
        return None
    return Evidence(
        since,
        f"D's slope between real and generated examples is "
        f"{trace.values(name)[-1]:.3g}; the penalty asks for 1",
    )


PINS = Kind(
    name="clipping_pins",
    title="clipping pins the discriminator",
    judge=judge_pins,
    figures=("at_bound|varied",),
    means="D has only the signs of its weights left to learn with.",
    literature="a penalty on the slope in the place of clipping",
    source="Gulrajani et al., arXiv:1704.00028, section 3",
    next="gan-numpy train RECIPE --set clip=0 --set penalty=gradient_penalty "
    "--set penalty_weight=10",
    explains=(
        "discriminator_blind",
        "collapse",
        "discriminator_not_moving",
        "rate_too_high",
        "rate_too_low",
    ),
)
STRONG = Kind(
    name="penalty_too_strong",
    title="the penalty is too strong",
    judge=judge_strong,
    figures=("slope_real|slope_between",),
    means="The penalty outweighs the loss: D stays flat and tells G nothing.",
    literature="weights of 1 to 10 are usual (R1 10, gradient penalty 10)",
    source="Mescheder et al., arXiv:1801.04406; Gulrajani et al., arXiv:1704.00028",
    next="gan-numpy train RECIPE --set penalty_weight=1",
    explains=("discriminator_blind", "collapse", "score_falls"),
)
WEAK = Kind(
    name="penalty_too_weak",
    title="the penalty is too weak",
    judge=judge_weak,
    figures=("slope_between",),
    means="The critic is far from being 1-Lipschitz: its loss is no distance.",
    literature="a weight of 10",
    source="Gulrajani et al., arXiv:1704.00028, section 4",
    next="gan-numpy train RECIPE --set penalty_weight=10",
    explains=("discriminator_ahead", "collapse", "score_falls", "rate_too_high"),
)
