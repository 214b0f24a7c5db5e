"""``gan-numpy doctor``: why a run fails, as far as that is certain."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from gan_numpy.cli.options import add_data_options, open_with_data
from gan_numpy.errors import UserError


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "doctor",
        help="say why a training fails",
        description=(
            "Examine a run: what was measured while it trained (RUN/probes.csv), and "
            "its checkpoint as it is now. A finding has a name, numbers and the step "
            "since which they show it, what it means, what the literature does about "
            "it, and what to try. What is not certain is not said: 'healthy so far', "
            "'too early to say' and 'unknown' are answers, too."
        ),
    )
    parser.add_argument(
        "path", type=Path, nargs="?", metavar="RUN", help="a run directory"
    )
    add_data_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument(
        "--thresholds",
        action="store_true",
        help="print every limit, with its reason and what healthy runs show",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the verdict, or the table of limits."""
    if args.thresholds == (args.path is not None):
        raise UserError("give a run directory, or --thresholds alone")
    if args.thresholds:
        from gan_numpy.doctor.thresholds import table

        print(table())
        return 0
    verdict = verdict_on(args)
    print(json.dumps(verdict.as_dict(), indent=2) if args.json else verdict)
    return 0


def verdict_on(args: argparse.Namespace) -> Any:
    """The verdict on the run of these arguments."""
    from gan_numpy.doctor.trace import NAME, read_rows
    from gan_numpy.doctor.verdict import judge
    from gan_numpy.doctor.watch import Watch

    job, data = open_with_data(args)
    state = job.load_state(data)
    rows = read_rows(job.path / NAME)
    known = max(state.step, 1)  # after it only that the numbers were not finite
    rows = [row for row in rows if row["step"] <= known or row.get("finite") == 0]
    watch = Watch(data, job.seed, rows=rows)
    watch.look(state, job.recipe)
    return judge(watch.trace(job.recipe))
