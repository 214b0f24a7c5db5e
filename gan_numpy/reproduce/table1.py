r"""Table 1 of the paper: Parzen log-likelihoods on MNIST, published and ours.

Beside the published models stand the two rows that such a table must be read with, real
training images and k-means centroids as centers (Theis, van den Oord and Bethge,
arXiv:1511.01844), and what the recipes give here, with the paper's ten bandwidths and
with a refined one.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.evaluation.baselines import BASELINES
from gan_numpy.evaluation.parzen import SAMPLES, ParzenResult, evaluate_baseline
from gan_numpy.files import write_text
from gan_numpy.recipes import Recipe, get_recipe
from gan_numpy.reproduce.jobs import (
    parzen_of,
    read_result,
    training_seconds,
    write_result,
)
from gan_numpy.runs.run import Run

# arXiv:1406.2661, Table 1, MNIST: mean log-likelihood and standard error, in nats.
PUBLISHED = {
    "DBN": (138.0, 2.0),
    "Stacked CAE": (121.0, 1.6),
    "Deep GSN": (214.0, 1.1),
    "Adversarial nets": (225.0, 2.0),
}
TRAINING_IMAGES = "training images"
NAMES = {"training_images": TRAINING_IMAGES, "k_means": "k-means"}
COLUMNS = (
    "model",
    "seed",
    "log_likelihood",
    "standard_error",
    "sigma",
    "refined_log_likelihood",
    "refined_standard_error",
    "refined_sigma",
    "epochs",
    "minutes",
    "threads",
    "source",
)


@dataclass(frozen=True)
class Row:
    """One line: a published model, a baseline, or one run of ours.

    Attributes
    ----------
    model, source : str
    result : ParzenResult or None
        None for published models, of which only `published` is known.
    published : (float, float) or None
        Mean and standard error.
    seed, epochs, threads : int or None
    minutes : float or None
        Of training.
    """

    model: str
    source: str
    result: ParzenResult | None = None
    published: tuple[float, float] | None = None
    seed: int | None = None
    epochs: int | None = None
    minutes: float | None = None
    threads: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Values by the names in `COLUMNS`; None where there is none."""
        values: dict[str, Any] = dict.fromkeys(COLUMNS)
        for name in ("model", "seed", "epochs", "minutes", "threads", "source"):
            values[name] = getattr(self, name)
        if self.published:
            values["log_likelihood"], values["standard_error"] = self.published
        if self.result:
            for prefix, score in (
                ("", self.result.coarse),
                ("refined_", self.result.refined),
            ):
                for name in ("log_likelihood", "standard_error", "sigma"):
                    values[prefix + name] = getattr(score, name)
        return values


def published_rows(data: Dataset) -> list[Row]:
    """The paper's rows, if the data are the paper's."""
    if data.name != "mnist":
        return []
    return [
        Row(model, "arXiv:1406.2661, Table 1", published=values)
        for model, values in PUBLISHED.items()
    ]


def baseline_rows(data: Dataset, folder: Path, samples: int = SAMPLES) -> list[Row]:
    """Training images and k-means as centers, kept in `folder` once computed."""
    rows = []
    key = {"data": data.fingerprint(), "samples": samples}
    for name in BASELINES:
        path = folder / f"{name}.json"
        result = read_result(path, key)
        if result is None:
            result = evaluate_baseline(name, data, samples)
            write_result(path, key, result)
        rows.append(Row(NAMES[name], "no model", result))
    return rows


def run_row(run: Run, data: Dataset, samples: int = SAMPLES) -> Row:
    """A run of ours."""
    threads = run.environment.get("numba_threads", run.environment.get("blas_threads"))
    return Row(
        model=described(run.recipe),
        source=run.recipe.source,
        result=parzen_of(run, data, samples),
        seed=run.seed,
        epochs=run.recipe.epochs,
        minutes=training_seconds(run) / 60,
        threads=int(threads) if threads is not None else None,
    )


