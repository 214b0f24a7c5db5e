"""``gan-numpy explain NAME``: a function line by line, as text or as a page."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan_numpy.errors import UserError


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "explain",
        help="a function or a layer line by line, with every array",
        description=(
            "Run an exercise's function or a layer on small arrays and show what each"
            " line makes: as text, or as one page that needs no network."
        ),
    )
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="dense_backward, or Conv2D"
    )
    parser.add_argument("--html", type=Path, metavar="F", help="write a page")
    parser.add_argument(
        "--solution",
        type=Path,
        metavar="FILE",
        help="your own .py file or notebook, whose function is shown (it is run)",
    )
    parser.add_argument(
        "--all", type=Path, metavar="DIR", help="write a page for every name"
    )
    parser.add_argument(
        "--force", action="store_true", help="let --html replace an existing file"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print or write."""
    from gan_numpy.stepping import build_page, names
    from gan_numpy.stepping.listing import listing

    if args.all is not None:
        return write_all(args.all)
    if args.name is None:
        print("\n".join(names()))
        return 0
    if args.name not in names():
        raise UserError(f"nothing is called {args.name!r}{suggestion(args.name)}")
    namespace = own(args.solution, args.name) if args.solution is not None else None
    if args.html is None:
        print(listing(args.name, namespace))
        return 0
    if args.html.exists() and not args.force:
        raise UserError(f"{args.html} exists; choose another, or --force to replace it")
    build_page(args.name, namespace).save(args.html)
    print(args.html)
    return 0


def write_all(folder: Path) -> int:
    """A page for every function and layer, and one that lists them."""
    from gan_numpy.stepping import build_page, names
    from gan_numpy.stepping.page import contents

    folder.mkdir(parents=True, exist_ok=True)
    for name in names():
        build_page(name).save(folder / f"{name}.html")
    contents(names()).save(folder / "index.html")
    print(folder / "index.html")
    return 0


def suggestion(name: str) -> str:
    """What may have been meant."""
    from difflib import get_close_matches

    from gan_numpy.stepping import names

    near = get_close_matches(name, names(), 1)
    return f"; did you mean {near[0]}?" if near else "; 'gan-numpy explain' lists all"


def own(path: Path, name: str) -> Mapping[str, Any]:
    """The functions of a file.

    Raises
    ------
    UserError
        If it cannot be read, or has no function of this name.
    """
    from gan_numpy.exercises.reading.define import define
    from gan_numpy.exercises.reading.submission import read_submission
    from gan_numpy.exercises.registry import NAMES, get_exercise

    if name not in NAMES:
        raise UserError(f"{name} is a layer; --solution is for an exercise's function")
    try:
        submission = read_submission(path)
        given = [f.__name__ for f in get_exercise(name).given]
        namespace = define(submission, [name, *given])
    except UserError:
        raise
    except Exception as error:  # the student's
        says = f"{path} cannot be run: {type(error).__name__}: {error}"
        raise UserError(says) from None
    if not callable(namespace.get(name)):
        raise UserError(f"{path} has no function {name}")
    return namespace
