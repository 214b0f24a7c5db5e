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


def _later_of(steps: list[int], values: np.ndarray) -> float:
    """The mean after the middle of the steps, as a multiple of that before.

    Each value counts for the steps since the last one: at first there are many.
    """
    late, since = np.array(steps) > steps[-1] / 2, np.diff([0, *steps])
    if late.all() or not late.any():
        return 1.0
    before, after = (np.average(values[k], weights=since[k]) for k in (~late, late))
    return float(after / max(before, 1e-30))


def _comes_nearer(trace: Trace, steps: list[int], radius: np.ndarray) -> bool:
    """Whether the circle shrinks, or G's outputs come nearer to the data all the same.

    Around a circle a score comes and goes; a score that is halved is no circle.
    """
    scored = [row for row in trace if "score_G" in row]
    scores = np.array([row["score_G"] for row in scored])
    halved = _later_of([int(row["step"]) for row in scored], scores) if scored else 1.0
    shrunk = _later_of(steps, radius)
    return shrunk < limit("nearer") or halved < limit("halved")


def judge(trace: Trace) -> Evidence | None:
    """Whether it goes around, always the same way, without coming nearer.

    Nearly all of the way has to be in the same direction: chance goes back and forth.
    Between two examinations it is usually less than a quarter turn, or the direction
    would not be known.
    """
    steps, points = phases(trace)
    if len(points) < EXAMINATIONS:
        return None
    turned = np.angle(points[1:] / np.where(points[:-1] == 0, 1, points[:-1]))
    turns = abs(turned.sum()) / (2 * np.pi)
    one_way = abs(turned.sum()) / max(np.abs(turned).sum(), 1e-30)
    if turns < limit("turns") or one_way < limit("one_way"):
        return None
    if np.median(np.abs(turned)) > np.pi / 2 or _comes_nearer(
        trace, steps, np.abs(points)
    ):
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