def described(recipe: Recipe) -> str:
    """The recipe's name and the numbers that were changed, its epochs aside."""
    usual, own = (dataclasses.asdict(r) for r in (get_recipe(recipe.name), recipe))
    changed = [
        f"{key}={value}"
        for key, value in own.items()
        if value != usual[key] and key not in ("epochs", "sample_every")
    ]
    return " ".join([recipe.name, *changed])


def as_json(rows: Sequence[Row], data: Dataset) -> str:
    """All rows, one per run."""
    content = {"data": data.name, "rows": [row.as_dict() for row in rows]}
    return json.dumps(content, indent=2) + "\n"


def as_csv(rows: Sequence[Row]) -> str:
    """All rows, one per run."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.as_dict() for row in rows)
    return text.getvalue()


def as_markdown(rows: Sequence[Row], data: Dataset) -> str:
    """The table for people: the seeds of a recipe in one line."""
    lines = [
        f"Parzen log-likelihood of the {len(data.test):,} test examples of "
        f"{data.name}, in nats.",
        "",
        "| model | paper's protocol | refined sigma | sigmas | seeds | epochs "
        "| minutes | threads |",
        "|---|---|---|---|---|---|---|---|",
    ]
    groups: dict[tuple[str, int | None], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.model, row.epochs), []).append(row)
    lines += [_line(group) for group in groups.values()]
    lines += ["", *_notes(rows)]
    return "\n".join(lines) + "\n"


def _line(group: list[Row]) -> str:
    """One line of the table, means over the seeds."""
    first, name = group[0], group[0].model
    if first.published:
        mean, error = first.published
        return f"| {name}, published | {mean:g} ± {error:g} | | | | | | |"
    results = [row.result for row in group if row.result]
    coarse = [r.coarse for r in results]
    refined = [r.refined for r in results]
    cells = [name, _score(coarse), _score(refined)]
    cells.append(
        f"{np.mean([s.sigma for s in coarse]):.3f}, "
        f"{np.mean([s.sigma for s in refined]):.3f}"
    )
    seeded = first.seed is not None
    cells.append(
        ", ".join(
            f"{r.seed}: {r.result.coarse.log_likelihood:.1f}" for r in group if r.result
        )
        if seeded
        else ""
    )
    minutes = [row.minutes for row in group if row.minutes is not None]
    cells.append(str(first.epochs) if seeded else "")
    cells.append(f"{np.mean(minutes):.1f}" if minutes else "")
    cells.append(str(first.threads) if first.threads is not None else "")
    return "| " + " | ".join(cells) + " |"


def _score(scores: Sequence[Any]) -> str:
    """Mean over seeds ± the mean standard error over test examples."""
    mean = np.mean([s.log_likelihood for s in scores])
    return f"{mean:.1f} ± {np.mean([s.standard_error for s in scores]):.1f}"


def _notes(rows: Sequence[Row]) -> list[str]:
    """How to read the table."""
    notes = [
        "± is the standard error over test examples, not over seeds; with several "
        "seeds both numbers are means over them, and each seed's score is listed. "
        "Minutes are those of training one seed."
    ]
    scores = [(row, row.result.coarse.log_likelihood) for row in rows if row.result]
    real = [score for row, score in scores if row.model == TRAINING_IMAGES]
    if real:
        above = {row.model for row, score in scores if row.epochs and score > real[0]}
        notes.append(
            "Read scores beside those of training images and of k-means, which is no "
            "model at all: above the former a higher score does not mean better "
            "samples (arXiv:1511.01844)."
            + (f" That is so for: {', '.join(sorted(above))}." if above else "")
        )
    return notes


def write_table(rows: Sequence[Row], data: Dataset, folder: Path) -> str:
    """Write ``table1.md``, ``.json`` and ``.csv``; return the first one's text."""
    text = as_markdown(rows, data)
    write_text(folder / "table1.md", text)
    write_text(folder / "table1.json", as_json(rows, data))
    write_text(folder / "table1.csv", as_csv(rows))
    return text
