"""What the page of a run shows, as plain data."""

from __future__ import annotations

import base64
import dataclasses
import io
import shlex
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.doctor.trace import NAME as PROBES
from gan_numpy.doctor.trace import Trace, read_rows
from gan_numpy.doctor.verdict import judge
from gan_numpy.doctor.watch import settings_of
from gan_numpy.errors import UserError
from gan_numpy.evaluation.neighbors import nearest_training
from gan_numpy.files import read_json
from gan_numpy.recipes import get_recipe
from gan_numpy.report.charts import charts
from gan_numpy.runs.run import Run
from gan_numpy.training.state import TrainingState

PICTURES = 1_800_000  # bytes of all pictures together, at most
NEIGHBORS, TRAIN, VALUES = 12, 5_000, 4_000_000  # at most


def content_of(
    run: Run, data: Dataset | None = None, state: TrainingState | None = None
) -> dict[str, Any]:
    """Everything about a run.

    Parameters
    ----------
    run : Run
    data, state : optional
        For the nearest training examples of the samples; left out without them.
    """
    metrics, probes = run.metrics(), read_rows(run.path / PROBES)
    modes = sum(name.startswith("mode.") for name in (probes[-1] if probes else ()))
    labels = tuple(str(k) for k in range(modes))
    trace = Trace(tuple(probes), settings_of(run.recipe), labels)
    near = None if data is None or state is None else neighbors(run, data, state)
    return {
        "name": str(run.path),
        "recipe": run.recipe.name,
        "description": run.recipe.description,
        "source": run.recipe.source,
        "architecture": run.recipe.architecture(),
        "seed": run.seed,
        "epochs": len(metrics),
        "of": run.recipe.epochs,
        "settings": dataclasses.asdict(run.recipe),
        "changed": changed(run),
        "command": command(run),
        "pictures": pictures(run.path / "samples"),
        "charts": charts(run.recipe, metrics, probes),
        "verdict": judge(trace).as_dict(),
        "neighbors": near,
        "metrics": measured(run.path / "result.json"),
    }


def changed(run: Run) -> list[str]:
    """The settings that are not the recipe's own."""
    own = dataclasses.asdict(get_recipe(run.recipe.name))
    now = dataclasses.asdict(run.recipe)
    return [name for name in now if now[name] != own[name]]


def command(run: Run) -> str:
    """The command that makes the run again."""
    words = ["gan-numpy", "train", run.recipe.name, "--seed", str(run.seed)]
    for name in changed(run):
        value = getattr(run.recipe, name)
        if name == "dataset":
            words += ["--data", str(value)]
        elif name == "epochs":
            words += ["--epochs", str(value)]
        else:
            text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            words += ["--set", f"{name}={text}"]
    if run.data_dir is not None:
        words += ["--data-dir", str(run.data_dir)]
    return " ".join(map(shlex.quote, words))


def as_url(content: bytes) -> str:
    """A picture that is a part of the page."""
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")


def pictures(folder: Path) -> list[dict[str, Any]]:
    """Samples by epoch: as many as fit, the first and the last among them."""
    files = sorted(folder.glob("epoch-*.png")) if folder.is_dir() else []
    sizes = [file.stat().st_size for file in files]
    every = max(1, -(-sum(sizes) * 4 // (3 * PICTURES)))
    chosen = files[::every]
    if files and chosen[-1] != files[-1]:
        chosen.append(files[-1])
    return [
        {"epoch": int(file.stem.rpartition("-")[2]), "src": as_url(file.read_bytes())}
        for file in chosen
    ]


def neighbors(run: Run, data: Dataset, state: TrainingState) -> dict[str, Any] | None:
    """Samples above the training examples nearest to them, if they are images."""
    if data.image_shape is None:
        return None
    samples = run.sample(state, NEIGHBORS, run.seed).astype(np.float64)
    most = min(TRAIN, max(1, VALUES // data.features))
    rows = np.random.default_rng(0).permutation(len(data.train))[:most]
    train = data.scaled("train", rows, np.float64)
    test = data.scaled("test", slice(0, 200), np.float64)
    if not np.isfinite(samples).all():
        return None
    found = nearest_training(samples, test, train)
    return {
        "src": as_url(_strips([samples, train[found.index]], data)),
        "distances": [round(float(d), 3) for d in found.distance],
        "test": round(float(np.median(found.test_distance)), 3),
        "of": len(train),
    }


def _strips(rows: list[np.ndarray], data: Dataset) -> bytes:
    """Rows of images as a PNG, one pixel between them."""
    from PIL import Image

    shape = data.image_shape or (1, 1)
    channels = shape[0] if len(shape) == 3 else 1
    h, w = shape[-2:]
    page = np.full((len(rows) * (h + 1), len(rows[0]) * (w + 1), 3), 128, np.uint8)
    for i, images in enumerate(rows):
        shown = data.display(images).reshape(len(images), channels, h, w)
        pixels = np.round(255 * shown).astype(np.uint8).transpose(0, 2, 3, 1)
        for j, image in enumerate(np.broadcast_to(pixels, (*pixels.shape[:3], 3))):
            top, left = i * (h + 1), j * (w + 1)
            page[top : top + h, left : left + w] = image
    file = io.BytesIO()
    Image.fromarray(page).save(file, "PNG")
    return file.getvalue()


def measured(path: Path) -> list[list[str]]:
    """The rows of ``result.json``: a figure of the samples, of real data, the best."""
    try:
        values = read_json(path) if path.exists() else {}
    except UserError:
        return []
    if not isinstance(values, dict):
        return []
    rows = _parzen(values)
    tables = values.get("metrics")
    for table in tables.values() if isinstance(tables, dict) else ():
        found = table.get("rows") if isinstance(table, dict) else None
        for row in found.values() if isinstance(found, dict) else ():
            names = ("label", "value", "real", "better", "meaning")
            rows.append([_cell(row.get(name)) for name in names])
    return rows


def _parzen(values: dict[str, Any]) -> list[list[str]]:
    """The Parzen score beside its baselines."""
    try:
        score = float(values["parzen"]["log_likelihood"])
        others = {
            name.replace("_", " "): float(row["log_likelihood"])
            for name, row in values["baselines"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        return []
    beside = ", ".join(f"{name} {value:.1f}" for name, value in others.items())
    return [["Parzen log-likelihood", f"{score:.1f} nats", beside, "", ""]]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)
