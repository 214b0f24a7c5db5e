r"""Mode collapse, counted: mixtures of Gaussians with and without packing.

A generator that puts all its samples on a few modes looks perfect, example by example.
A discriminator that judges two examples at once sees it: a pack of look-alikes is
frequent among the samples and rare in the data. Packing is one concatenation
(`gan_numpy.layers.pack`), and this table is what it is worth.

Source: PacGAN (Lin et al., arXiv:1712.04086, section 4.1). The measures are
those of `gan_numpy.evaluation.modes`, over several seeds: none is left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.evaluation.modes import MIXTURES
from gan_numpy.evaluation.modes import ModeScore, mixture_modes
from gan_numpy.files import write_text
from gan_numpy.reproduce.jobs import training_seconds
from gan_numpy.runs.run import Run

SAMPLES = 2500
TWIN = "-pacgan"  # what the name of the packed recipe ends in
COLUMNS = (
    "model",
    "packing",
    "seed",
    "captured",
    "modes",
    "high_quality",
    "reverse_kl",
    "steps",
    "minutes",
)
# arXiv:1712.04086, section 4.1: modes captured, of how many, and their standard error.
PUBLISHED = {
    "ring": {"GAN": (6.3, 0.5, 8), "PacGAN2": (7.9, 0.1, 8)},
    "grid": {"GAN": (17.3, 0.8, 25), "PacGAN2": (23.8, 0.7, 25)},
}


@dataclass(frozen=True)
class Row:
    """One run: how well its samples cover the modes.

    Attributes
    ----------
    run : Run
    samples : (SAMPLES, 2) ndarray
    score : ModeScore
    steps : int
        Generator updates.
    minutes : float
        Of training.
    """

    run: Run
    samples: np.ndarray
    score: ModeScore
    steps: int
    minutes: float

    def as_dict(self) -> dict[str, Any]:
        """Values by the names in `COLUMNS`."""
        return {
            "model": self.run.recipe.name,
            "packing": self.run.recipe.packing,
            "seed": self.run.seed,
            "captured": self.score.captured,
            "modes": self.score.modes,
            "high_quality": f"{self.score.high_quality:.4f}",
            "reverse_kl": f"{self.score.reverse_kl:.4f}",
            "steps": self.steps,
            "minutes": f"{self.minutes:.2f}",
        }


def run_row(run: Run, data: Dataset) -> Row:
    """Draw samples from a finished run and count."""
    state = run.load_state(data)
    samples = run.sample(state, SAMPLES, run.seed)
    minutes = training_seconds(run) / 60
    return Row(run, samples, score_samples(samples, data.name), state.step, minutes)


def score_samples(samples: np.ndarray, mixture: str) -> ModeScore:
    """Modes of the ring or of the grid, (N, 2) samples."""
    centers, std = MIXTURES[mixture]
    return mixture_modes(samples.astype(np.float64), centers(), std)


def mean_and_error(values: Sequence[float], digits: int = 2) -> str:
    r"""``mean ± SE``, where SE is :math:`s / \sqrt n` over the seeds.

    The mean alone for one seed; what is undefined for a seed is undefined for all.
    """
    if not np.isfinite(values).all():
        return "undefined"
    mean = f"{np.mean(values):.{digits}f}"
    if len(values) < 2:
        return mean
    return f"{mean} ± {np.std(values, ddof=1) / np.sqrt(len(values)):.{digits}f}"


def as_csv(rows: Sequence[Row]) -> str:
    """All rows, one per run."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.as_dict() for row in rows)
    return text.getvalue()


def as_markdown(rows: Sequence[Row], data: Dataset) -> str:
    """The table for people: the seeds of a recipe in one line."""
    modes = rows[0].score.modes
    real = score_samples(data.scaled("test")[:SAMPLES], data.name)
    lines = [
        f"Modes of the {data.name}'s {modes}, in {SAMPLES:,} samples of each seed.",
        "",
        "| model | modes captured | high quality | reverse KL | by seed | steps "
        "| minutes |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, (mean, error, _) in PUBLISHED[data.name].items():
        lines.append(f"| {name}, published | {mean} ± {error} | | | | | |")
    lines.append(
        f"| test examples | {real.captured} | {real.high_quality:.3f} "
        f"| {real.reverse_kl:.2f} | | | |"
    )
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.run.recipe.name, []).append(row)
    lines += [_line(name, group) for name, group in groups.items()]
    lines += [
        "",
        "± is the standard error over the seeds, all of which are listed. A mode is "
        "captured if a sample lies within three standard deviations of its mean, and "
        "such samples are of high quality; the reverse KL divergence (nats) tells how "
        "unevenly they serve the modes. Published: arXiv:1712.04086, with "
        "larger networks trained for 400,000 steps.",
    ]
    return "\n".join(lines) + "\n"


def _line(name: str, group: list[Row]) -> str:
    """One line of the table, over the seeds."""
    scores = [row.score for row in group]
    cells = [
        name,
        mean_and_error([s.captured for s in scores], 1),
        mean_and_error([s.high_quality for s in scores], 3),
        mean_and_error([s.reverse_kl for s in scores]),
        ", ".join(str(s.captured) for s in scores),
        f"{group[0].steps:,}",
        f"{np.mean([row.minutes for row in group]):.1f}",
    ]
    return "| " + " | ".join(cells) + " |"


def write_table(rows: Sequence[Row], data: Dataset, folder: Path) -> str:
    """Write ``modes.md`` and ``modes.csv``; return the first one's text."""
    text = as_markdown(rows, data)
    write_text(folder / "modes.md", text)
    write_text(folder / "modes.csv", as_csv(rows))
    return text
