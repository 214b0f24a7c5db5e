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
from gan_numpy.files import write_atomically
from gan_numpy.exercises.registry import NAMES, get_exercise

PASSED, WRONG, STUB = "right", "wrong", "not attempted"


def progress_path() -> Path:
    """Where the progress is kept."""
    if os.environ.get("GAN_NUMPY_PROGRESS"):
        return Path(os.environ["GAN_NUMPY_PROGRESS"])
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "gan_numpy" / "progress.json"


def load_progress(path: Path | None = None) -> dict[str, str]:
    """The state of each exercise that was ever checked; damaged entries are dropped."""
    path = path or progress_path()
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: the progress cannot be read ({error})") from None
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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{path.parent}: {error.strerror}") from None
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
