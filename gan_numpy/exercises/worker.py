r"""The process in which a student's functions run: ``python -m ...worker FILE``.

It reads names of exercises from its input, one a line, and answers each with one line
of JSON. What the student prints goes nowhere near the answers: they have a channel of
their own.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

from gan_numpy.gradcheck.calls import describe
from gan_numpy.gradcheck.result import CheckResult, Finding
from gan_numpy.exercises.loading import read_submission, run_definitions
from gan_numpy.exercises.registry import get_exercise


def answer(result: CheckResult) -> dict[str, Any]:
    """A result as JSON, with its text at each stage of the hints."""
    plain = result.as_dict()
    plain["texts"] = [result.text(k) for k in range(4)]
    return plain


def private_channels() -> tuple[TextIO, TextIO]:
    """Input and output for us; for everybody else they are the null device.

    What the student prints is lost, ``input()`` finds nothing, and ``exit()``, which
    closes the standard input, does not close ours.
    """
    questions = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    return questions, answers


def failed_to_load(path: Path) -> tuple[dict[str, Any], str | None]:
    """The namespace, or an empty one and what went wrong."""
    try:
        return run_definitions(read_submission(path)), None
    except (Exception, SystemExit) as error:
        return {}, describe(error)


def main() -> None:
    """Answer until the input ends."""
    path = Path(sys.argv[1])
    questions, answers = private_channels()
    sys.path.insert(0, str(path.resolve().parent))
    namespace, problem = failed_to_load(path)
    for line in questions:
        exercise = get_exercise(line.strip())
        if problem is not None:
            finding = Finding("error", ("exception",), (), problem)
            result = CheckResult(exercise.name, [finding])
        else:
            result = exercise.run(namespace)
        answers.write(json.dumps(answer(result)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
