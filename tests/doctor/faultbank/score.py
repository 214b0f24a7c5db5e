"""What the doctor says of every case of the bank, and the table of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gan_numpy.doctor.trace import Trace
from gan_numpy.doctor.verdict import first_certain, judge

from .faults import FAULTS
from .games import HELD_OUT
from .record import HEALTHY

# What the whole bank must reach.
LEAST_NAMED, MOST_WRONG, MOST_ALARMS = 0.9, 0.02, 0


@dataclass(frozen=True)
class Outcome:
    """What came out of a case.

    Attributes
    ----------
    fault, data, seed
        Which case.
    word : str
        "named", "wrong name" or "unnamed"; of a healthy game "quiet" or "alarm".
    said : tuple of str
        The names of the first verdict that had any.
    step : int or None
        When that was.
    """

    fault: str
    data: str
    seed: int
    word: str
    said: tuple[str, ...]
    step: int | None


def outcome(fault: str, data: str, seed: int, trace: Trace) -> Outcome:
    """Judge a trace at every examination; the first certain verdict counts, and the
    last: a name that is not right is wrong in either."""
    first, last = first_certain(trace), judge(trace)
    said = tuple(f.name for f in first.findings) if first else ()
    later = tuple(f.name for f in last.findings)
    step = first.step if first else None
    if fault == HEALTHY:
        word = "alarm" if said else "quiet"
        return Outcome(fault, data, seed, word, said, step)
    accepts = FAULTS[fault].accepts
    if not said:
        word = "unnamed"
    else:
        right = set(said) <= accepts and set(later) <= accepts
        word = "named" if right else "wrong name"
    return Outcome(fault, data, seed, word, said + later, step)


def figures(outcomes: Iterable[Outcome]) -> dict[str, float]:
    """Shares of the faulty games, the median delay, alarms of healthy ones."""
    outcomes = list(outcomes)
    faulty = [o for o in outcomes if o.fault != HEALTHY]
    n = max(len(faulty), 1)
    delays = [o.step for o in faulty if o.word == "named" and o.step is not None]
    return {
        "games": len(faulty),
        "named": sum(o.word == "named" for o in faulty) / n,
        "wrong name": sum(o.word == "wrong name" for o in faulty) / n,
        "unnamed": sum(o.word == "unnamed" for o in faulty) / n,
        "median delay (steps)": float(np.median(delays)) if delays else float("nan"),
        "healthy games": len(outcomes) - len(faulty),
        "alarms": sum(o.word == "alarm" for o in outcomes),
    }


def table(outcomes: Iterable[Outcome]) -> str:
    """One row a fault; then all figures, and those of the seeds that were held out."""
    outcomes, rows = list(outcomes), defaultdict(list)
    for o in outcomes:
        rows[o.fault].append(o)
    words = ("named", "wrong name", "unnamed", "quiet", "alarm")
    lines = [f"{'fault':40}" + "".join(f"{w:>11}" for w in words) + "  delay  said"]
    for fault, own in rows.items():
        counts = "".join(f"{sum(o.word == w for o in own):11}" for w in words)
        steps = [o.step for o in own if o.step is not None]
        delay = f"{np.median(steps):6.0f}" if steps else "     -"
        odd = {" ".join(dict.fromkeys(o.said)) for o in own if o.word == "wrong name"}
        lines.append(f"{fault:40}{counts} {delay}  {'; '.join(sorted(odd))}")
    held = [o for o in outcomes if o.seed in HELD_OUT]
    known = [o for o in outcomes if o.seed not in HELD_OUT]
    for title, part in (("all", outcomes), ("seen", known), ("held out", held)):
        if part:
            text = ", ".join(f"{k} {v:.4g}" for k, v in figures(part).items())
            lines.append(f"{title}: {text}")
    return "\n".join(lines)
