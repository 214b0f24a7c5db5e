"""All metrics by name, and the table's worth of them.

A metric is a module of this package that `gan_numpy.evaluation.METRICS` names; its
``measure`` is a function of a `Subject` (see `gan_numpy.evaluation.measurement`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module

import numpy as np

from gan_numpy.evaluation.measurement import Measurement
from gan_numpy.evaluation.subject import NotApplicable, Subject

LEAST = 10  # points of a set, below which nothing but densities is estimated


def measure_of(name: str) -> Callable[[Subject], Measurement]:
    """The function of the metric of that name."""
    found: Callable[[Subject], Measurement]
    found = import_module(f"gan_numpy.evaluation.{name}").measure
    return found


def compute(
    subject: Subject, names: Iterable[str]
) -> Iterator[tuple[str, Measurement | NotApplicable]]:
    """Each metric's measurement, or why there is none, as soon as it is known."""
    sizes = {"samples": subject.samples, "test examples": subject.test}
    for name in names:
        try:
            for what, points in sizes.items():
                if name != "parzen" and len(points) < LEAST:
                    raise NotApplicable(f"needs {LEAST} {what}, got {len(points)}")
            yield name, measure_of(name)(subject)
        except NotApplicable as reason:
            yield name, reason
        except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
            yield name, NotApplicable(f"cannot be computed: {error}")
