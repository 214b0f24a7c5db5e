"""The catalog: each exercise with its mistakes, and what the checker says of each.

What it says is not written here: every mutant is made and checked. That costs minutes,
so the verdicts are kept beside the executed notebooks, and made anew when the package
has changed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container
from concurrent.futures import ProcessPoolExecutor
from difflib import unified_diff
from pathlib import Path

from book.executed import package_digest
from book.lessons import index
from book.live import with_frames

from gan_numpy.exercises import all_exercises
from gan_numpy.exercises.base import Exercise, Mutant, build_mutant, split_source
from gan_numpy.exercises.stubs import stub_of
from gan_numpy.files import write_atomically
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits
from gan_numpy.stepping import names as stepped

Verdicts = dict[str, list[str]]
INTRODUCTION = """\
Every exercise with the mistakes that its check knows by name. Each of them was made on
purpose, in our own solution, and checked; what stands below it is what the checker
said. A mistake that is not recognized is never given a name. `gan-numpy exercises
--mutants` makes them all again, and prints which names they got.

The table says where a name occurs: {names} names for {count} mistakes.
"""


def changed_lines(exercise: Exercise, change: Mutant) -> str:
    """The lines that a mistake changes, before and after."""
    head, body = split_source(exercise.reference)
    before = (head + body).splitlines()
    after = (head + body.replace(change.old, change.new)).splitlines()
    lines = list(unified_diff(before, after, n=0, lineterm=""))[2:]
    return "\n".join(line for line in lines if not line.startswith("@@"))


def made(name: str) -> list[str]:
    """What the checker says of each mistake of an exercise, however long it looks."""
    exercise = all_exercises()[name]
    with searching(Limits(wall=600.0)):
        return [
            exercise.run({name: build_mutant(exercise, change)}, 0).text()
            for change in exercise.mutants
        ]


def verdicts(folder: Path | None, run: Container[str]) -> Verdicts:
    """What the checker says of every mutant, by exercise, in their order.

    Parameters
    ----------
    folder : Path or None
        Where verdicts are kept.
    run : container of str
        Exercises whose mutants are checked if their verdicts are not kept; the others
        have none.
    """
    said: Verdicts = {}
    for name in all_exercises():
        path = folder / f"verdicts-{name}.json" if folder else None
        if path is not None and path.is_file():
            kept = json.loads(path.read_text("utf-8"))
            if kept["package"] == package_digest():
                said[name] = kept["said"]
    missing = [name for name in all_exercises() if name in run and name not in said]
    with ProcessPoolExecutor(2) as pool:
        for name, texts in zip(missing, pool.map(made, missing)):
            said[name] = texts
            if folder is not None:
                content = json.dumps({"package": package_digest(), "said": texts})
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / f"verdicts-{name}.json"
                write_atomically(path, lambda file, c=content: file.write(c.encode()))
    return said


def label(exercise: str, k: int) -> str:
    """The name of a mistake's place."""
    return f"mistake-{exercise}-{k}"


def page_of(exercise: Exercise, lesson: str, said: list[str]) -> str:
    """An exercise: what is asked, the steps of our solution, the mistakes."""
    points = "1 point" if exercise.points == 1 else f"{exercise.points} points"
    lines = [
        f"# {exercise.name}",
        "",
        f"{exercise.title}: "
        f"[lesson {exercise.lesson}](/lessons/{lesson}.ipynb), {points}.",
        "",
        "```text",
        exercise.statement,
        "```",
        "",
        "## The stub",
        "",
        f"`gan-numpy exercises {exercise.name} --stub FILE.py` writes it to a file.",
        "",
        "```python",
        stub_of(exercise),
        "```",
        "",
    ]
    if exercise.name in stepped():
        lines += ["## Step by step", "", f"<!-- live: {exercise.name} -->", ""]
    lines += ["## Mistakes, and what is said of them", ""]
    for k, change in enumerate(exercise.mutants):
        lines += [f"({label(exercise.name, k)})=", f"### {', '.join(change.tags)}", ""]
        lines += ["```diff", changed_lines(exercise, change), "```", ""]
        if said:
            opening = ["```{code-block} text", ":class: verdict", ""]
            lines += [*opening, said[k], "```", ""]
    if not said:
        lines += ["This copy of the book was made without running the checks.", ""]
    return "\n".join(lines)


def table_of_names(exercises: dict[str, Exercise]) -> str:
    """Every name, and where a mistake has it."""
    places = defaultdict(list)
    for name, exercise in exercises.items():
        for k, change in enumerate(exercise.mutants):
            for tag in change.tags:
                places[tag].append(f"[`{name}`](#{label(name, k)})")
    rows = [f"| `{tag}` | {', '.join(places[tag])} |" for tag in sorted(places)]
    return "\n".join(["| name | mistakes |", "|---|---|", *rows])


def write_exercises(folder: Path, lessons: dict[str, str], said: Verdicts) -> None:
    """Write a page for each exercise, and the table of all names.

    Parameters
    ----------
    folder : Path
        The sources' folder.
    lessons : dict
        The name of a lesson's file by its number.
    said : dict
        The verdicts by exercise; empty if nothing is to be run.
    """
    place = folder / "exercises"
    place.mkdir(exist_ok=True)
    exercises = all_exercises()
    for name, exercise in exercises.items():
        text = page_of(exercise, lessons[exercise.lesson], said.get(name, []))
        (place / f"{name}.md").write_text(with_frames(text, up="../"), "utf-8")
    changes = [change for e in exercises.values() for change in e.mutants]
    names = {tag for change in changes for tag in change.tags}
    text = INTRODUCTION.format(names=len(names), count=len(changes))
    page = index("Exercises and mistakes", text, list(exercises))
    page += f"\n{table_of_names(exercises)}\n"
    (place / "index.md").write_text(page, "utf-8")
