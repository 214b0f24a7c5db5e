"""One candidate of the benchmark, in a process of its own.

``python -m gan_numpy.bench.worker GROUP CANDIDATE [POINTS]`` prepares it, says so in a
line, and for each line that it reads, the name of a task, measures one turn. Every
answer is one line of JSON: ``{"tasks": [...]}``, ``{"missing": why}`` or
``{"seconds": t}``.
"""

from __future__ import annotations

import json
import sys
from typing import IO, Any

from gan_numpy.bench import timing
from gan_numpy.bench.groups import GROUPS, Missing


def main() -> None:
    """Prepare, then answer until nothing is asked any more."""
    group, name, points = sys.argv[1], sys.argv[2], int(sys.argv[3])
    # What a library prints is no answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    try:
        tasks = GROUPS[group].candidates[name](points)
        calls = {task: timing.calls_of(run) for task, run in tasks.items()}
    except ImportError as error:
        return answer(answers, missing=f"{error.name or error} is not installed")
    except Missing as error:
        return answer(answers, missing=str(error))
    answer(answers, tasks=list(tasks))
    for line in sys.stdin:
        task = line.rstrip("\n")
        answer(answers, seconds=timing.turn(tasks[task], calls[task]))


def answer(stream: IO[str], **content: Any) -> None:
    """Print a line of JSON."""
    print(json.dumps(content), file=stream, flush=True)


if __name__ == "__main__":
    main()
