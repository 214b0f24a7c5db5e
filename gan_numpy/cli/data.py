"""``gan-numpy data``: the data sets, their origin, and whether they are there."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gan_numpy.errors import UserError


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("data", help="list, fetch or verify data sets")
    parser.add_argument("action", choices=("list", "fetch", "verify"))
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="a data set; default all"
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="D",
        help="where the files are (default: data/NAME, then data)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List, fetch or verify."""
    from gan_numpy.datasets import SOURCES

    if args.name is not None and args.name not in SOURCES:
        raise UserError(
            f"unknown data set {args.name!r}: choose one of {', '.join(SOURCES)}"
        )
    sources = [SOURCES[args.name]] if args.name else list(SOURCES.values())
    action = {"list": list_sources, "fetch": fetch, "verify": verify}[args.action]
    return action(sources, args.data_dir)


def list_sources(sources: list[Any], data_dir: Path | None) -> int:
    """Print a line per data set."""
    for source in sources:
        state = "ready"
        if source.files is not None:
            try:
                state = "present" if source.files(data_dir) else "not present"
            except UserError:
                state = "not present"
        print(f"{source.name:8} {state:12} {source.description}")
        print(f"{'':21} {source.origin}; license {source.license}")
    return 0


def fetch(sources: list[Any], data_dir: Path | None) -> int:
    """Download what is missing."""
    from gan_numpy.datasets import mnist

    for source in sources:
        if source.files is None:
            print(f"{source.name}: nothing to fetch ({source.origin})")
            continue
        folder = data_dir or mnist.DOWNLOADS
        paths = mnist.fetch(folder)
        print(f"{source.name}: {len(paths)} files in {folder}")
    return 0


def verify(sources: list[Any], data_dir: Path | None) -> int:
    """Compare the decompressed content of every file with its known SHA-256."""
    from gan_numpy.datasets import mnist

    good = True
    for source in sources:
        if source.files is None:
            print(f"{source.name}: ok ({source.origin})")
            continue
        paths = source.files(data_dir)
        if paths is None:
            raise UserError(
                f"{source.name} is not present: get it with 'gan-numpy data fetch "
                f"{source.name}', or name its directory with --data-dir"
            )
        for name, same in mnist.verify(paths).items():
            good &= same
            print(f"{source.name}: {'ok' if same else 'DIFFERENT'} {paths[name]}")
    return 0 if good else 1
