"""``gan-numpy assign LESSON...``: what is handed out to a class."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from gan_numpy.cli.grade import points_of_one
from gan_numpy.cli.options import whole_number
from gan_numpy.errors import UserError


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "assign",
        help="write what a class gets: notebooks, stubs, an nbgrader course",
        description=(
            "Write the exercises of some lessons, or single exercises, as notebooks"
            " and .py stubs, as a course of nbgrader, as an autograder of Gradescope"
            " or as the source of otter."
        ),
    )
    parser.add_argument(
        "lesson", nargs="+", metavar="LESSON", help="a number (03) or an exercise"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="a new folder"
    )
    parser.add_argument(
        "--format",
        choices=("files", "nbgrader", "gradescope", "otter"),
        default="files",
        help="default: files",
    )
    parser.add_argument("--name", metavar="NAME", help="default: that of the folder")
    parser.add_argument(
        "--notebook",
        type=Path,
        metavar="FILE",
        help="a lesson's notebook to hand out in place of one made of the exercises",
    )
    parser.add_argument(
        "--plain",
        action="store_true",
        help="the exercises alone, without the text and the plots of their lessons",
    )
    parser.add_argument(
        "--points",
        nargs="+",
        action="extend",
        type=points_of_one,
        default=[],
        metavar="NAME=VALUE",
        help="points of an exercise",
    )
    parser.add_argument(
        "--seed",
        type=whole_number(0),
        metavar="S",
        help="of the inputs that students do not see (default: drawn)",
    )
    parser.add_argument(
        "--hints",
        type=whole_number(0, 4),
        default=4,
        metavar="N",
        help="how many stages of hints students may see (default: all 4)",
    )
    parser.add_argument(
        "--variants",
        type=Path,
        metavar="STUDENTS",
        help="a file with a name on each line: everyone gets another instance",
    )
    parser.set_defaults(run=run)


def roster(args: argparse.Namespace) -> tuple[str, ...]:
    """The names of the students who get variants.

    Raises
    ------
    UserError
        If the file names nobody, somebody twice, or what is no name of a folder; or if
        what is handed out cannot differ between students.
    """
    mail = args.format == "gradescope"
    if args.notebook is not None or args.format not in ("files", "gradescope"):
        what = "--notebook has" if args.notebook else f"{args.format} releases"
        says = f"{what} one notebook for everyone: leave it out, and hand out the files"
        raise UserError(f"--variants goes with --format files or gradescope; {says}")
    try:
        lines = args.variants.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UserError(f"{args.variants} is no text in UTF-8") from None
    names = [line.strip() for line in lines if line.strip()]
    names = [name.lower() for name in names] if mail else names
    for name in names:
        if mail and not re.fullmatch(r"[^@]+@[^@]+", name):
            says = "expected the e-mail address by which Gradescope knows the student"
            raise UserError(f"{args.variants}: {name!r}: {says}")
        if not re.fullmatch(r"[^\W.][\w .@+-]{0,99}", name) or name.endswith("."):
            says = "expected letters, digits, spaces and . @ + - _"
            raise UserError(f"{args.variants}: {name!r} is no student's name: {says}")
    twice = [n for n in names if [m.lower() for m in names].count(n.lower()) > 1]
    if twice or not names:
        says = f"names {twice[0]!r} twice" if twice else "names nobody"
        raise UserError(f"{args.variants} {says}")
    return tuple(names)


def run(args: argparse.Namespace) -> int:
    """Write it and say what is where."""
    import secrets

    from gan_numpy.cli.exercises import choose
    from gan_numpy.grading.assign import assign
    from gan_numpy.grading.assignment import Assignment
    from gan_numpy.grading.report import worth

    points = dict(args.points)
    chosen = {e.name for name in args.lesson for e in choose(name)}
    unknown = sorted(points.keys() - chosen)
    if unknown:
        raise UserError(f"--points {unknown[0]}: it is not in this assignment")
    name = args.name or args.out.resolve().name
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise UserError(f"--name {name!r}: expected letters, digits, - and _")
    seed = secrets.randbelow(2**31) if args.seed is None else args.seed
    secret = secrets.token_hex(16) if args.variants is not None else ""
    worths = {n: worth(n, points) for n in sorted(chosen)}
    assignment = Assignment(name, worths, seed, args.hints, secret)
    names = roster(args) if args.variants is not None else ()
    how = (args.format, args.notebook, names, args.plain)
    for path in assign(assignment, args.out, *how):
        print(path)
    return 0
