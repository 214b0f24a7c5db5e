r"""What the class has understood, and what it has not: counts by diagnosis."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gan_numpy.files import write_atomically, write_text
from gan_numpy.grading.course import load_records
from gan_numpy.grading.feedback import STYLE, VIEWPORT
from gan_numpy.grading.grader import FLAGGED, MISSING, RIGHT, STUB, UNREADABLE, WRONG
from gan_numpy.grading.pairs import same_numbers
from gan_numpy.grading.report import Grades, entry_of, number, state_of

STATES = {
    RIGHT: "#4c9f50",
    WRONG: "#d95f4c",
    UNREADABLE: "#a04000",
    FLAGGED: "#7b4fa3",
    STUB: "#bbbbbb",
    MISSING: "#e6e6e6",
}
SAME = "The same unusual wrong numbers"
SHOWN = 12  # diagnoses in the figure
UNNAMED = {"not-recognized", "factor-unrecognized"}


@dataclass
class Summary:
    """Counts over a class.

    Attributes
    ----------
    students : int
    states : dict
        Exercise to a counter of its states.
    diagnoses : counter
        (exercise, tag) to the number of students.
    says : dict
        (exercise, tag) to what the checker says of it.
    reasons : counter
        Reasons for flags.
    """

    students: int
    states: dict[str, Counter[str]]
    diagnoses: Counter[tuple[str, str]] = field(default_factory=Counter)
    says: dict[tuple[str, str], str] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    pairs: list[str] = field(default_factory=list)


def summarize(out: Path, grades: Grades) -> Summary:
    """Count over all records."""
    summary = Summary(len(grades.graded), {n: Counter() for n in grades.parts})
    records = list(load_records(out))
    summary.pairs = [plain(says) for says in same_numbers(records)]
    for record in records:
        if "failed" in record:
            continue
        for name in grades.parts:
            summary.states[name][state_of(record, name)] += 1
            entry = entry_of(record, name)
            for tag, says in diagnoses(entry):
                summary.diagnoses[name, tag] += 1
                summary.says.setdefault((name, tag), says)
            if entry.get("state") == FLAGGED:
                summary.reasons.update({f"{name}: {entry['reasons'][0]}"})
    return summary


def diagnoses(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each tag of one exercise once, with what was said of it.

    A mistake that has a name in one array spoils others, where it may have none: what
    is not recognized counts only where nothing is.
    """
    seen = set()
    findings = entry.get("findings", [])
    named = [f for f in findings if not set(f["tags"]) <= UNNAMED]
    for finding in named or findings:
        for tag in finding["tags"]:
            if tag not in seen:
                seen.add(tag)
                yield tag, finding["says"].split("\n")[0]


def sentences(summary: Summary) -> list[str]:
    """``14 of 30: mean-missing in dense_backward (a factor 7: ...)``"""
    lines = []
    for (name, tag), count in summary.diagnoses.most_common():
        says = summary.says[name, tag]
        lines.append(f"{count} of {summary.students}: {tag} in {name} ({says[:160]})")
    return lines


def write_summary(out: Path, grades: Grades) -> Summary:
    """Write ``summary.md``, ``summary.html`` and ``summary.png``."""
    summary = summarize(out, grades)
    write_text(out / "summary.md", as_markdown(summary, grades))
    write_text(out / "summary.html", as_html(summary, grades))
    if grades.graded and grades.exercises:
        figure = draw(summary)
        write_atomically(
            out / "summary.png", lambda file: figure.savefig(file, dpi=120)
        )
    return summary


def head(summary: Summary, grades: Grades) -> str:
    """``30 students, 41.5 of 60 points on average``"""
    totals = [row.total for row in grades.graded]
    mean = sum(totals) / len(totals) if totals else 0.0
    s = "" if summary.students == 1 else "s"
    return (
        f"{summary.students} student{s}, {mean:.1f} of {number(grades.possible)} points"
        " on average"
    )


def table(summary: Summary) -> list[list[str]]:
    """A line for each exercise: how many are right, wrong, ..."""
    return [
        [name, *(str(counts[state]) for state in STATES)]
        for name, counts in summary.states.items()
    ]


