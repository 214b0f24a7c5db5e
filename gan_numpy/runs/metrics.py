"""``metrics.csv``: one row per epoch, read back only if it is what was written."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gan_numpy.errors import UserError
from gan_numpy.files import write_text
from gan_numpy.training.state import Monitors

COLUMNS = (
    "epoch",
    "step",
    "loss_discriminator",
    "loss_generator",
    "d_real",
    "d_fake",
    "grad_norm_discriminator",
    "grad_norm_generator",
    "steps_per_second",
)
EXTRA_COLUMNS = ("penalty", "accuracy")  # the last columns, of recipes that have them

Row = dict[str, str]


def read_metrics(path: Path) -> list[Row]:
    """The rows of a file, [] if there is none.

    Raises
    ------
    UserError
        If it cannot be read, or a row is not that of an epoch.
    """
    try:
        if not path.exists():
            return []
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(io.StringIO(text), strict=True)
        rows = list(reader)
        _check_columns(reader.fieldnames or ())
        first = rows[0]["epoch"] if rows else ""
        start = int(first) if first and re.fullmatch("[1-9][0-9]{0,8}", first) else 1
        for number, row in enumerate(rows, start):  # not 1 if older rows were given up
            _check_row(row, number)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, csv.Error) as error:
        reason = str(error).split("\n")[0][:200]
        raise UserError(
            f"{path} is damaged ({reason}): mend it, or remove it to lose its rows"
        ) from None
    return rows


def _check_columns(names: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise ValueError(f"it has no column {missing[0]}")
    if len(set(names)) != len(names) or set(names) - {*COLUMNS, *EXTRA_COLUMNS}:
        raise ValueError("it has columns that are not ours")


def _check_row(row: dict[Any, Any], number: int) -> None:
    """A row has a number in every column, that of the epoch in the first one."""
    for name, text in row.items():
        if name is None or not isinstance(text, str):
            raise ValueError(f"row {number} has too many cells, or too few")
        try:
            value = float(text)
        except ValueError:
            raise ValueError(
                f"row {number}: {name} is {text[:20]!r}, expected a number"
            ) from None
        if name == "epoch" and text != str(number):
            raise ValueError(f"row {number} is that of epoch {text[:20]!r}")
        if name == "step" and not (text.isascii() and text.isdigit()):
            raise ValueError(f"row {number}: step is {text[:20]!r}")
        if name == "steps_per_second" and not (0 < value < math.inf):
            raise ValueError(f"row {number}: {name} is {text[:20]!r}")


def write_metrics(path: Path, before: Sequence[Row], new: dict[str, Any]) -> None:
    """Write the rows of earlier epochs and the new one, atomically."""
    text = io.StringIO()
    columns = (*COLUMNS, *(name for name in EXTRA_COLUMNS if name in new))
    writer = csv.DictWriter(text, columns, lineterminator="\n", restval="nan")
    writer.writeheader()
    writer.writerows([*before, new])
    write_text(path, text.getvalue())


def row_of(epoch: int, step: int, monitors: Monitors) -> dict[str, Any]:
    """The row of an epoch that ended."""
    row: dict[str, Any] = {"epoch": epoch, "step": step}
    return row | {name: f"{value:.6g}" for name, value in monitors.items()}
