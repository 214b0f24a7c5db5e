"""What examinations found, one row after the other, and the file that keeps it."""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gan_numpy.doctor.probes import Figures
from gan_numpy.errors import UserError
from gan_numpy.files import write_text

NAME = "probes.csv"
Row = dict[str, float]  # figures, and "step"


def largest_move(row: Row) -> float | None:
    """How far the player that goes farther went, of its weights' length."""
    moves = [row[name] for name in ("move_G", "move_D") if name in row]
    return max(moves) if len(moves) == 2 else None


def score_rise(rows: Sequence[Row]) -> float | None:
    """How much worse the samples of the last row are than they and G have been.

    The samples may be an average's, which is no better than what it averages: they are
    compared with the worst of G's own outputs since half of the steps, and with the
    best samples before. In units of the data's own spread, or of what they are compared
    with where that is farther away.
    """
    seen = [row for row in rows if "score" in row and "score_G" in row]
    if not seen or seen[-1] is not rows[-1]:
        return None
    *before, last = seen
    best = min((row["score"] for row in before), default=last["score"])
    worst = max(row["score_G"] for row in seen if row["step"] >= last["step"] / 2)
    base = max(best, worst)
    return (last["score"] - base) / max(base, 1.0)


def travel(rows: Sequence[Row]) -> float | None:
    """How far G has gone, in lengths of its weights: its moves at examinations times
    the steps between. Recipes learn at rates that differ a thousandfold; by this clock
    they take about as long. None if the moves are not known."""
    seen = [row for row in rows if "move_G" in row]
    steps = [0.0, *(row["step"] for row in seen)]
    return (
        sum(row["move_G"] * (row["step"] - before) for row, before in zip(seen, steps))
        if seen
        else None
    )


@dataclass(frozen=True)
class Trace:
    """Examinations in the order of their steps.

    Attributes
    ----------
    rows : tuple of dict
        Figures by name, and ``step``; a figure that could not be had is missing.
    settings : dict
        What the doctor knows of the recipe.
    labels : tuple of str
        What the modes are called.
    """

    rows: tuple[Row, ...]
    settings: dict[str, object]
    labels: tuple[str, ...] = ()

    @property
    def step(self) -> int:
        """The step of the last examination; 0 before the first."""
        return int(self.rows[-1]["step"]) if self.rows else 0

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def values(self, name: str) -> list[float]:
        """A figure in all rows that have it."""
        return [row[name] for row in self.rows if name in row]

    def last(self, name: str) -> float | None:
        """A figure's last value, if the last row has it."""
        return self.rows[-1].get(name) if self.rows else None

    def latest(self) -> Row:
        """The last known value of each figure; NaN for one that nobody knows."""
        values = {name: value for row in self.rows for name, value in row.items()}
        return defaultdict(lambda: math.nan, values)

    def since(self, holds: Callable[[Row], bool | None], least: int) -> int | None:
        """The step since which something holds, if for `least` examinations or more.

        Parameters
        ----------
        holds : callable
            Of a row: whether it holds, or None if the row cannot tell; such rows are
            passed over.
        least : int
        """
        count, begin = 0, None
        for row in reversed(self.rows):
            found = holds(row)
            if found is None:
                continue
            if not found:
                break
            count, begin = count + 1, int(row["step"])
        return begin if count >= least else None

    def ever(self, holds: Callable[[Row], bool | None], least: int) -> int | None:
        """The step at which something began to hold for `least` examinations or more,
        whatever came after."""
        count, begin = 0, 0
        for row in self.rows:
            found = holds(row)
            if found is None:
                continue
            begin = int(row["step"]) if found and count == 0 else begin
            count = count + 1 if found else 0
            if count >= least:
                return begin
        return None

    def until(self, step: int) -> Trace:
        """What was known at a step."""
        rows = tuple(row for row in self.rows if row["step"] <= step)
        return Trace(rows, self.settings, self.labels)


def write_trace(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as a table, atomically; what a row lacks is left empty."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows({k: f"{v:.8g}" for k, v in row.items()} for row in rows)
    write_text(path, text.getvalue())


def read_rows(path: Path) -> list[Row]:
    """The rows of a file, [] if there is none.

    Raises
    ------
    UserError
        If it cannot be read, or is not such a table.
    """
    try:
        if not path.exists():
            return []
        reader = csv.DictReader(io.StringIO(path.read_text("utf-8")), strict=True)
        rows = [_row(plain) for plain in reader]
        if "step" not in (reader.fieldnames or ()):
            raise ValueError("it has no column step")
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, csv.Error) as error:
        reason = str(error).split("\n")[0][:200]
        raise UserError(
            f"{path} is damaged ({reason}): remove it to lose what was examined"
        ) from None
    if any(a["step"] >= b["step"] for a, b in zip(rows, rows[1:])):
        raise UserError(
            f"{path} is damaged (steps do not rise): remove it to lose what was "
            f"examined"
        )
    return rows


def _row(plain: dict[str | None, str | None]) -> Figures:
    if None in plain or None in plain.values():
        raise ValueError("a row has too many cells, or too few")
    row = {str(k): float(v) for k, v in plain.items() if v}
    if not all(math.isfinite(v) for v in row.values()):
        raise ValueError("a figure is not finite")
    if "step" not in row or row["step"] < 1 or row["step"] != int(row["step"]):
        raise ValueError("a row has no step")
    return row
