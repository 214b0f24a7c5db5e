"""``gan-numpy grade SUBMISSIONS``: grades, feedback, and what was misunderstood."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from gan_numpy.cli.options import not_negative, positive_number, whole_number
from gan_numpy.capabilities import need_processes
from gan_numpy.errors import UserError


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "grade",
        help="grade a class: each submission in a sandbox of its own",
        description=(
            "Grade every .py file, notebook or folder in SUBMISSIONS; each stands for"
            " one student. Nothing of it can alter the check. A second run grades"
            " only what has changed."
        ),
    )
    parser.add_argument("submissions", metavar="SUBMISSIONS", type=Path)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("grades"),
        metavar="DIR",
        help="grades.csv, grades.json, feedback, summary (default: grades)",
    )
    parser.add_argument(
        "--lesson",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="lessons or exercises that count (default: all that anybody hands in)",
    )
    parser.add_argument(
        "--assignment",
        type=Path,
        metavar="FILE",
        help="assignment.json of 'gan-numpy assign': exercises, points and seed",
    )
    parser.add_argument(
        "--points",
        nargs="+",
        action="extend",
        type=points_of_one,
        default=[],
        metavar="NAME=VALUE",
        help="points of an exercise",
    )
    parser.add_argument(
        "--seed",
        type=whole_number(0),
        metavar="S",
        help="of the hidden inputs (default: drawn at random, kept in DIR)",
    )
    parser.add_argument(
        "--allow",
        nargs="+",
        action="extend",
        default=[],
        metavar="MODULE",
        help="further modules that may be imported",
    )
    parser.add_argument(
        "--jobs",
        type=whole_number(1, 1024),
        metavar="N",
        help="processes (default: one for each core)",
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="grade on a Dask cluster"
    )
    parser.add_argument(
        "--hints", type=whole_number(0, 4), default=1, metavar="N", help="in feedback"
    )
    parser.add_argument(
        "--timeout",
        type=positive_number,
        default=10.0,
        metavar="S",
        help="seconds for one exercise (default: 10)",
    )
    parser.add_argument(
        "--memory",
        type=whole_number(64),
        default=1024,
        metavar="MB",
        help="memory of a submission (default: 1024)",
    )
    parser.add_argument(
        "--max-size",
        type=whole_number(1, 4096),
        default=20,
        metavar="MB",
        help="what a student may hand in (default: 20)",
    )
    parser.add_argument(
        "--allow-differences",
        action="store_true",
        help="points also for gradients that are measured, not derived",
    )
    parser.add_argument(
        "--partial",
        action="store_true",
        help="a share of the points for the arrays that are right (dx, dW, db)",
    )
    parser.add_argument(
        "--questions",
        type=not_negative,
        default=0.0,
        metavar="POINTS",
        help="what each question of the lessons is worth (default: 0)",
    )
    parser.add_argument(
        "--lessons",
        metavar="URL",
        default="",
        help="where the lessons' notebooks are: feedback links to them",
    )
    parser.add_argument(
        "--weak-sandbox",
        action="store_true",
        help="go on where the system has no name spaces",
    )
    parser.add_argument(
        "--again", action="store_true", help="grade also what has not changed"
    )
    parser.set_defaults(run=run)


def points_of_one(text: str) -> tuple[str, float]:
    """An argparse type: ``dense_backward=4``."""
    name, _, value = text.partition("=")
    if not value:
        raise argparse.ArgumentTypeError(f"{text!r}: expected NAME=VALUE")
    return name, not_negative(value)


def run(args: argparse.Namespace) -> int:
    """Grade, report, and say where it is."""
    need_processes("gan-numpy grade")
    from gan_numpy.grading.course import grade_class
    from gan_numpy.grading.feedback import write_feedback
    from gan_numpy.grading.nursery import NotGraded
    from gan_numpy.grading.report import grades_of, write_grades
    from gan_numpy.grading.summary import head, sentences, write_summary

    task, points = task_of(args)
    jobs = args.jobs or os.cpu_count() or 1
    how = (jobs, args.scheduler, args.max_size, args.again)
    try:
        graded, kept = grade_class(args.submissions, args.out, task, *how)
    except NotGraded as error:
        print(f"gan-numpy: error: {error}", file=sys.stderr)
        return 1
    grades = grades_of(args.out, task.exercises, points, args.partial, args.questions)
    write_grades(args.out, grades)
    write_feedback(args.out, grades, args.hints, args.lessons)
    summary = write_summary(args.out, grades)
    for what in grades.missing:
        print(f"gan-numpy: warning: sandbox: {what}", file=sys.stderr)
    failures = grades.failures
    if failures:
        many = f"{len(failures)} of {len(grades.rows)} submissions"
        print(f"gan-numpy: error: {many} {failures[0]}", file=sys.stderr)
    print(f"graded {graded}, unchanged {kept}")
    print(head(summary, grades))
    for line in sentences(summary)[:5]:
        print(f"  {line}")
    print(args.out / "grades.csv")
    return 1 if failures else 0


def task_of(args: argparse.Namespace) -> tuple[Any, dict[str, float]]:
    """What to grade, and the points."""
    from gan_numpy.cli.exercises import choose
    from gan_numpy.exercises.registry import NAMES
    from gan_numpy.grading.assignment import load_assignment
    from gan_numpy.grading.course import recorded_seed
    from gan_numpy.grading.forbidden import ALLOWED, LIBRARY
    from gan_numpy.grading.grader import Task
    from gan_numpy.grading.sandbox import Limits

    wanted = {e.name for name in args.lesson for e in choose(name)}
    points, seed, secret = {}, recorded_seed(args.out), ""
    if args.assignment is not None:
        assignment = load_assignment(args.assignment)
        points, seed = dict(assignment.points), assignment.seed
        args.hints = min(args.hints, assignment.hints)
        secret = assignment.variants
        wanted = wanted or set(assignment.points)
    for name, value in args.points:
        choose(name)
        points[name] = value
    if LIBRARY in args.allow:
        raise UserError(f"--allow {LIBRARY}: it holds the solutions")
    limits = Limits(seconds=args.timeout, memory=args.memory)
    exercises = tuple(n for n in NAMES if n in wanted)
    allowed = tuple(dict.fromkeys((*ALLOWED, *args.allow)))
    seed = seed if args.seed is None else args.seed
    how = {"differences": args.allow_differences, "weak": args.weak_sandbox}
    return Task(exercises, seed, allowed, limits, variants=secret, **how), points
