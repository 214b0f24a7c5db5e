"""``gan-numpy playground``: the game in the browser."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gan_numpy.cli.options import whole_number


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "playground",
        help="see and break the game by hand, in the browser",
        description=(
            "Show both players on points of the plane, trained in the browser: step D "
            "or G alone, watch the gradient travel, change data, layers and losses, "
            "break it on purpose. The page asks the network for nothing. A game that "
            "was saved goes on with 'gan-numpy train --recipe FILE'. Ctrl-C ends it."
        ),
    )
    parser.add_argument(
        "--port",
        type=whole_number(0, 65535),
        default=0,
        metavar="N",
        help="on this machine's own address (default: any that is free)",
    )
    parser.add_argument(
        "--no-open", action="store_true", help="do not open the browser"
    )
    parser.add_argument(
        "--save",
        type=Path,
        metavar="FILE",
        help="write the page to a file instead, which works without a server",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve the page, or write it."""
    import webbrowser

    from gan_numpy.playground.page import build_playground
    from gan_numpy.playground.serve import serve

    if args.save is not None:
        page = build_playground()
        page.save(args.save)
        print(f"{args.save}: {len(page.content.encode()) / 1000:.0f} kB")
        return 0

    def ready(address: str) -> None:
        print(f"{address} (Ctrl-C ends it)", flush=True)
        if not args.no_open:
            webbrowser.open(address)

    serve(args.port, ready)
    return 0
