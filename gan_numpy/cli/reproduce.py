"""``gan-numpy reproduce``: the paper's table and figures, ours beside the published."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from gan_numpy.cli.options import whole_number
from gan_numpy.errors import UserError

HELP = {
    "table1": "Parzen log-likelihoods on MNIST: the paper's, the baselines, ours",
    "table2": "the same generators' likelihood by annealed importance sampling",
    "fig1": "the game in one dimension, computed by training",
    "fig2": "samples with the nearest training example, and their distances",
    "fig3": "digits on a straight line in z space",
    "collapse": "the Helvetica scenario on purpose, and its cure",
    "modes": "modes of a mixture captured with and without packing, over seeds",
}
TAKES = {  # options that the artifact understands besides --out and --quiet
    "table1": ("data_dir", "recipes", "seeds", "epochs", "settings", "samples"),
    "table2": (
        *("data_dir", "recipes", "runs", "epochs", "settings"),
        *("examples", "chains", "temperatures"),
    ),
    "fig1": (),
    "fig2": ("data_dir", "recipes", "runs", "epochs", "settings"),
    "fig3": ("data_dir", "recipes", "runs", "epochs", "settings"),
    "collapse": ("data_dir", "recipes", "epochs", "settings"),
    "modes": ("mixture", "seeds", "epochs", "settings"),
}
SEEDS = {"table1": 1, "modes": 5}
BESIDE = {"table2": "table1"}  # whose directory, and runs, it shares
ANNEALING = {
    "examples": "test examples to score (default: 100)",
    "chains": "chains for each example (default: 16, the paper's number)",
    "temperatures": "steps from prior to posterior (default: 500; the paper: 10000)",
}


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "reproduce",
        help="make the paper's table and figures",
        description="Make one of the paper's artifacts, or the collapse it warns of.",
    )
    artifacts = parser.add_subparsers(dest="artifact", metavar="WHAT", required=True)
    for name, text in HELP.items():
        one = artifacts.add_parser(
            name,
            help=text,
            description=(
                f"Make {text}. What was trained before in --out is used again; what "
                f"was interrupted goes on."
            ),
        )
        _add_options(one, name)


def _add_options(parser: Any, name: str) -> None:
    """The options of one artifact."""
    takes = TAKES[name]
    if "runs" in takes:
        parser.add_argument(
            "runs", nargs="*", type=Path, metavar="RUN", help="finished runs to use"
        )
    if "data_dir" in takes:
        parser.add_argument(
            "--data-dir",
            type=Path,
            metavar="D",
            help="directory with the data set's files",
        )
    if "recipes" in takes:
        parser.add_argument(
            "--recipes",
            type=lambda text: tuple(part for part in text.split(",") if part),
            default=(),
            metavar="R,R...",
            help="recipes to train",
        )
    if "mixture" in takes:
        parser.add_argument(
            "--recipe",
            dest="mixture",
            choices=("ring", "grid"),
            default="ring",
            help="the mixture, and the recipe beside its packed twin (default: ring)",
        )
    if "epochs" in takes:
        parser.add_argument(
            "--epochs", type=whole_number(1), metavar="N", help="for a quick pass"
        )
        parser.add_argument(
            "--set",
            dest="settings",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="change a number of the recipes; may be repeated",
        )
    if "seeds" in takes:
        parser.add_argument(
            "--seeds",
            type=whole_number(1, 1000),
            default=SEEDS[name],
            metavar="N",
            help=f"how many seeds, from 0 (default: {SEEDS[name]})",
        )
    if "samples" in takes:
        parser.add_argument(
            "--samples",
            type=whole_number(1),
            default=10_000,
            metavar="N",
            help="centers of the Parzen windows (default: 10000, the paper's number)",
        )
    for option, text in ANNEALING.items():
        if option in takes:
            parser.add_argument(
                f"--{option}",
                type=whole_number(1),
                default=argparse.SUPPRESS,
                metavar="N",
                help=text,
            )
    name = BESIDE.get(name, name)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("reproduced") / name,
        metavar="DIR",
        help=f"where the results go (default: reproduced/{name})",
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress bar")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the artifact and print where its files are."""
    from gan_numpy.reproduce.artifacts import ARTIFACTS, Order
    from gan_numpy.runs.job import stop_on_signals

    options: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in vars(args).items()
        if name in TAKES[args.artifact]
    }
    if options.get("runs") and (options.get("recipes") or options.get("epochs")):
        raise UserError("give runs to use, or recipes and epochs to train, not both")
    if args.artifact == "fig1":  # short enough to be interrupted as it is
        paths = ARTIFACTS["fig1"](Order(args.out, progress=not args.quiet))
    else:
        with stop_on_signals() as should_stop:
            order = Order(
                args.out, should_stop=should_stop, progress=not args.quiet, **options
            )
            paths = ARTIFACTS[args.artifact](order)
    if paths is None:
        print("stopped and saved; the same command goes on", file=sys.stderr)
        return 130
    for path in paths:
        print(path)
    return 0
