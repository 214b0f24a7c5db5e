"""``gan-numpy bench``: this machine's figures."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from gan_numpy.cli.options import whole_number


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "bench",
        help="measure this machine: training step, Parzen windows, matrix products",
        description=(
            "Medians and paired ratios, measured in turns, each candidate in a process "
            "of its own. Close other programs first."
        ),
    )
    parser.add_argument(
        "--peers",
        action="store_true",
        help="also PyTorch, torch.compile, JAX and scikit-learn, where installed",
    )
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument(
        "--rounds",
        type=whole_number(1, 10_000),
        default=15,
        metavar="N",
        help="turns of each candidate (default: 15; a third of it for Parzen)",
    )
    parser.add_argument(
        "--points",
        type=whole_number(10, 10**6),
        default=10_000,
        metavar="N",
        help="points and centers of the Parzen windows (default: 10000)",
    )
    parser.add_argument(
        "--threads",
        type=whole_number(1, 1024),
        metavar="N",
        help="threads of each candidate (default: as many as Numba takes)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    import numba

    from gan_numpy.bench.groups import GROUPS
    from gan_numpy.bench.processes import measure
    from gan_numpy.bench.report import figures, table, this_machine

    threads = args.threads or numba.get_num_threads()
    times = {}
    for group in GROUPS.values():
        names = list(group.candidates if args.peers else group.ours)
        rounds = max(3, args.rounds // 3) if group.name == "parzen" else args.rounds
        tell(f"{group.title}: {', '.join(names)}; {rounds} turns each")
        times[group.name] = measure(group, names, rounds, args.points, threads, tell)
    result = {"environment": this_machine(threads)} | figures(times, args.points)
    print(json.dumps(result, indent=2) if args.json else table(result))
    return 0


def tell(line: str) -> None:
    """Say what is done, beside what is printed."""
    print(line, file=sys.stderr, flush=True)
