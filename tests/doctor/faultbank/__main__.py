"""``python -m faultbank [FOLDER] [--seeds 0,1] [--only TEXT]``, from tests/doctor.

Plays every case (or takes what was recorded in FOLDER), and prints the doctor's score.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from .faults import FAULTS
from .games import DATA, SEEDS
from .record import HEALTHY, kept, recorded
from .score import outcome, table


def main() -> None:
    """Play, judge, print."""
    parser = argparse.ArgumentParser(prog="python -m faultbank", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="keeps what was recorded")
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)))
    parser.add_argument("--only", default="", help="faults whose name contains this")
    args = parser.parse_args()
    names = [name for name in (HEALTHY, *FAULTS) if args.only in name]
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        outcomes = [
            outcome(
                name,
                data,
                seed,
                kept(
                    folder,
                    f"{name}-{data}-{seed}",
                    lambda: recorded(name, data, seed),
                ),
            )
            for seed in map(int, args.seeds.split(","))
            for name in names
            for data in DATA
        ]
    print(table(outcomes))


if __name__ == "__main__":
    main()
