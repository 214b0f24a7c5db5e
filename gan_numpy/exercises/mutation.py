r"""The mutation score: does each mistake fail its check, and get its own name?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gan_numpy.exercises.base import Exercise, Mutant, build_mutant, line_of


@dataclass(frozen=True)
class Outcome:
    """What the checker said of one mutant."""

    exercise: Exercise
    mutant: Mutant
    tags: tuple[str, ...]
    passed: bool
    lines: frozenset[int] = frozenset()

    @property
    def place(self) -> str:
        """ "there" if only the mistake's line is pointed at; "elsewhere", "nowhere".

        "among" if another line is named beside it, "" if it is not on one line.
        """
        at = line_of(self.exercise, self.mutant)
        if at is None or not self.lines:
            return "" if at is None else "nowhere"
        if at not in self.lines:
            return "elsewhere"
        return "there" if len(self.lines) == 1 else "among"

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
            lines = frozenset(p.line for f in result.findings for p in f.places)
            yield Outcome(exercise, change, result.tags, result.passed, lines)


def placed(places: Counter[str]) -> str:
    """How many mistakes of one line are pointed at, as a sentence."""
    there, among = places["there"], places["among"]
    elsewhere, nowhere = places["elsewhere"], places["nowhere"]
    return (
        f"of {there + among + elsewhere + nowhere} mistakes on one line the checker"
        f" points at {there} alone,\n"
        f"at {among} beside another line, elsewhere for {elsewhere},"
        f" nowhere for {nowhere}"
    )


def table(exercises: Iterable[Exercise], seed: int = 0) -> tuple[str, int, int]:
    """The mutation table as text, how many got their name, and of how many."""
    lines, named, total = [], 0, 0
    places: Counter[str] = Counter()
    for o in outcomes(exercises, seed):
        total += 1
        named += o.named
        places[o.place] += 1
        mark = "ok" if o.named else ("PASSED" if o.passed else "MISNAMED")
        new = " ".join(o.mutant.new.split()) or "(nothing)"
        lines.append(f"{o.exercise.name:28} {' '.join(o.mutant.tags):32} {mark}")
        if not o.named:
            lines.append(f"    {' '.join(o.mutant.old.split())} -> {new}")
            lines.append(f"    named {' '.join(o.tags) or 'nothing'}")
    lines.append(placed(places))
    lines.append(f"{named} of {total} mutants fail with their own name")
    return "\n".join(lines), named, total
