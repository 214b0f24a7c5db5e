r"""What is unusual: each limit, and where it comes from.

A limit of the *healthy* kind stands on the wrong side of everything that was seen in
healthy runs, by a factor: those of shipped recipes, examined as they go and at the end
of each epoch. ``thresholds.json`` holds their distribution and says which runs they
are, and how many steps of each; ``python -m faultbank --healthy --thresholds`` from
tests/doctor makes it. The other limits follow from a definition.
``gan-numpy doctor --thresholds`` prints them all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from gan_numpy.doctor.trace import Row, Trace, largest_move, score_rise, travel

NAME = "thresholds.json"
NOT_COMPARED = ("mode.", "step", "logit_real_q", "logit_fake_q")
SETTLED = 64  # steps: a game that begins throws its samples about
QUANTILES = {"min": 0.0, "q01": 0.01, "median": 0.5, "q99": 0.99, "max": 1.0}


@dataclass(frozen=True)
class Limit:
    """A limit and its reason.

    Attributes
    ----------
    figure : str
        What is compared with it.
    value : float
        As it is, or the factor of a healthy extreme.
    why : str
    healthy : {"", "min", "max"}
        The extreme of the healthy runs that is multiplied.
    """

    figure: str
    value: float
    why: str
    healthy: str = ""


LIMITS: dict[str, Limit] = {
    "against_G": Limit("agree_G", -0.3, "a cosine that is 1 if all is well"),
    "against_D": Limit("agree_D", -0.4, "a cosine that is 1 if all is well"),
    "uphill_G": Limit("downhill_G", -0.05, "positive where a loss is descended"),
    "uphill_D": Limit("downhill_D", -0.05, "positive where a loss is descended"),
    "all_real": Limit("logit_fake", 1.0, "D(G(z)) of 0.73: D errs on its fakes"),
    "above_half": Limit("loss_D", 2.0, "2 log 2 = 1.39 for a D that answers ½"),
    "unexplained": Limit("unexplained_D", 0.01, "0 but for rounding"),
    "margin": Limit("margin", 12.0, "D errs once in e^12 = 160,000"),
    "apart": Limit("apart", 0.95, "1 if every pair is told apart"),
    "saturated": Limit("saturated", 0.1, "D/(1 - D): a tenth of the gradient"),
    "varied": Limit("varied", 1e-5, "logits that differ by little more than rounding"),
    "differ": Limit("score_G", 0.05, "0 if the samples are as the data"),
    "move_G_high": Limit("move_G", 3.0, "healthy steps are shorter", "max"),
    "move_D_high": Limit("move_D", 3.0, "healthy steps are shorter", "max"),
    "move_low": Limit("largest_move", 1 / 10, "healthy steps are longer", "min"),
    "outside": Limit("outside", 0.02, "0 if the data fit the last layer"),
    "at_ends": Limit("at_ends", 0.2, "outputs at their ends, more than real values"),
    "dead": Limit("dead_G", 0.97, "1 if nothing passes"),
    "drawn": Limit("drawn_twice", 1e-3, "0 but for rounding"),
    "mixable": Limit("loss_D_mixed", 0.3, "below, both losses are nearly the same"),
    "mixed": Limit("loss_D_mixed", 0.5, "twice as near to one as to the other"),
    "at_bound": Limit("at_bound", 0.5, "1 if only signs are left"),
    "slope_flat": Limit("slope_real", 0.02, "a penalty asks for 1, or weighs slopes"),
    "slope_steep": Limit("slope_between", 5.0, "the penalty asks for 1"),
    "near": Limit("near", 0.3, "0.01 for samples as good as the data"),
    "spread": Limit("spread", 0.15, "1 if outputs vary as the data do"),
    "travel": Limit("travel_as_one", 2.0, "healthy ones have left it by then", "max"),
    "modes": Limit("modes", 0.5, "half of the modes are gone"),
    "shown_modes": Limit("shown_modes", 0.6, "1 but by chance"),
    "fooled": Limit("apart", 0.9, "above, D still sees what is missing"),
    "rise": Limit("score_rise", 2.0, "healthy samples get less worse", "max"),
    "turns": Limit("turns", 1.5, "once around may be a detour"),
    "one_way": Limit("turned", 0.9, "near 0 for a walk by chance"),
    "nearer": Limit("nearer", 0.8, "the circle should shrink"),
    "halved": Limit("score", 0.5, "around a circle a score comes and goes"),
}


def limit(name: str) -> float:
    """The value of a limit."""
    found = LIMITS[name]
    if not found.healthy:
        return found.value
    return found.value * healthy()[found.figure][found.healthy]


@cache
def healthy() -> dict[str, dict[str, float]]:
    """The distribution of every figure over the healthy runs."""
    text = files("gan_numpy.doctor").joinpath(NAME).read_text("utf-8")
    distribution: dict[str, dict[str, float]] = json.loads(text)["figures"]
    return distribution


def distribution_of(traces: Iterable[Trace], begin: int = 1) -> dict[str, Any]:
    """Quantiles of every figure, from step `begin` on."""
    values: dict[str, list[float]] = {}
    for trace in traces:
        for k, row in enumerate(trace):
            for name, value in (row | derived(trace.rows[: k + 1])).items():
                if row["step"] >= begin and not name.startswith(NOT_COMPARED):
                    values.setdefault(name, []).append(value)
    return {
        name: {q: float(f"{np.quantile(v, p):.4g}") for q, p in QUANTILES.items()}
        for name, v in sorted(values.items())
    }


def derived(rows: tuple[Row, ...]) -> Row:
    """What judges make of the figures, at the last of the rows."""
    found = {"largest_move": largest_move(rows[-1])}
    if rows[-1].get("spread", 1.0) <= LIMITS["spread"].value:
        found["travel_as_one"] = travel(rows)
    if rows[-1]["step"] >= SETTLED:
        found["score_rise"] = score_rise(rows)
    return {name: value for name, value in found.items() if value is not None}


def table() -> str:
    """All limits with what healthy runs show, as text."""
    head = f"{'limit':12} {'figure':14} {'at':>9} {'healthy from':>13} {'to':>9}  why"
    lines = [head]
    for name, found in LIMITS.items():
        seen = healthy().get(found.figure)
        low, high = (f"{seen[q]:.3g}" if seen else "-" for q in ("min", "max"))
        lines.append(
            f"{name:12} {found.figure:14} {limit(name):9.3g} {low:>13} {high:>9}  "
            f"{found.why}"
        )
    return "\n".join(lines)
