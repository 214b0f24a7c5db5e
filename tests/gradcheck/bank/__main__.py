r"""``python -m bank [FOLDER] [--show OUTCOME] [--only TEXT]``, from tests/gradcheck.

Prints what the checker makes of every case; of another folder with ``wrong`` and
``right`` in it, if one is given; with ``--doubles`` of two mistakes at once.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .cases import HERE, right_cases, wrong_cases
from .doubles import double_cases, judge_doubles
from .doubles import table as table_of_doubles
from .score import judge_all, table


def main() -> None:
    """Run the cases and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bank", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=HERE)
    parser.add_argument("--show", action="append", default=[], help="an outcome")
    parser.add_argument("--only", default="", help="cases whose id contains this")
    parser.add_argument("--verbose", action="store_true", help="show the messages")
    parser.add_argument("--doubles", action="store_true", help="two mistakes at once")
    args = parser.parse_args()
    if args.doubles:
        every = double_cases(args.folder / "wrong")
        pairs = [d for d in every if args.only in d.case.id]
        outcomes = judge_doubles(pairs)
        for double, (outcome, verdict) in zip(pairs, outcomes, strict=True):
            if outcome in args.show:
                print(f"{verdict.id}: {outcome}: {' '.join(verdict.tags)}")
                print(f"    {double.case.says} (lines {sorted(double.case.lines)})")
                if args.verbose:
                    print(verdict.text)
        print(table_of_doubles(outcomes))
        return
    cases = wrong_cases(args.folder / "wrong") + right_cases(args.folder / "right")
    cases = [case for case in cases if args.only in case.id]
    verdicts = judge_all(cases)
    for case, verdict in zip(cases, verdicts, strict=True):
        if verdict.outcome in args.show or (
            "wrong line" in args.show and verdict.outcome == "named" != verdict.line
        ):
            print(f"{case.id}: {verdict.outcome}: {' '.join(verdict.tags)}")
            print(f"    {case.says} (line {sorted(case.lines)})")
            if args.verbose or verdict.outcome in ("crashed", "unmapped"):
                print(verdict.text)
    print(table(cases, verdicts))


if __name__ == "__main__":
    main()
