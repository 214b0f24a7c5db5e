"""Types of command-line options that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from gan_numpy.errors import UserError


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


def add_picture_options(parser: argparse.ArgumentParser, name: str) -> None:
    """RUN, ``--seed`` and ``--out`` of a command that draws a picture of a run."""
    parser.add_argument("path", type=Path, metavar="RUN", help="a run directory")
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
    if out.suffix != ".png":
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
