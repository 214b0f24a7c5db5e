"""Rotation: the players circle around the solution, as in the Dirac game."""

from __future__ import annotations

import numpy as np

from gan_numpy.doctor.findings.base import Evidence, Kind
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Trace

EXAMINATIONS = 16  # at least, one after the other


def phases(trace: Trace) -> tuple[list[int], np.ndarray]:
    """Steps, and points of the plane of G's offset and D's slope."""
    rows = [r for r in trace if "logit_slope" in r and "offset_0" in r]
    points = np.array([complex(r["offset_0"], r["logit_slope"]) for r in rows])
    if not rows:
        return [], points
    scale = np.abs(points.imag).mean() / max(np.abs(points.real).mean(), 1e-30)
    return [int(r["step"]) for r in rows], points.real * scale + 1j * points.imag


def _improves(trace: Trace) -> bool:
    """Whether G's outputs come nearer to the data all the same."""
    scores = trace.values("score_G")
    half = len(scores) // 2
    return half > 0 and np.mean(scores[half:]) < limit("nearer") * np.mean(
        scores[:half]
    )


def judge(trace: Trace) -> Evidence | None:
    """Whether it goes around, always the same way, without coming nearer.

    Nearly all of the way has to be in the same direction, and nearly every examination
    less than a quarter turn further: chance goes back and forth.
    """
    steps, points = phases(trace)
    if len(points) < EXAMINATIONS:
        return None
    turned = np.angle(points[1:] / np.where(points[:-1] == 0, 1, points[:-1]))
    turns = abs(turned.sum()) / (2 * np.pi)
    one_way = abs(turned.sum()) / max(np.abs(turned).sum(), 1e-30)
    small = np.mean(np.abs(turned) < np.pi / 2)
    radius, half = np.abs(points), len(points) // 2
    shrinks = radius[half:].mean() < limit("nearer") * radius[:half].mean()
    shrinks |= _improves(trace)
    if turns < limit("turns") or min(one_way, small) < limit("one_way") or shrinks:
        return None
    return Evidence(
        steps[0],
        f"{turns:.1f} turns in {steps[-1] - steps[0]} steps, {one_way:.0%} of the way "
        f"in the same direction, at a distance that does not shrink",
    )


KIND = Kind(
    name="rotation",
    title="the players rotate around the solution",
    judge=judge,
    figures=("offset_0", "logit_slope"),
    means="Each step is right for its player, and together they lead around.",
    literature="R1 or noise on D's input turns the circle into a spiral inward",
    source="Mescheder et al., arXiv:1801.04406, section 2",
    next="gan-numpy train RECIPE --set penalty=r1 --set penalty_weight=1",
    explains=("rate_too_high", "collapse"),
)
