"""Types of command-line options that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gan_numpy.errors import UserError

if TYPE_CHECKING:
    from gan_numpy.datasets import Dataset
    from gan_numpy.runs.run import Run


def whole_number(low: int, high: int = 2**31 - 1) -> Callable[[str], int]:
    """An argparse type: an integer from `low` to `high`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a whole number"
            ) from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(
                f"{text} is out of range, expected {low} to {high}"
            )
        return value

    return parse


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """``--data-dir`` and ``--data``: where the data of a run are now."""
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="D",
        help="directory with the data set's files, if they were moved",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="the run's own .npy or .npz file, if it was moved",
    )


def open_with_data(args: argparse.Namespace) -> tuple[Run, Dataset]:
    """The run of ``RUN`` and its data, from where ``--data-dir`` or ``--data`` says.

    Raises
    ------
    UserError
        If it is no run, or the data are missing or other ones.
    """
    from gan_numpy.runs.run import open_run

    run = moved(open_run(args.path), args.data_dir, args.data)
    return run, run.load_data()


def moved(run: Run, data_dir: Path | None, data: Path | None) -> Run:
    """The run, with its data where they are now.

    Raises
    ------
    UserError
        If `data` is no file of examples.
    """
    if data is not None:
        check_own(data)
        run = replace(run, recipe=run.recipe.replace(dataset=str(data.resolve())))
    if data_dir is not None:
        run = replace(run, data_dir=data_dir.resolve())
    return run


def check_own(path: Path) -> None:
    """Refuse what ``--data`` cannot be."""
    if path.suffix.lower() not in (".npy", ".npz"):
        raise UserError(f"--data {path}: expected a .npy or .npz file")


def add_picture_options(parser: argparse.ArgumentParser, name: str) -> None:
    """RUN, ``--seed`` and ``--out`` of a command that draws a picture of a run."""
    parser.add_argument("path", type=Path, metavar="RUN", help="a run directory")
    add_data_options(parser)
    parser.add_argument(
        "--seed", type=whole_number(0), default=0, help="random seed (default: 0)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=f"picture (.png) (default: RUN/{name})",
    )


def picture_path(args: argparse.Namespace, name: str) -> Path:
    """Where the picture goes.

    Raises
    ------
    UserError
        If ``--out`` does not name a picture.
    """
    out: Path = args.out or args.path / name
    if out.suffix.lower() != ".png":
        raise UserError(f"--out {out}: expected a name that ends in .png")
    return out


def not_negative(text: str) -> float:
    """An argparse type: a finite number of at least 0."""
    return 0.0 if text.strip() == "0" else positive_number(text)


def positive_number(text: str) -> float:
    """An argparse type: a finite number more than 0."""
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(
            f"{text} is out of range, expected more than 0"
        )
    return value
