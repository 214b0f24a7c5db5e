"""The candidates of a group side by side, each in its process, and their turns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from gan_numpy.bench.groups import Group
from gan_numpy.bench.timing import Times, take_turns
from gan_numpy.errors import UserError

# Each pool of threads that a candidate may have reads one of these as it starts.
POOLS = (
    "NUMBA_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


class Process:
    """A candidate that waits to be asked."""

    def __init__(self, group: str, name: str, points: int, threads: int) -> None:
        self.name = name
        self._said = tempfile.TemporaryFile()
        command = [sys.executable, "-m", "gan_numpy.bench.worker", group, name]
        self._process = subprocess.Popen(
            [*command, str(points)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            encoding="utf-8",
            env=os.environ | {pool: str(threads) for pool in POOLS},
        )
        try:
            ready = self._answer()
        except BaseException:
            self.close()
            raise
        self.missing: str | None = ready.get("missing")
        self.tasks: list[str] = ready.get("tasks", [])

    def seconds(self, task: str) -> float:
        """One turn of a task."""
        assert self._process.stdin is not None
        print(task, file=self._process.stdin, flush=True)
        return float(self._answer()["seconds"])

    def close(self) -> None:
        """Let it end, whatever it does."""
        self._process.kill()
        self._process.communicate()
        self._said.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._said.seek(0)
            said = self._said.read().decode("utf-8", "replace").strip() or "nothing"
            raise UserError(
                f"the benchmark of {self.name} ended with exit status "
                f"{self._process.returncode}; its last words: {said[-300:]}"
            )
        content: dict[str, Any] = json.loads(line)
        return content


@contextmanager
def side_by_side(
    group: Group, names: list[str], points: int, threads: int
) -> Iterator[dict[str, Process]]:
    """The group's candidates, prepared one after the other."""
    with ExitStack() as stack:
        processes = {}
        for name in names:
            processes[name] = Process(group.name, name, points, threads)
            stack.callback(processes[name].close)
        yield processes


def measure(
    group: Group,
    names: list[str],
    rounds: int,
    points: int,
    threads: int,
    tell: Callable[[str], object] = lambda line: None,
    on_round: Callable[[], object] = lambda: None,
) -> dict[str, Times]:
    """The times of every task of a group, by task and candidate.

    Parameters
    ----------
    group : Group
    names : list of str
        Which of its candidates; those that cannot be had here are told and left out.
    rounds : int
    points : int
        Of the Parzen windows.
    threads : int
        Of each candidate.
    tell, on_round : callable
        Given lines for people; called after each round of a task.

    Raises
    ------
    UserError
        If a candidate's process ends by itself.
    """
    with side_by_side(group, names, points, threads) as processes:
        for process in processes.values():
            if process.missing:
                tell(f"note: without {process.name}: {process.missing}")
        here = [process for process in processes.values() if not process.missing]
        found = {
            task: take_turns(
                {process.name: partial(process.seconds, task) for process in here},
                rounds,
                on_round,
            )
            for task in here[0].tasks
        }
    for times in found.values():
        for name in group.factor.keys() & times.keys():
            times[name] = [group.factor[name](points) * t for t in times[name]]
    return found
