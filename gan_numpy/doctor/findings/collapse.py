"""Collapse: all outputs are nearly one, or modes of the data have none."""

from __future__ import annotations

from itertools import pairwise

from gan_numpy.doctor.findings.base import Evidence, Kind, after
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Row, Trace, travel

EXAMINATIONS = 3
GROWTH = 1.5  # over these examinations
PATIENCE = 6  # healthy games lose modes, and find them again
FROM, BEGUN = 32, 256  # steps: a generator begins as one image
LONG = 512  # steps, or twice those before it began, however often it was looked at


def _one(row: Row) -> bool | None:
    return row["spread"] <= limit("spread") if "spread" in row else None


def _few(row: Row) -> bool | None:
    if "modes" not in row or "apart" not in row:
        return None
    return row["modes"] <= limit("modes") and row["apart"] <= limit("fooled")


def _shown(row: Row) -> bool | None:
    return row["shown_modes"] <= limit("shown_modes") if "shown_modes" in row else None


def gone(trace: Trace) -> list[str]:
    """Names of the modes without an output in any of the last examinations."""
    rows = trace.rows[-EXAMINATIONS:]
    return [
        name
        for k, name in enumerate(trace.labels)
        if all(row.get(f"mode.{k}", 0.0) == 0 for row in rows)
    ]


def _grows(trace: Trace) -> bool:
    """Whether the variety is on its way: then G begins, and has not collapsed."""
    last = trace.values("spread")[-EXAMINATIONS:]
    return all(a < b for a, b in pairwise(last)) and last[-1] > GROWTH * last[0]


def begins(trace: Trace) -> bool:
    """Whether G has been one image from the beginning, and may leave it yet."""
    if any(_one(row) is False for row in trace):
        return False
    way = travel(trace.rows)
    return way is not None and way < limit("travel")


def _lasting(trace: Trace, since: int | None) -> int | None:
    """The step, if what began at it has lasted."""
    if since is None or trace.step < BEGUN:
        return None
    return since if trace.step - since >= min(2 * since, LONG) else None


def judge(trace: Trace) -> Evidence | None:
    """Whether the outputs hardly vary, or modes stay empty though D is fooled."""
    since = trace.since(_shown, EXAMINATIONS)
    if since is not None:
        share = trace.values("shown_modes")[-1]
        return Evidence(
            since,
            f"D is shown {share:.0%} of the modes of the data: the loader leaves out "
            f"the others, and G will not make them",
        )
    since = _lasting(trace, trace.since(after(FROM, _one), EXAMINATIONS))
    if since is None or _grows(trace) or begins(trace):
        since = _lasting(trace, trace.since(after(FROM, _few), PATIENCE))
    if since is None:
        return None
    row, empty = trace.latest(), gone(trace)
    text = (
        f"G's outputs vary by {row['spread']:.1%} of the data's deviation and fall on "
        f"{row['modes'] * len(trace.labels):.0f} of {len(trace.labels)} modes"
    )
    return Evidence(since, text + (f"; gone: {', '.join(empty)}" if empty else ""))


KIND = Kind(
    name="collapse",
    title="the generator has collapsed",
    judge=judge,
    figures=("spread", "modes"),
    means="G gives one output, or a few kinds of them, whatever z is.",
    literature=(
        "let D judge several samples at once (PacGAN), keep it near its optimum, "
        "penalize its slope; check that the loader gives all classes"
    ),
    source="Lin et al., arXiv:1712.04086; Goodfellow, arXiv:1701.00160, section 5.1",
    next="gan-numpy train RECIPE --set packing=2",
    explains=("score_falls", "discriminator_ahead"),
)
