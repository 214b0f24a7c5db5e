r"""The mutation score: does each mistake fail its check, and get its own name?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gan_numpy.exercises.base import Exercise, Mutant, build_mutant


@dataclass(frozen=True)
class Outcome:
    """What the checker said of one mutant."""

    exercise: Exercise
    mutant: Mutant
    tags: tuple[str, ...]
    passed: bool

    @property
    def named(self) -> bool:
        """It fails, with the names it must have and no others."""
        return not self.passed and set(self.tags) == set(self.mutant.tags)


def outcomes(exercises: Iterable[Exercise], seed: int = 0) -> Iterator[Outcome]:
    """Check every mutant of every exercise."""
    for exercise in exercises:
        for change in exercise.mutants:
            wrong = build_mutant(exercise, change)
            result = exercise.run({exercise.name: wrong}, seed)
            yield Outcome(exercise, change, result.tags, result.passed)


def table(exercises: Iterable[Exercise], seed: int = 0) -> tuple[str, int, int]:
    """The mutation table as text, how many got their name, and of how many."""
    lines, named, total = [], 0, 0
    for o in outcomes(exercises, seed):
        total += 1
        named += o.named
        mark = "ok" if o.named else ("PASSED" if o.passed else "MISNAMED")
        new = " ".join(o.mutant.new.split()) or "(nothing)"
        lines.append(f"{o.exercise.name:28} {' '.join(o.mutant.tags):32} {mark}")
        if not o.named:
            lines.append(f"    {' '.join(o.mutant.old.split())} -> {new}")
            lines.append(f"    named {' '.join(o.tags) or 'nothing'}")
    lines.append(f"{named} of {total} mutants fail with their own name")
    return "\n".join(lines), named, total