def as_markdown(summary: Summary, grades: Grades) -> str:
    """The page as Markdown."""
    lines = [f"# {head(summary, grades)}", "", "![Summary](summary.png)", ""]
    lines += ["| exercise | " + " | ".join(STATES) + " |", "|---" * 7 + "|"]
    lines += ["| " + " | ".join(cells) + " |" for cells in table(summary)]
    lines += ["", "## What was misunderstood", ""]
    lines += [f"- {plain(s)}" for s in sentences(summary)] or ["Nothing."]
    if summary.reasons:
        flags = [f"- {n}: {plain(r)}" for r, n in summary.reasons.most_common()]
        lines += ["", "## Flagged", "", *flags]
    if summary.pairs:
        lines += ["", f"## {SAME}", "", *(f"- {p}" for p in summary.pairs)]
    if grades.missing:
        walls = [f"- {m}" for m in grades.missing]
        lines += ["", "## What the sandbox could not do on this machine", "", *walls]
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Text of a student's on one line, without Markdown or HTML."""
    return "".join(c if c not in "`<>|[]\n" else " " for c in text)


def as_html(summary: Summary, grades: Grades) -> str:
    """The page as HTML."""
    cells = "".join(f"<th>{state}" for state in STATES)
    rows = ["<tr>" + "".join(f"<td>{c}" for c in line) for line in table(summary)]
    said = [f"<li>{html.escape(s)}" for s in sentences(summary)]
    flags = [f"<li>{n}: {html.escape(r)}" for r, n in summary.reasons.most_common()]
    walls = [f"<li>{html.escape(m)}" for m in grades.missing]
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"{VIEWPORT}<title>Summary</title>",
        f"<style>{STYLE}img{{max-width:100%}}</style><h1>{head(summary, grades)}</h1>",
        '<img src="summary.png" alt="How many are right, and the most frequent'
        ' mistakes">',
        f"<table><tr><th>exercise{cells}",
        *rows,
        "</table><h2>What was misunderstood</h2><ul>",
        *said,
        "</ul>",
    ]
    pairs = [f"<li>{html.escape(p)}" for p in summary.pairs]
    for title, lines in (
        ("Flagged", flags),
        (SAME, pairs),
        ("What the sandbox could not do", walls),
    ):
        if lines:
            parts += [f"<h2>{title}</h2><ul>", *lines, "</ul>"]
    return "\n".join([*parts, "</html>"]) + "\n"


def draw(summary: Summary) -> Any:
    """Bars: the states of each exercise; the most frequent diagnoses."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = list(summary.states)[::-1]
    common = summary.diagnoses.most_common(SHOWN)[::-1]
    heights = [len(names) + 1, max(1.4 * len(common), 1)]
    size = (9, 2 + 0.36 * sum(heights))
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, height_ratios=heights)
    left = [0] * len(names)
    for state, color in STATES.items():
        counts = [summary.states[n][state] for n in names]
        if not any(counts):
            continue
        bars = above.barh(names, counts, left=left, color=color, label=state)
        dark = state in (RIGHT, WRONG, UNREADABLE, FLAGGED)
        above.bar_label(
            bars,
            [str(count) if count else "" for count in counts],
            label_type="center",
            color="white" if dark else "black",
        )
        left = [a + b for a, b in zip(left, counts, strict=True)]
    above.set_title(f"{summary.students} students", fontsize=13)
    figure.legend(ncols=3, loc="outside upper center", frameon=False, fontsize=11)
    labels = [f"{tag} in {name}" for (name, tag), _ in common]
    bars = below.barh(range(len(common)), [n for _, n in common], color=STATES[WRONG])
    below.bar_label(bars, padding=3, fontsize=11)
    below.set_yticks(range(len(common)), labels, fontsize=11, parse_math=False)
    title = "what was misunderstood, by students" if common else "no mistakes"
    below.set_title(title, fontsize=13)
    above.tick_params(axis="y", labelsize=11)
    for axes in (above, below):
        axes.set_xlim(0, max(summary.students, 1))
        axes.set_xticks([])
        axes.spines[["top", "right", "bottom"]].set_visible(False)
    return figure
