r"""An assignment: exercises, what each is worth, a seed that students do not know."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from gan_numpy.errors import UserError
from gan_numpy.exercises.base import Exercise
from gan_numpy.exercises.limited import ALL
from gan_numpy.exercises.registry import NAMES
from gan_numpy.exercises.variants import exercise_of
from gan_numpy.files import write_text


@dataclass(frozen=True)
class Assignment:
    """What is handed out.

    Attributes
    ----------
    name : str
    points : dict
        Exercise to points; which exercises there are.
    seed : int
        Of the hidden inputs.
    hints : int
        How many stages of hints students may see, also in feedback.
    variants : str
        The secret from which each student's variants follow; empty if all get the same.
    """

    name: str
    points: dict[str, float]
    seed: int
    hints: int = ALL
    variants: str = ""

    def exercises(self, student: str = "") -> list[Exercise]:
        """In the order of the lessons; those of a student where they differ."""
        secret = self.variants if student else ""
        return [exercise_of(n, student, secret) for n in NAMES if n in self.points]

    def lessons(self, student: str = "") -> dict[str, list[Exercise]]:
        """The exercises by lesson: "03" to a list."""
        found: dict[str, list[Exercise]] = {}
        for exercise in self.exercises(student):
            found.setdefault(exercise.lesson, []).append(exercise)
        return dict(sorted(found.items()))

    def as_json(self) -> str:
        """The content of ``assignment.json``."""
        about = {"name": self.name, "points": self.points, "seed": self.seed}
        about["hints"] = self.hints
        about |= {"variants": self.variants} if self.variants else {}
        return json.dumps(about, indent=1) + "\n"

    def save(self, path: Path) -> None:
        """Write ``assignment.json``."""
        write_text(path, self.as_json())


def load_assignment(path: Path) -> Assignment:
    """Read what `Assignment.save` has written.

    Raises
    ------
    UserError
        If it is missing or damaged, or names an exercise that there is not.
    """
    try:
        about = json.loads(path.read_bytes())  # with a byte order mark or without
        points = {str(k): float(v) for k, v in about["points"].items()}
        seed, hints = int(about["seed"]), int(about.get("hints", ALL))
        secret = str(about.get("variants", ""))
        assignment = Assignment(str(about["name"]), points, seed, hints, secret)
    except (
        *(OSError, ValueError, TypeError, KeyError, AttributeError),
        RecursionError,
    ) as error:
        reason = f"{type(error).__name__}: {error}"
        raise UserError(f"{path} is no assignment.json ({reason})") from None
    unknown = sorted(set(points) - set(NAMES))
    if unknown:
        raise UserError(f"{path}: no exercise {unknown[0]!r}")
    return assignment
