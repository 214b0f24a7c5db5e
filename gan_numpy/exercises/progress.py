r"""What has been solved so far, in a small JSON file of the student's own.

The file is ``$GAN_NUMPY_PROGRESS``, or ``gan_numpy/progress.json`` in the user's data
folder.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from gan_numpy.errors import UserError
from gan_numpy.files import make_directory, read_json, sweep, write_atomically
from gan_numpy.exercises.registry import NAMES, get_exercise

PASSED, WRONG, STUB = "right", "wrong", "not attempted"


def progress_path() -> Path:
    """Where the progress is kept.

    Raises
    ------
    UserError
        If the user has no home.
    """
    if os.environ.get("GAN_NUMPY_PROGRESS"):
        return Path(os.environ["GAN_NUMPY_PROGRESS"])
    try:
        data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    except RuntimeError:
        raise UserError(
            "no home directory is known: set GAN_NUMPY_PROGRESS to a file's name"
        ) from None
    return Path(data) / "gan_numpy" / "progress.json"


def load_progress(path: Path | None = None) -> dict[str, str]:
    """The state of each exercise that was ever checked; damaged entries are dropped."""
    path = path or progress_path()
    try:
        if not path.exists():
            return {}
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    known = read_json(path)
    states = (PASSED, WRONG, STUB)
    if not isinstance(known, dict):
        raise UserError(f"{path} holds no progress; remove it to start anew")
    return {k: v for k, v in known.items() if k in NAMES and v in states}


def save_results(results: list[dict[str, Any]], path: Path | None = None) -> None:
    """Add the outcome of a check; what was right once stays so if it is now a stub."""
    path = path or progress_path()
    known = load_progress(path)
    for plain in results:
        name = plain["title"]
        if not plain["attempted"]:
            known.setdefault(name, STUB)
        else:
            known[name] = PASSED if plain["passed"] else WRONG
    text = json.dumps(dict(sorted(known.items())), indent=1) + "\n"
    make_directory(path.parent)
    sweep(path.parent)
    write_atomically(path, lambda file: file.write(text.encode()))


def progress_table(known: dict[str, str]) -> str:
    """Every exercise with its state, and the points that were earned."""
    lines, earned, possible = [], 0, 0
    marks = {PASSED: "[x]", WRONG: "[!]", STUB: "[ ]"}
    for name in NAMES:
        exercise = get_exercise(name)
        state = known.get(name, STUB)
        earned += exercise.points * (state == PASSED)
        possible += exercise.points
        lines.append(f"{marks[state]} {exercise.lesson}  {name:28} {state}")
    solved = sum(v == PASSED for v in known.values())
    lines.append(
        f"{solved} of {len(NAMES)} exercises right, {earned} of {possible} points"
    )
    return "\n".join(lines)
