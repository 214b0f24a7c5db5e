"""``gan-numpy check FILE...``: what is wrong with hand-derived gradients?"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from gan_numpy.cli.options import positive_number, whole_number
from gan_numpy.errors import UserError


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "check",
        help="check the exercises in a .py file or a notebook",
        description=(
            "Check every exercise that a .py file or a notebook defines, the same as"
            " pytest FILE. Exit code 1 if one is wrong."
        ),
    )
    parser.add_argument("files", nargs="*", metavar="FILE", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--hints",
        type=whole_number(0, 4),
        default=0,
        metavar="N",
        help="show the first N hints: category, which term, the formula, the change",
    )
    parser.add_argument(
        "--progress", action="store_true", help="show what has been solved so far"
    )
    parser.add_argument(
        "--timeout",
        type=positive_number,
        default=20.0,
        metavar="S",
        help="seconds for one exercise (default: 20)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the files; 0 if nothing is wrong, 1 if something is."""
    from gan_numpy.exercises.progress import load_progress, save_results

    if not args.files and not args.progress:
        raise UserError("no file to check; expected a .py file or a notebook")
    results = [] if not args.files else check_files(args)
    if results:
        try:
            save_results(results)
        except UserError as error:
            print(f"note: the progress is not kept: {error}", file=sys.stderr)
    wrong = sum(r["attempted"] and not r["passed"] for r in results)
    if args.json:
        print(json.dumps(summary(results, load_progress() if args.progress else None)))
    else:
        if results:
            print(closing_line(results))
        if args.progress:
            from gan_numpy.exercises.progress import progress_table

            print(progress_table(load_progress()))
    return 1 if wrong else 0


def check_files(args: argparse.Namespace) -> list[dict[str, Any]]:
    """All results; the text of each is printed as it comes."""
    from gan_numpy.exercises.answers import shown
    from gan_numpy.exercises.reading.submission import read_submission
    from gan_numpy.exercises.running import check_submission
    from gan_numpy.grading.texts import plain as harmless

    submissions = [read_submission(path) for path in args.files]
    for submission in submissions:
        if submission.found:
            continue
        for piece in submission.pieces:
            if piece.error is not None:
                raise UserError(" at ".join(piece.complaint().split("\n")))
        raise UserError(
            f"{submission.path} defines no exercise; 'gan-numpy exercises' lists them"
        )
    results = []
    for submission in submissions:
        for plain in check_submission(submission, args.timeout):
            plain["file"] = str(submission.path)
            results.append(plain)
            if not args.json:
                print(harmless(shown(plain, args.hints)), flush=True)
            else:
                plain["text"] = shown(plain, args.hints)
            del plain["texts"]
    return results


def counts(results: list[dict[str, Any]]) -> dict[str, int]:
    """How many are right, wrong and not attempted."""
    attempted = [r for r in results if r["attempted"]]
    right = sum(r["passed"] for r in attempted)
    return {
        "right": right,
        "wrong": len(attempted) - right,
        "not_attempted": len(results) - len(attempted),
    }


def closing_line(results: list[dict[str, Any]]) -> str:
    """``3 right, 1 wrong, 2 not attempted``"""
    parts = [f"{n} {k.replace('_', ' ')}" for k, n in counts(results).items() if n]
    return ", ".join(parts)


def summary(
    results: list[dict[str, Any]], progress: dict[str, str] | None
) -> dict[str, Any]:
    """What ``--json`` prints."""
    whole: dict[str, Any] = {"exercises": results, **counts(results)}
    if progress is not None:
        whole["progress"] = progress
    return whole
