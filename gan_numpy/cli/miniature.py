"""What ``gan-numpy train`` does with a miniature: play, print the figures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gan_numpy.errors import UserError

FOREIGN = ("data", "epochs", "resume")  # options of trainings alone


def play(args: argparse.Namespace) -> int:
    """Play the game and print its figures beside what was expected."""
    from gan_numpy.kernels.threads import limit_threads
    from gan_numpy.miniatures import MINIATURES
    from gan_numpy.miniatures.base import MiniatureOfData
    from gan_numpy.progress import tqdm
    from gan_numpy.recipes import with_settings
    from gan_numpy.runs.game import PICTURE, play_game

    miniature = MINIATURES[args.recipe]
    has_data = isinstance(miniature, MiniatureOfData)
    for option in FOREIGN if has_data else (*FOREIGN, "data_dir"):
        if getattr(args, option) is not None:
            raise UserError(
                f"--{option.replace('_', '-')} is not for {args.recipe}: a miniature "
                f"is played as a whole, with its own data ('gan-numpy recipes "
                f"{args.recipe}' shows its numbers)"
            )
    miniature = with_settings(miniature, args.settings)
    seed = args.seed or 0
    out = args.out or Path("runs") / f"{miniature.name}-seed{seed}"
    layout = "{desc}: {percentage:3.0f}% |{bar}| {elapsed}<{remaining}"
    with tqdm(
        total=1.0,
        disable=args.quiet,
        desc=miniature.name,
        bar_format=layout,
        leave=False,
        delay=0.5,
        file=sys.stderr,
    ) as bar, limit_threads(1):
        outcome = play_game(
            *(out, miniature, seed, args.force),
            lambda share: bar.update(share - bar.n),
            args.data_dir,
        )
    print(f"{out}: {miniature.description}, seed {seed}")
    width = max(map(len, outcome.figures))
    for name, figure in outcome.figures.items():
        goal = miniature.goals.get(name)
        said = (
            ""
            if goal is None
            else f"  ({goal}{'' if goal.met(figure) else ': missed'})"
        )
        print(f"  {name:{width}}  {figure:9.4g}{said}")
    print(f"picture: {out / PICTURE}")
    if outcome.files:
        print(f"beside it: {', '.join(outcome.files)}")
    return 0
