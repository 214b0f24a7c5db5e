"""``gan-numpy play``: a game in the terminal, played by a network."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gan_numpy.cli.options import whole_number
from gan_numpy.errors import UserError

GAME = "game"  # the miniature that makes such runs
CLEAR = "\x1b[H\x1b[J"


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "play",
        help="play a game whose every frame a network draws",
        description=(
            "Step a game of the miniature 'game' by keys: w, a, s, d or the arrows "
            "move, q ends. '@' is the player, '&' the ghost, '#' a wall, '.' a pellet. "
            "Keys can be piped: printf 'ddss' | gan-numpy play RUN."
        ),
    )
    parser.add_argument(
        "path", type=Path, metavar="RUN", help="a directory of 'gan-numpy train game'"
    )
    parser.add_argument(
        "--seed",
        type=whole_number(0),
        default=0,
        help="of the level and of the ghost's die (default: 0)",
    )
    parser.add_argument(
        "--side",
        type=whole_number(2, 40),
        metavar="N",
        help="cells of a side of the grid (default: as it was learned)",
    )
    parser.add_argument(
        "--beside",
        action="store_true",
        help="show the true game beside it, with the same keys and rolls",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show the first frame, then one for each key."""
    from gan_numpy.cli.keys import at_a_keyboard, keys
    from gan_numpy.miniatures.played_game.game_gan import MODEL
    from gan_numpy.miniatures.played_game.rules import KEYS
    from gan_numpy.miniatures.played_game.session import Session, load_engine
    from gan_numpy.runs.game import settings_of

    side = args.side or settings_of(args.path, GAME)["side"]
    session = Session(load_engine(args.path / MODEL), side, args.seed)
    person = at_a_keyboard()
    print(CLEAR * person + session.show(args.beside), flush=True)
    for key in keys():
        if key not in KEYS:
            if not person and not key.isspace():
                raise UserError(f"key {key!r}: expected w, a, s or d, or q to end")
            continue
        session.press(key)
        title = CLEAR if person else f"step {session.steps}, key {key}:\n"
        print(title + session.show(args.beside), flush=True)
    print(session.score())
    if not session.steps and not person:
        print(f"no keys came in: printf 'ddss' | gan-numpy play {args.path}")
    return 0
