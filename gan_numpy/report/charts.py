r"""The curves of a run, as plain data, with their landmarks.

Where D answers ½ everywhere, the sum of its two cross-entropies is 2 log 2 - log 2 with
the factor ½ of the released code -, the value of the game is -log 4, and the
non-saturating loss of G is log 2 (Goodfellow et al. 2014, arXiv:1406.2661, section 4).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gan_numpy.doctor.trace import Row as Probe
from gan_numpy.recipes import Recipe
from gan_numpy.runs.metrics import Row

Chart = dict[str, Any]
MOST_LAYERS = 6  # lines in a chart of gradients
BANDS = ((0, 100), (10, 90), (25, 75))  # percent of the logits between which


def series(
    name: str, color: str, xs: Sequence[float], ys: Sequence[float], dash: bool = False
) -> dict[str, Any]:
    """A line; points that are not finite are left out."""
    points = [
        [x, float(f"{y:.5g}")] for x, y in zip(xs, ys, strict=True) if math.isfinite(y)
    ]
    return {"name": name, "color": color, "points": points, "dash": dash}


def landmarks(recipe: Recipe) -> list[dict[str, Any]]:
    """Where the losses are if D answers ½ everywhere."""
    if recipe.objective not in ("minimax", "non_saturating"):
        return []
    own = recipe.discriminator_weight * 2 * math.log(2)
    name = "log 2" if math.isclose(own, math.log(2)) else "2 log 2"
    marks = [{"y": own, "label": f"D's: {name}"}]
    if recipe.objective == "minimax":
        return [*marks, {"y": -math.log(2), "label": "G's: -log 2, half of -log 4"}]
    if not math.isclose(own, math.log(2)):
        marks.append({"y": math.log(2), "label": "G's: log 2"})
    return marks


def charts(
    recipe: Recipe, metrics: Sequence[Row], probes: Sequence[Probe]
) -> list[Chart]:
    """All curves that the run's files have figures for."""
    found = [
        *_of_epochs(recipe, metrics),
        _logits(probes),
        _gradients(probes),
        _samples(probes),
    ]
    return [c for c in found if any(line["points"] for line in c["lines"])]


def _of_epochs(recipe: Recipe, metrics: Sequence[Row]) -> list[Chart]:
    """Losses, opinions and gradient norms: means over epochs."""
    steps = [int(row["step"]) for row in metrics]

    def line(column: str, name: str, color: str, dash: bool = False) -> Any:
        ys = [float(row[column]) for row in metrics]
        return series(name, color, steps, ys, dash)

    chance = {"y": 0.5, "label": "½"}
    probability = recipe.objective in ("minimax", "non_saturating")
    return [
        {
            "title": "Losses (nats)",
            "lines": [
                line("loss_discriminator", "D", "D"),
                line("loss_generator", "G", "G", True),
            ],
            "marks": landmarks(recipe),
        },
        {
            "title": "What D says" + (" (probability)" if probability else ""),
            "lines": [
                line("d_real", "of real examples", "data"),
                line("d_fake", "of samples", "G", True),
            ],
            "marks": [chance] if probability else [],
        },
        {
            "title": "Gradient norms",
            "log": True,
            "lines": [
                line("grad_norm_discriminator", "D", "D"),
                line("grad_norm_generator", "G", "G", True),
            ],
            "marks": [],
        },
    ]


def _line(
    probes: Sequence[Probe], key: str, name: str, color: str, dash: bool = False
) -> Any:
    rows = [row for row in probes if key in row]
    return series(name, color, [r["step"] for r in rows], [r[key] for r in rows], dash)


def _logits(probes: Sequence[Probe]) -> Chart:
    """All of D's logits: their quantiles, as bands around the median."""
    lines = []
    for kind, name, color in (
        ("real", "of real examples", "data"),
        ("fake", "of samples", "G"),
    ):
        line = _line(probes, f"logit_{kind}_q50", name, color, kind == "fake")
        rows = [row for row in probes if f"logit_{kind}_q50" in row]
        line["bands"] = [
            [
                [float(f"{row.get(f'logit_{kind}_q{q}', 0.0):.4g}") for q in pair]
                for row in rows
            ]
            for pair in BANDS
        ]
        lines.append(line)
    mark = {"y": 0.0, "label": "D = ½"}
    title = "D's outputs: median, the middle half, 10 to 90 %, all"
    return {"title": title, "lines": lines, "marks": [mark]}


def _gradients(probes: Sequence[Probe]) -> Chart:
    """G's gradient, layer by layer."""
    prefix = "gradient_G."
    names = dict.fromkeys(k for r in probes for k in r if k.startswith(prefix))
    colors = ("G", "D", "data", "a", "b", "c")
    lines = [
        _line(probes, key, key.removeprefix(prefix), color)
        for key, color in zip(list(names)[:MOST_LAYERS], colors)
    ]
    return {"title": "G's gradient by layer", "log": True, "lines": lines, "marks": []}


def _samples(probes: Sequence[Probe]) -> Chart:
    """How far samples are from the data, and how much they vary."""
    return {
        "title": "Samples: distance from the data, variety",
        "lines": [
            _line(probes, "score", "energy distance (0: as the data)", "D"),
            _line(probes, "spread", "deviation, by the data's", "G", True),
            _line(probes, "modes", "share of modes", "a"),
        ],
        "marks": [{"y": 1.0, "label": "as the data"}],
    }
