"""``gan-numpy train``: train a recipe, or go on with a run."""

from __future__ import annotations

import argparse
import dataclasses
import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any

from gan_numpy.cli.miniature import play
from gan_numpy.cli.options import check_own, moved, not_negative, whole_number
from gan_numpy.errors import TrainingDiverged, UserError

DEFAULT_RECIPE = "digits"


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "train",
        help="train a recipe (default: digits) or resume a run",
        description=(
            "Train a recipe and write a run directory: metrics, samples, curves, "
            "checkpoints. Ctrl-C saves; --resume goes on, bit for bit. A miniature is "
            "played as a whole: figures and a picture."
        ),
    )
    parser.add_argument(
        "recipe",
        nargs="?",
        metavar="RECIPE",
        help=f"name of a recipe; '{DEFAULT_RECIPE}' if not given",
    )
    parser.add_argument(
        "--data-dir", type=Path, metavar="D", help="directory with the data set's files"
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="train on your own examples: a .npy or .npz file",
    )
    parser.add_argument(
        "--epochs", type=whole_number(1), metavar="N", help="epochs to train"
    )
    parser.add_argument(
        "--seed", type=whole_number(0), metavar="S", help="random seed (default: 0)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="run directory (default: runs/RECIPE-seedS)",
    )
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change a number of the recipe; may be repeated",
    )
    parser.add_argument(
        "--resume",
        type=Path,
        metavar="DIR",
        help="go on with the run in this directory",
    )
    parser.add_argument(
        "--recipe",
        dest="game",
        type=Path,
        metavar="FILE",
        help="go on with a game that was saved in the playground",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace a run that is already there"
    )
    parser.add_argument(
        "--save-every",
        type=not_negative,
        default=5.0,
        metavar="SECONDS",
        help="save at the end of an epoch if so much time has passed (default: 5)",
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress bar")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train, then print the run directory and its Parzen score; or play a miniature."""
    from gan_numpy.miniatures import MINIATURES

    if args.recipe in MINIATURES:
        return play(args)
    from gan_numpy.evaluation.agreement import classification_error
    from gan_numpy.evaluation.state_score import score_state, score_untrained
    from gan_numpy.kernels.threads import limit_threads
    from gan_numpy.runs.job import stop_on_signals, train, useful_threads

    begin = _resume if args.resume else _continue if args.game else _start
    job, data = begin(args)
    state = job.load_state(data)
    start = time.monotonic()
    with stop_on_signals() as should_stop:
        try:
            done = train(
                job,
                data,
                state,
                should_stop,
                not args.quiet,
                args.save_every,
                page_of(job, data),
            )
        except TrainingDiverged as error:
            print(f"the last good checkpoint is {job.checkpoint}", file=sys.stderr)
            raise error
    resume = f"gan-numpy train --resume {shlex.quote(str(job.path))}"
    if not done:
        print(
            f"stopped after {state.step:,} steps and saved; go on with\n  {resume}",
            file=sys.stderr,
        )
        return 130
    minutes, seconds = divmod(round(time.monotonic() - start), 60)
    print(f"{job.path}: {state.epoch} epochs, {minutes} min {seconds} s")
    print("Parzen log-likelihood on the test set (see 'gan-numpy evaluate'):")
    with limit_threads(useful_threads(job, state)):
        trained = score_state(job.recipe, data, state, job.seed)
        untrained = score_untrained(job.recipe, data, job.seed)
    print(f"  trained generator    {trained.coarse}")
    print(f"  untrained generator  {untrained.coarse}")
    if job.recipe.label_policy.few:
        wrong = classification_error(job.recipe, state.D, data)
        print(f"the classifier's error on the test set: {wrong:.4f}")
    print(f"samples: {job.path / 'samples' / f'epoch-{state.epoch:04d}.png'}")
    return 0


def page_of(job: Any, data: Any) -> Any:
    """What writes the run's page, of a state; an open page follows the run."""
    from gan_numpy.report import NAME, build_report
    from gan_numpy.report.content import content_of

    def refresh(state: Any, goes_on: bool) -> None:
        build_report([content_of(job, data, state)], goes_on).save(job.path / NAME)

    return refresh


def _start(args: argparse.Namespace) -> tuple[Any, Any]:
    """A new run and its data."""
    from gan_numpy.datasets import load_dataset
    from gan_numpy.recipes import get_recipe, with_settings
    from gan_numpy.runs.run import create_run

    name = DEFAULT_RECIPE if args.recipe is None else args.recipe  # "" is no recipe
    recipe = with_settings(get_recipe(name), args.settings)
    if args.data is not None:
        check_own(args.data)
        recipe = recipe.replace(dataset=str(args.data.resolve()))
    if args.epochs is not None:
        recipe = recipe.replace(epochs=args.epochs)
    seed = args.seed or 0
    out = args.out or Path("runs") / f"{recipe.name}-seed{seed}"
    data = load_dataset(recipe.dataset, args.data_dir)
    if doubt := data.doubt():
        print(f"note: {doubt}", file=sys.stderr)
    return create_run(out, recipe, seed, data, args.data_dir, args.force), data


def _continue(args: argparse.Namespace) -> tuple[Any, Any]:
    """A run that goes on from a game of the playground, and its data."""
    from gan_numpy.playground.games import read_game, start_run

    for option in ("recipe", "seed", "settings", "data", "data_dir"):
        if getattr(args, option) not in (None, []):
            raise UserError(
                f"--recipe goes on with a game as it was saved: {option} cannot be "
                f"given (only --epochs, --out and --force can)"
            )
    game = read_game(args.game)
    out = args.out or Path("runs") / f"{game.recipe.name}-seed{game.seed}"
    return start_run(game, out, args.epochs, args.force)


def _resume(args: argparse.Namespace) -> tuple[Any, Any]:
    """The run to go on with and its data; its end and their place may change."""
    from gan_numpy.doctor.trace import NAME as PROBES
    from gan_numpy.doctor.trace import read_rows
    from gan_numpy.runs.config import environment
    from gan_numpy.runs.lock import exclusive
    from gan_numpy.runs.run import open_run, write_config

    for option in ("recipe", "game", "seed", "out", "settings", "force"):
        if getattr(args, option) not in (None, [], False):
            raise UserError(
                f"--resume goes on with a run as it is: {option} cannot be given "
                f"(only --epochs, --data-dir and --data can)"
            )
    job = moved(open_run(args.resume), args.data_dir, args.data)
    if args.epochs is not None:
        job = dataclasses.replace(job, recipe=job.recipe.replace(epochs=args.epochs))
    if not os.access(job.path, os.W_OK):
        raise UserError(f"cannot write to {job.path}")
    data = job.load_data()
    state = job.load_state(data)  # damaged files are found before anything is written
    job.check_metrics(state)
    read_rows(job.path / PROBES)
    with exclusive(job.path):
        write_config(job)
    now = environment()
    changed = [key for key, value in job.environment.items() if now.get(key) != value]
    if changed:
        what = ", ".join(f"{k} {job.environment[k]} -> {now.get(k)}" for k in changed)
        print(f"note: {what}; the last bits may differ", file=sys.stderr)
    return job, data
