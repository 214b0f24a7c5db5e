r"""The second table: the models of Table 1 by annealed importance sampling.

Parzen windows score 10,000 samples, a *finite* set of centers; annealing scores the
generator. Training images and k-means centroids are no decoders: there is no z between
them, so the window's score is all the likelihood that they have, and exactly that. The
table shows it in the same units, at the bandwidth that suits it best: a generator whose
likelihood is above that of k-means has earned it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gan_numpy.datasets import Dataset
from gan_numpy.evaluation.ais.annealing import Annealing
from gan_numpy.errors import UserError
from gan_numpy.evaluation.parzen import ParzenScore
from gan_numpy.files import write_text
from gan_numpy.reproduce.annealed import AISScore, score_by_annealing
from gan_numpy.reproduce.jobs import parzen_of
from gan_numpy.reproduce.table1 import baseline_rows, described
from gan_numpy.runs.run import Run

# arXiv:1611.04273, section 4: what their settings are for MNIST.
PAPER = "10,000 temperatures, 16 chains, 10 leapfrog steps"
REASON = "no decoder: a finite set of centers, of which the window is the exact density"


@dataclass(frozen=True)
class Row:
    """One line.

    Attributes
    ----------
    model : str
    ais : AISScore or None
        None for what is no decoder.
    parzen : ParzenScore
        At the refined bandwidth.
    seed, epochs : int or None
    """

    model: str
    ais: AISScore | None
    parzen: ParzenScore
    seed: int | None = None
    epochs: int | None = None


def as_markdown(rows: Sequence[Row], data: Dataset, settings: Annealing) -> str:
    """The table for people."""
    lines = [
        f"Log-likelihood of test examples of {data.name} by annealed importance "
        f"sampling, in nats: {settings.temperatures} temperatures, {settings.chains} "
        f"chains, {settings.leapfrog_steps} leapfrog steps.",
        "",
        "| model | annealing | sigma | gap | effective chains | Parzen, refined | seed "
        "| epochs |",
        "|---|---|---|---|---|---|---|---|",
        *map(_line, rows),
        "",
        "± is the standard error over test examples: "
        + ", ".join(sorted({f"{r.ais.examples}" for r in rows if r.ais}))
        + " of them for annealing, all for Parzen windows. Annealing bounds from below "
        "on average; the gap is the mean distance to a bound from above, for examples "
        "that the model has drawn itself. Sigma is fitted on validation examples.",
        "",
        f"-: {REASON}. arXiv:1611.04273 takes {PAPER}.",
    ]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    parzen = f"{row.parzen.log_likelihood:.1f} ± {row.parzen.standard_error:.1f}"
    own = ["-", "", "", ""]
    if row.ais is not None:
        score = row.ais
        own = [
            f"{score.log_likelihood:.1f} ± {score.standard_error:.1f}",
            f"{score.sigma:.3f}",
            f"{score.gap:.2f}",
            f"{score.effective:.1f}",
        ]
    ends = ["" if value is None else str(value) for value in (row.seed, row.epochs)]
    return "| " + " | ".join([row.model, *own, parzen, *ends]) + " |"


def write_table(
    rows: Sequence[Row], data: Dataset, settings: Annealing, folder: Path
) -> str:
    """Write ``table2.md`` and ``table2.json``; return the first one's text."""
    text = as_markdown(rows, data, settings)
    content: dict[str, Any] = {"data": data.name, "settings": asdict(settings)}
    content["rows"] = [asdict(row) for row in rows]
    write_text(folder / "table2.md", text)
    write_text(folder / "table2.json", json.dumps(content, indent=2) + "\n")
    return text


def score_runs(
    runs: Sequence[Run],
    folder: Path,
    settings: Annealing,
    examples: int,
    should_stop: Callable[[], bool],
    progress: bool = True,
) -> str | None:
    """Score runs, and write the table of them anew after each.

    Returns
    -------
    str or None
        The table for people; None if `should_stop` ended it.

    Raises
    ------
    UserError
        If the runs are not of one data set, or a generator is told a class.
    """
    if len({run.fingerprint for run in runs}) > 1:
        raise UserError("one table is of one data set, these runs have several")
    data, text = runs[0].load_data(), ""
    rows = [
        Row(row.model, None, row.result.refined)
        for row in baseline_rows(data, folder)
        if row.result
    ]
    for run in runs:
        score = score_by_annealing(run, data, settings, examples, should_stop, progress)
        if score is None:
            return None
        window, epochs = parzen_of(run, data).refined, run.recipe.epochs
        rows.append(Row(described(run.recipe), score, window, run.seed, epochs))
        text = write_table(rows, data, settings, folder)
    return text
