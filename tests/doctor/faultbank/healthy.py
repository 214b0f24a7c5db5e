"""The shipped recipes, which train well: alarms, and the table of thresholds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import gan_numpy.doctor
from gan_numpy.doctor.thresholds import NAME, distribution_of
from gan_numpy.doctor.trace import Row, Trace
from gan_numpy.doctor.verdict import judge
from gan_numpy.doctor.watch import is_due

WHOLE = (
    "digits",
    "dcgan",
    "lsgan",
    "wgan",
    "wgan-gp",
    "r1",
    "cgan",
    "acgan",
    "infogan",
    "sgan",
    "ring",
    "ring-pacgan",
    "grid",
    "grid-pacgan",
)
SHORTENED = (
    "mnist",
    "mnist-fast",
    "mnist-best",
    "dcgan-mnist",
    "lsgan-mnist",
    "wgan-mnist",
    "cgan-mnist",
    "acgan-mnist",
    "infogan-mnist",
    "sgan-mnist",
)
EPOCHS = 2  # of those that are shortened
SEEDS, HELD_OUT = (0, 1, 4), (4,)  # nobody has looked at those held out


def alarms(trace: Trace) -> dict[str, int]:
    """What the doctor says at any examination, or at the end of any epoch, and when.

    At the end of an epoch it is asked as ``gan-numpy doctor RUN`` asks it: what the run
    has kept until then, and one more look.
    """
    found: dict[str, int] = {}
    kept: list[Row] = []
    for row in trace:
        rows = (*kept, row)
        for finding in judge(replace(trace, rows=rows)).findings:
            found.setdefault(finding.name, int(row["step"]))
        if is_due(int(row["step"])):
            kept.append(row)
    return found


def write_thresholds(traces: Mapping[str, Trace]) -> None:
    """The distribution of all figures, into the package."""
    content = {
        "runs": {name: trace.step for name, trace in traces.items()},
        "examinations": sum(len(trace.rows) for trace in traces.values()),
        "figures": distribution_of(traces.values()),
    }
    path = Path(gan_numpy.doctor.__file__).with_name(NAME)
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
