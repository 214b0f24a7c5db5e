"""``python -m faultbank [FOLDER] [...]``, from tests/doctor.

Plays every case (or takes what was recorded in FOLDER), and prints the doctor's score.
``--healthy`` plays the shipped recipes instead and writes the table of thresholds from
them; ``--cost`` prints which share of a training the doctor takes.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from .faults import FAULTS
from .games import DATA, SEEDS
from .healthy import RECIPES, alarms, cost, write_thresholds
from .record import HEALTHY, kept, recorded, recorded_recipe
from .score import outcome, table


def main() -> None:
    """Play, judge, print."""
    parser = argparse.ArgumentParser(prog="python -m faultbank", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="keeps what was recorded")
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)))
    parser.add_argument("--only", default="", help="names that contain this")
    parser.add_argument("--healthy", action="store_true", help="the shipped recipes")
    parser.add_argument("--cost", action="store_true", help="measure the doctor")
    args = parser.parse_args()
    seeds = [int(seed) for seed in args.seeds.split(",")]
    if args.cost:
        for name in RECIPES:
            print(cost(name))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        if args.healthy:
            play_healthy(folder, seeds[:3], args.only)
        else:
            play_faults(folder, seeds, args.only)


def play_healthy(folder: Path, seeds: list[int], only: str) -> None:
    """The shipped recipes, judged at every examination."""
    traces = {
        f"recipe-{name}-{seed}": kept(
            folder, f"recipe-{name}-{seed}", lambda: recorded_recipe(name, seed)
        )
        for seed in seeds
        for name in RECIPES
        if only in name
    }
    for name, trace in traces.items():
        print(f"{name}: {len(trace.rows)} examinations, alarms: {alarms(trace)}")
    if not only:
        write_thresholds(traces)


def play_faults(folder: Path, seeds: list[int], only: str) -> None:
    """The bank."""
    names = [name for name in (HEALTHY, *FAULTS) if only in name]
    outcomes = []
    for seed in seeds:
        for name in names:
            for data in DATA:
                case = f"{name}-{data}-{seed}"
                trace = kept(folder, case, lambda: recorded(name, data, seed))
                outcomes.append(outcome(name, data, seed, trace))
    print(table(outcomes))


if __name__ == "__main__":
    main()
