"""Samples that get worse while the losses look as before."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, after
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Row, Trace

EXAMINATIONS = 2
FROM = 64  # a game that begins throws its samples about


def judge(trace: Trace) -> Evidence | None:
    """Whether people's samples are far worse than what G makes in training, or made."""
    best: list[float] = []

    def worse(row: Row, ratio: float) -> bool | None:
        if "score" not in row or "score_G" not in row:
            return None
        before = [r["score"] for r in trace if "score" in r and r["step"] < row["step"]]
        floor = limit("score_floor")
        best[:] = [max(min(before, default=row["score"]), floor)]
        return row["score"] >= ratio * max(row["score_G"], floor, best[0])

    slowly = after(FROM, lambda row: worse(row, limit("score_ratio")))
    since = trace.since(slowly, EXAMINATIONS)
    if since is None:
        at_once = after(FROM, lambda row: worse(row, limit("score_jump")))
        since = trace.since(at_once, 1)
    if since is None:
        return None
    row = trace.latest()
    return Evidence(
        since,
        f"the samples are {row['score']:.2f} away from the data (energy distance); "
        f"they have been {best[0]:.2f}, and G's outputs in training are "
        f"{row['score_G']:.2f}",
    )


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
