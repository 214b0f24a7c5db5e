"""``gan-numpy report``: a page of a run, or of several side by side."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gan_numpy.errors import UserError


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "report",
        help="a page of a run: samples, curves, findings",
        description=(
            "Write one self-contained HTML page: the samples as they grew, curves with "
            "their landmarks, D's outputs over time, gradient norms by layer, nearest "
            "training examples, metrics with their baselines, what the doctor says, "
            "the recipe, and the command that makes the run again. Several runs share "
            "a page."
        ),
    )
    parser.add_argument(
        "paths", type=Path, nargs="+", metavar="RUN", help="run directories"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="where to write it (default: RUN/report.html of the first run)",
    )
    parser.add_argument(
        "--data-dir", type=Path, metavar="D", help="directory with the data set's files"
    )
    parser.add_argument("--open", action="store_true", help="show it in the browser")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the page and print where it is."""
    import webbrowser

    from gan_numpy.cli.options import moved
    from gan_numpy.report import NAME, build_report
    from gan_numpy.report.content import content_of
    from gan_numpy.runs.run import open_run

    runs = []
    for path in args.paths:
        job = moved(open_run(path), args.data_dir, None)
        try:
            data = job.load_data()
        except UserError:  # the rest of the page needs none
            runs.append(content_of(job))
            continue
        runs.append(content_of(job, data, job.load_state(data)))
    out = args.out or args.paths[0] / NAME
    build_report(runs).save(out)
    print(out)
    if args.open:
        webbrowser.open(out.resolve().as_uri())
    return 0
