"""Processes that kill themselves: before and after changes of the file system.

A driver, so that the children are forked from a process without threads::

    python -m tests.robustness.faults FOLDER SCENARIO

It runs the scenario's command once unharmed, counting the changes it makes (files
renamed or removed, folders made), then once for every moment - before each change,
after each renaming - killed by SIGKILL there; after each it starts the command that
somebody would type next. One line of JSON tells what every child left. Of the changes
that rename nothing a quarter take their turn, unless ``GAN_NUMPY_KILLED=all``.
"""

from __future__ import annotations

import hashlib
import json
import os
import select
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from tests.robustness.ground import TINY, call
from tests.turns import share

CHANGES = ("replace", "rename", "unlink", "mkdir", "rmdir")
OTHER = ["--set", "discriminator_units=5"]
SECONDS = 60
QUIET = ("--quiet", "--save-every", "0")


def die_at(number: int, moment: str, folder: Path) -> list[str]:
    """Count the changes in a folder, and be killed at one of them."""
    done: list[str] = []

    def watched(name: str, change: Callable) -> Callable:
        def wrapper(path, *arguments, **options):
            if str(folder) not in str(path) and "dir_fd" not in options:
                return change(path, *arguments, **options)
            done.append(name)
            if len(done) == number and moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                return change(path, *arguments, **options)
            finally:
                if len(done) == number and moment == "after":
                    os.kill(os.getpid(), signal.SIGKILL)

        return wrapper

    for name in CHANGES:
        setattr(os, name, watched(name, getattr(os, name)))
    return done


def in_child(action: Callable[[], dict]) -> dict | None:
    """What an action returns in a process of its own; None if that was killed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.write(writer, json.dumps(action()).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with open(reader, "rb") as answers:
        if not select.select([answers], [], [], SECONDS)[0]:
            os.kill(child, signal.SIGKILL)
            raise TimeoutError(f"a command has not ended within {SECONDS} s")
        answer = answers.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return None
    return json.loads(answer)


def command(*words: object) -> Callable[[], dict]:
    def act() -> dict:
        code, out, err = call(*words)
        return {"code": code, "out": out, "err": err}

    return act


def summary(run: Path) -> dict:
    """What a run directory holds, without what differs from run to run."""
    found: dict = {"files": sorted(str(p.relative_to(run)) for p in run.rglob("*"))}
    for name in ("checkpoint.npz",):
        path = run / name
        if path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    if (run / "config.json").is_file():
        config = json.loads((run / "config.json").read_text())
        found["units"] = config["settings"]["discriminator_units"]
        found["epochs"] = config["settings"]["epochs"]
    if (run / "metrics.csv").is_file():
        rows = (run / "metrics.csv").read_text().splitlines()
        found["rows"] = [row.rpartition(",")[0] for row in rows]  # without the speed
    return found


def train(data: Path, run: Path, epochs: int, *more: object) -> Callable[[], dict]:
    place = ("train", "--data", data, "--out", run, "--epochs", epochs)
    return command(*place, *QUIET, *TINY, *more)


def scenarios(folder: Path) -> dict[str, tuple[Callable, Callable, Callable]]:
    """Of each: what is there before, what is killed, and what is typed next."""
    data, run = folder / "own.npy", folder / "run"

    def again() -> Callable[[], dict]:
        """Resume if there is something to resume, else start."""
        if (run / "config.json").is_file():
            return command("train", "--resume", run, *QUIET)
        return train(data, run, 2)

    nothing = command("recipes", "digits")
    return {
        "start": (nothing, train(data, run, 2), again),
        "force": (train(data, run, 3), train(data, run, 2, "--force", *OTHER), again),
        "resume": (
            train(data, run, 1),
            command("train", "--resume", run, "--epochs", 3, *QUIET),
            lambda: command("train", "--resume", run, "--epochs", 3, *QUIET),
        ),
        "evaluate": (
            train(data, run, 1),
            command("evaluate", run, "--samples", 5, "--sigma", 0.3),
            lambda: command("evaluate", run, "--samples", 5, "--sigma", 0.3),
        ),
    }


def drive(folder: Path, name: str) -> dict:
    """All deaths of a scenario."""
    run, kept = folder / "run", folder / "kept"
    before, act, after = scenarios(folder)[name]
    first = in_child(before)
    assert first is not None and first["code"] == 0, first

    def renew(source: Path, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        if source.exists():
            shutil.copytree(source, target)

    renew(run, kept)

    def unharmed() -> dict:
        done = die_at(0, "never", folder)
        return act() | {"changes": done}

    whole = in_child(unharmed)
    assert whole is not None and whole["code"] == 0, whole
    report: dict = {"old": summary(kept), "whole": summary(run), "deaths": []}
    report["changes"] = whole["changes"]
    numbers = range(1, len(whole["changes"]) + 1)
    renaming = [n for n in numbers if whole["changes"][n - 1] in ("replace", "rename")]
    others = [n for n in numbers if n not in renaming]
    for number in sorted([*renaming, *share(others, 4, "GAN_NUMPY_KILLED")]):
        renamed = number in renaming
        for moment in ("before", "after") if renamed else ("before",):
            renew(kept, run)

            def killed() -> dict:
                die_at(number, moment, folder)
                return act()

            survived = in_child(killed)
            assert survived is None, (number, whole["changes"], survived)
            left = summary(run)
            next_one = in_child(after())
            assert next_one is not None
            death = {"at": number, "moment": moment, "left": left}
            death |= {"next": next_one, "end": summary(run)}
            report["deaths"].append(death)
    return report


def main() -> None:
    """Drive one scenario and print the report."""
    # Imported before the forks, so that each child does not do it anew.
    import matplotlib.figure  # noqa: F401
    import numba  # noqa: F401
    import sklearn.cluster  # noqa: F401

    import gan_numpy.evaluation.metrics  # noqa: F401
    from gan_numpy import plots
    from gan_numpy.evaluation import state_score
    from gan_numpy.evaluation.parzen import ParzenResult, ParzenScore
    from gan_numpy.files import write_text
    from gan_numpy.runs import job

    # What costs time and changes no file in a way of its own.
    score = ParzenScore(1.0, 0.1, 0.2)
    for function in ("score_state", "score_untrained"):
        setattr(state_score, function, lambda *a: ParzenResult(score, score))
    job.save_curves = lambda path, *a: write_text(path, "curves")
    plots.save_sheets = lambda path, *a: write_text(path, "sheets")
    print(json.dumps(drive(Path(sys.argv[1]), sys.argv[2])))


if __name__ == "__main__":
    main()
