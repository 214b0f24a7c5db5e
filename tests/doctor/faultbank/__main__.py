"""``python -m faultbank [FOLDER] [...]``, from tests/doctor.

Plays every case (or takes what was recorded in FOLDER), and prints the doctor's score.
``--healthy`` plays the shipped recipes instead, and prints what the doctor says of
them at the end of each epoch; ``--thresholds`` then writes the table of thresholds from
them, without the seeds that are held out. Those of MNIST need ``--data-dir``.
``--cost`` prints which share of a training the doctor and the page take.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from gan_numpy.doctor.trace import Trace

from .cost import cost
from .faults import FAULTS
from .games import DATA, SEEDS
from .healthy import EPOCHS, HELD_OUT, SHORTENED, WHOLE, alarms, write_thresholds
from .healthy import SEEDS as HEALTHY_SEEDS
from .record import HEALTHY, kept, recorded, recorded_recipe
from .score import outcome, table


def main() -> None:
    """Play, judge, print."""
    parser = argparse.ArgumentParser(prog="python -m faultbank", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="keeps what was recorded")
    parser.add_argument("--seeds", help="such as 0,1,2")
    parser.add_argument("--only", default="", help="names that contain this")
    parser.add_argument("--healthy", action="store_true", help="the shipped recipes")
    parser.add_argument("--epochs", type=int, help="no more of a recipe (default: all)")
    parser.add_argument("--data-dir", type=Path, help="where MNIST is")
    parser.add_argument("--thresholds", action="store_true", help="write the table")
    parser.add_argument("--cost", action="store_true", help="measure the doctor")
    args = parser.parse_args()
    usual = HEALTHY_SEEDS if args.healthy else SEEDS
    seeds = [int(s) for s in args.seeds.split(",")] if args.seeds else list(usual)
    if args.cost:
        for name in (*WHOLE, *(SHORTENED if args.data_dir else ())):
            if args.only in name:
                print(cost(name, data_dir=args.data_dir), flush=True)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        if args.healthy:
            traces = play_healthy(folder, seeds, args)
            if args.thresholds:
                write_thresholds(traces)
        else:
            play_faults(folder, seeds, args.only)


def play_healthy(
    folder: Path, seeds: list[int], args: argparse.Namespace
) -> dict[str, Trace]:
    """The shipped recipes, judged as they go; those whose seeds are not held out."""
    names = (*WHOLE, *(SHORTENED if args.data_dir else ()))
    traces, runs, alarmed = {}, 0, 0
    for seed in seeds:
        for name in (name for name in names if args.only in name):
            epochs = args.epochs or (EPOCHS if name in SHORTENED else None)
            case = f"recipe-{name}-{seed}"
            trace = kept(
                folder, case, lambda: recorded_recipe(name, seed, epochs, args.data_dir)
            )
            found, looks = alarms(trace), len(trace.rows)
            runs, alarmed = runs + 1, alarmed + bool(found)
            held = ", held out" if seed in HELD_OUT else ""
            print(
                f"{case}: {trace.step} steps, judged {looks} times, alarms: "
                f"{found or 'none'}{held}",
                flush=True,
            )
            if seed not in HELD_OUT:
                traces[case] = trace
    print(f"{runs} runs, {alarmed} with an alarm")
    return traces


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
