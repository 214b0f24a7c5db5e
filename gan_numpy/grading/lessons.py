r"""A lesson's own notebook as it is handed out: text, pictures and exercises."""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path

from gan_numpy.exercises.base import Exercise
from gan_numpy.exercises.registry import STEMS
from gan_numpy.grading.notebooks import Cell, defined_in, load_cells

# Where the notebooks are: in a checkout, or where an installation keeps its data.
PLACES = (
    Path(__file__).resolve().parents[2] / "lessons",
    Path(sysconfig.get_path("data"), "share", "gan_numpy", "lessons"),
)
# A link to a file beside the lesson: the student may have none of them.
LOCAL_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:|#)[^)]*\)")
WORTH = re.compile(r"^(#.*) \(\d+ points?\)$", re.MULTILINE)


def notebook_of(number: str) -> Path | None:
    """The student's notebook of a lesson, if it is here."""
    paths = (place / f"{STEMS[number]}.ipynb" for place in PLACES)
    return next((path for path in paths if path.is_file()), None)


def lesson_cells(number: str, exercises: list[Exercise]) -> list[Cell] | None:
    """The cells of a lesson, or None if it is not here or lacks one of the exercises.

    Links to files beside it are plain text. What an exercise is worth is left out: the
    instructor says that.
    """
    path = notebook_of(number)
    if path is None:
        return None
    cells = load_cells(path)
    for one in cells:
        if one["cell_type"] == "markdown":
            one["source"] = LOCAL_LINK.sub(r"\1", one["source"])
        else:
            one["source"] = WORTH.sub(r"\1", one["source"], count=1)
    defined = {name for one in cells for name in defined_in(one)}
    return cells if all(e.name in defined for e in exercises) else None
