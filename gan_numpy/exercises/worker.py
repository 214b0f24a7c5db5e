r"""The process in which a student's functions run; `running` starts it.

It hears one JSON object a line. ``{"file": ...}`` opens a submission, in a fork if it
says so, ``{"exercise": ...}`` is answered with one line, and ``{"close": true}`` ends
the fork, which an empty line confirms. What the student prints goes nowhere near the
answers: they have a channel of their own.
"""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

from gan_numpy.errors import UserError
from gan_numpy.exercises.answers import answer, failure
from gan_numpy.exercises.reading.define import define
from gan_numpy.exercises.reading.submission import Submission, read_submission
from gan_numpy.exercises.variants import exercise_in
from gan_numpy.exercises.tracing import Tracing
from gan_numpy.gradcheck.calls import describe
from gan_numpy.gradcheck.repair.explain import asked
from gan_numpy.gradcheck.result import CheckResult


class Channel:
    """Questions and answers; what is read is never more than the next line."""

    def __init__(self, questions: int, answers: int) -> None:
        self.questions = io.FileIO(questions)
        self.answers = io.FileIO(answers, "w")

    def read(self) -> dict[str, Any]:
        """The next question; empty at the end."""
        line = self.questions.readline()
        found: dict[str, Any] = json.loads(line) if line.strip() else {}
        return found

    def write(self, content: dict[str, Any] | None) -> None:
        """One line; None is an empty one."""
        rest = b"\n" if content is None else json.dumps(content).encode() + b"\n"
        while rest:
            rest = rest[self.answers.write(rest) :]


def private_channel() -> Channel:
    """Input and output for us; for everybody else they are the null device.

    What the student prints is lost, ``input()`` finds nothing, and ``exit()``, which
    closes the standard input, does not close ours.
    """
    channel = Channel(os.dup(0), os.dup(1))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    return channel


def look_beside(path: Path) -> None:
    """Find the student's own modules, after all others: none hides Python's own."""
    folder = str(path.resolve().parent)
    sys.path[:] = [p for p in sys.path if os.path.abspath(p) != folder] + [folder]


def check(submission: Submission, name: str) -> dict[str, Any]:
    """The result of one exercise, as plain data."""
    try:
        text = "\n".join(piece.source for piece in submission.pieces)
        exercise = exercise_in(text, name)
    except UserError as error:
        return failure(name, "exception", str(error))
    try:
        wanted = [f.__name__ for f in (exercise.reference, *exercise.given)]
        namespace = define(submission, wanted)
    except NotImplementedError:
        return answer(CheckResult(name, attempted=False))
    except (Exception, SystemExit) as error:
        return failure(name, "exception", describe(error))
    if not callable(namespace.get(name)):
        kind = type(namespace.get(name)).__name__
        notes = [f"{name} is a {kind} when the file has run, not a function"]
        return answer(CheckResult(name, attempted=False, notes=notes))
    return answer(exercise.run(namespace))


def serve(channel: Channel, request: dict[str, Any]) -> None:
    """Answer questions about one submission, until it is closed."""
    path = Path(request["file"])
    look_beside(path)
    submission = read_submission(path)
    tracing = Tracing(path, request["trace"])
    while "exercise" in (question := channel.read()):
        with tracing, asked(question["asked"]):
            plain = check(submission, question["exercise"])
        channel.write(plain | {"traced": tracing.lines()})


def main() -> None:
    """Open one submission after the other, until the input ends."""
    channel = private_channel()
    while "file" in (request := channel.read()):
        if not request["fork"]:
            serve(channel, request)
            break
        child = os.fork()
        if child == 0:
            status = 1
            try:
                serve(channel, request)
                status = 0
            finally:
                os._exit(status)
        os.waitpid(child, 0)
        channel.write(None)


if __name__ == "__main__":
    main()
