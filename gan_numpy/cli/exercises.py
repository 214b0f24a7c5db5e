"""``gan-numpy exercises [NAME]``: list the exercises, show one, write a stub."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gan_numpy.errors import UserError


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "exercises",
        help="list the exercises, show one, write a stub",
        description=(
            "List all exercises; show one by its NAME, or those of a lesson by its"
            " number; write their stubs to a file."
        ),
    )
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="an exercise, or a lesson: 02"
    )
    parser.add_argument("--stub", type=Path, metavar="FILE", help="write a .py stub")
    parser.add_argument(
        "--force", action="store_true", help="let --stub replace an existing file"
    )
    parser.add_argument(
        "--mutants",
        action="store_true",
        help="make every mistake on purpose and print what the checker calls it",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List, show, write or mutate."""
    from gan_numpy.exercises.mutation import table

    chosen = choose(args.name)
    if args.mutants:
        text, named, total = table(chosen)
        print(text)
        return 0 if named == total else 1
    if args.stub is not None:
        write_stub(args.stub, chosen, args.force)
        print(args.stub)
        return 0
    if args.name is None:
        for exercise in chosen:
            print(f"{exercise.lesson}  {exercise.name:28} {exercise.title}")
        return 0
    print("\n\n".join(described(exercise) for exercise in chosen))
    return 0


def choose(name: str | None) -> list[Any]:
    """All exercises, one by name, or those of a lesson.

    Raises
    ------
    UserError
        If there is none of that name.
    """
    from gan_numpy.exercises.registry import all_exercises

    every = all_exercises()
    if name is None:
        return list(every.values())
    if name in every:
        return [every[name]]
    of_lesson = [e for e in every.values() if e.lesson == name.zfill(2)]
    if of_lesson:
        return of_lesson
    from difflib import get_close_matches

    near = get_close_matches(name, every, 1)
    also = (
        f"; did you mean {near[0]}?" if near else "; 'gan-numpy exercises' lists them"
    )
    raise UserError(f"no exercise {name!r}{also}")


def described(exercise: Any) -> str:
    """Title, statement, signature, what is given and how much it counts."""
    lines = [
        f"{exercise.name}: {exercise.title}",
        f"lesson {exercise.lesson}, {exercise.points} points",
        "",
        exercise.statement,
        "",
        f"def {exercise.signature}",
        "",
        *(exercise.reference.__doc__ or "").strip().split("\n"),
    ]
    given = ", ".join(f.__name__ for f in exercise.given)
    return "\n".join(lines) + (f"\n\nGiven: {given}" if given else "")


def write_stub(path: Path, exercises: list[Any], force: bool) -> None:
    """Write the stubs to a new file.

    Raises
    ------
    UserError
        If the file exists and ``force`` is not given, or cannot be written.
    """
    from gan_numpy.exercises.stubs import stub_file
    from gan_numpy.files import write_atomically

    if path.suffix.lower() != ".py":
        raise UserError(f"{path}: a stub is Python source, expected a name in .py")
    if path.exists() and not force:
        raise UserError(f"{path} exists; choose another name, or --force to replace it")
    content = stub_file(exercises).encode()
    write_atomically(path, lambda file: file.write(content))
