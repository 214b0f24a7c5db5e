"""``gan-numpy data``: the data sets, their origin, and whether they are there."""

from __future__ import annotations

import argparse
import sys
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
    """Print what there is to know about each data set."""
    for source in sources:
        state = "ready"
        if source.files is not None:
            try:
                state = "present" if source.files.find(data_dir) else "not present"
            except UserError:
                state = "not present"
        print(f"{source.name:8} {state:12} {source.description}")
        print(f"{'':21} {source.origin}; license: {source.license}")
        if source.variants:
            print(f"{'':21} also as {', '.join(source.variants)}")
    return 0


def fetch(sources: list[Any], data_dir: Path | None) -> int:
    """Download what is missing or damaged; 1 if some of it did not come.

    A data set that nobody may download is only named.
    """
    from gan_numpy.datasets.content import DOWNLOADS

    came = True
    for source in sources:
        if source.files is None:
            print(f"{source.name}: nothing to fetch ({source.origin})")
            continue
        folder = data_dir or DOWNLOADS / source.name
        try:
            paths = source.files.fetch(folder)
        except UserError as error:
            if len(sources) == 1:
                raise
            print(f"{source.name}: {error}", file=sys.stderr)
            came &= not source.origin.startswith("http")
            continue
        print(f"{source.name}: {len(paths)} files in {folder}")
        for name, good in source.files.verify(paths).items():
            if good is False:
                print(f"note: {paths[name]} is sound, but not the original's")
    return 0 if came else 1


def verify(sources: list[Any], data_dir: Path | None) -> int:
    """Compare the content of every file with its known checksum, if there is one."""
    good = True
    words = {True: "ok", False: "DIFFERENT", None: "readable (no known checksum)"}
    for source in sources:
        if source.files is None:
            print(f"{source.name}: ok ({source.origin})")
            continue
        try:
            paths = source.files.find(data_dir)
        except UserError:
            if len(sources) == 1:
                raise
            paths = None
        if paths is None and len(sources) > 1:
            print(f"{source.name}: not present")
            continue
        if paths is None:
            raise UserError(
                f"{source.name} is not present: get it with 'gan-numpy data fetch "
                f"{source.name}', or name its directory with --data-dir"
            )
        for name, same in source.files.verify(paths).items():
            if isinstance(same, str):
                print(f"{source.name}: DAMAGED {same}")
            else:
                print(f"{source.name}: {words[same]} {paths.get(name, name)}")
            good &= same is True or same is None
    return 0 if good else 1
