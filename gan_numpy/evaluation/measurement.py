"""What a metric returns: rows of a table, and how to read them.

A metric's module has a function ``measure(subject)`` that returns a `Measurement` or
raises `NotApplicable`. Numbers of points are chosen so that all metrics together take
about two minutes for 10,000 samples of MNIST on two cores; every row says its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ALL = 10**9  # points: as many as there are


@dataclass(frozen=True)
class Row:
    """A number of a metric.

    Attributes
    ----------
    key, label : str
        Its name for programs and for people.
    value, real : float
        Of the samples, and of real data in their place.
    better : str
        ``"higher"``, ``"lower"``, or the value that an honest, perfect sample has.
    points : int
        How many samples it was computed from.
    meaning : str
        In a few words.
    """

    key: str
    label: str
    value: float
    real: float
    better: str
    points: int
    meaning: str


@dataclass(frozen=True)
class Measurement:
    """Rows, remarks on how to read them, and entries of ``result.json``."""

    rows: list[Row]
    notes: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
