"""Samples that get worse while the losses look as before."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind
from gan_numpy.doctor.thresholds import SETTLED, limit
from gan_numpy.doctor.trace import Trace, score_rise


def judge(trace: Trace) -> Evidence | None:
    """Whether people's samples are far worse than what G makes in training, or made."""
    least = limit("rise")
    rises = {
        row["step"]: score_rise(trace.rows[: k + 1])
        for k, row in enumerate(trace)
        if row["step"] >= SETTLED
    }
    since = trace.since(lambda row: _above(rises.get(row["step"]), least), 1)
    if since is None:
        return None
    row, before = trace.latest(), [r["score"] for r in trace if "score" in r]
    return Evidence(
        since,
        f"the samples are {row['score']:.2f} away from the data (energy distance); "
        f"they have been {min(before):.2f}, and G's outputs in "
        f"training are {row['score_G']:.2f}",
    )


def _above(value: float | None, least: float) -> bool | None:
    return None if value is None else value >= least


KIND = Kind(
    name="score_falls",
    title="samples get worse while the losses look fine",
    judge=judge,
    figures=("score", "score_G"),
    means=(
        "What people are shown is no longer what D judges: look at the average of the "
        "weights and at the way in which samples are drawn."
    ),
    literature="losses of a game do not measure samples: keep a score, stop by it",
    source="Theis et al., arXiv:1511.01844; Heusel et al., arXiv:1706.08500",
    next="gan-numpy evaluate RUN --metrics two_sample",
)
