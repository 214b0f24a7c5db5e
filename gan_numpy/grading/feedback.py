r"""One page for each student: what is right, what is wrong, and what kind of wrong."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan_numpy.exercises.registry import STEMS, get_exercise
from gan_numpy.exercises.answers import shown
from gan_numpy.files import make_directory, write_text
from gan_numpy.grading.course import file_name, load_records
from gan_numpy.grading.grader import RIGHT, STUB, one_line
from gan_numpy.grading.report import Grades, Row, entry_of, number, state_of
from gan_numpy.grading.texts import line, plain

FOLDER = "feedback"
# A page for a phone is as wide as the phone.
VIEWPORT = '<meta name="viewport" content="width=device-width,initial-scale=1">'
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:50em;margin:1em auto;padding:0 1em;"
    "overflow-wrap:anywhere}"
    "pre{background:#f4f4f4;padding:.8em;white-space:pre-wrap;overflow-wrap:anywhere}"
    "td,th{text-align:left;vertical-align:top;padding:.2em .8em .2em 0}"
    "td:last-child{white-space:nowrap}"
    ".right{color:#2a7d2a}.wrong,.flagged,.unreadable{color:#b3261e}"
)


def write_feedback(
    out: Path, grades: Grades, hints: int = 0, lessons: str = ""
) -> None:
    """Write ``feedback/STUDENT.md`` and ``.html`` for everybody who is graded.

    ``lessons`` is the address of the lessons' folder, to which the pages then link.
    """
    make_directory(out / FOLDER)
    rows = {row.student: row for row in grades.graded}
    wanted = {file_name(name, kind) for name in rows for kind in (".md", ".html")}
    for old in (out / FOLDER).iterdir():
        if old.name not in wanted and old.suffix in (".md", ".html"):
            old.unlink()
    for record in load_records(out):
        row = rows.get(record["student"])
        if row is None:
            continue
        parts = list(sections(record, grades, hints))
        for suffix, page in ((".md", markdown), (".html", as_html)):
            text = plain(page(record, row, grades, parts, lessons))
            write_text(out / FOLDER / file_name(row.student, suffix), text)


def sections(
    record: Mapping[str, Any], grades: Grades, hints: int
) -> list[tuple[str, str, str]]:
    """For each exercise: its name, its state, and what there is to say."""
    found = []
    for name in [*grades.exercises, *asked(record, grades)]:
        entry = entry_of(record, name)
        if "texts" in entry:
            says = shown(entry, hints)
        else:
            says = "\n".join(entry.get("reasons", []))
        if not says and entry["state"] != STUB:
            what = "answer to" if is_question(name) else "function"
            says = f"There is no {what} {name} in what was handed in."
        found.append((name, entry["state"], says))
    return found


def asked(record: Mapping[str, Any], grades: Grades) -> list[str]:
    """The questions that count; where none does, those that are answered."""
    answers = record.get("questions", {})
    return [*grades.questions] or [n for n in answers if answers[n]["state"] != STUB]


def is_question(name: str) -> bool:
    """Of a lesson, "02-line", and not an exercise."""
    return name[:2].isdigit()


def title_of(name: str) -> str:
    """What the part of a page about an exercise or a question is called."""
    return f"Question {name}" if is_question(name) else get_exercise(name).title


Parts = list[tuple[str, str, str]]


def lesson_of(name: str, lessons: str) -> tuple[str, str]:
    """What the lesson of an exercise is called, and its address if there is one."""
    number = name[:2] if is_question(name) else get_exercise(name).lesson
    address = f"{lessons.rstrip('/')}/{STEMS[number]}.ipynb" if lessons else ""
    return f"lesson {number}", address


def markdown(
    record: Mapping[str, Any], row: Row, grades: Grades, parts: Parts, lessons: str = ""
) -> str:
    """The page as Markdown."""
    total = f"{number(row.total)} of {number(grades.possible)} points"
    lines = [
        f"# {escaped(line(row.student))}: {total}",
        "",
        "| exercise | | points |",
        "|---|---|---|",
    ]
    for name, value in grades.parts.items():
        score = f"{number(row.points[name])} of {number(value)}"
        lines.append(f"| {name} | {state_of(record, name)} | {score} |")
    lines += [""] + [f"- {escaped(one_line(p))}" for p in record["problems"]]
    for name, state, says in parts:
        text, address = lesson_of(name, lessons)
        where = f"[{text}]({address})" if address else text
        lines += ["", f"## {title_of(name)}: {state}", "", f"See {where}."]
        if says:
            fence = "`" * (3 + max(map(len, re.findall("`+", says)), default=0))
            lines += ["", fence + "text", says, fence]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown does not take for its own."""
    return re.sub(r"([\\`*_{}\[\]<>#|&])", r"\\\1", text)


def as_html(
    record: Mapping[str, Any], row: Row, grades: Grades, parts: Parts, lessons: str = ""
) -> str:
    """The page as HTML, with nothing to load from elsewhere."""
    name_of = html.escape(line(row.student))
    total = f"{number(row.total)} of {number(grades.possible)} points"
    lines = [
        "<!doctype html>",
        f'<html lang="en"><meta charset="utf-8">{VIEWPORT}<title>{name_of}</title>',
        f"<style>{STYLE}</style>",
        f"<h1>{name_of}: {total}</h1>",
        "<table><tr><th>exercise<th><th>points",
    ]
    for name, value in grades.parts.items():
        state, score = state_of(record, name), number(row.points[name])
        color = state.replace(" ", "-")
        lines.append(
            f'<tr><td>{name}<td class="{color}">{state}<td>{score} of {number(value)}'
        )
    lines.append("</table>")
    problems = [f"<li>{html.escape(one_line(p))}" for p in record["problems"]]
    lines += ["<ul>", *problems, "</ul>"] if problems else []
    for name, state, says in parts:
        color = RIGHT if state == RIGHT else "wrong"
        title = html.escape(title_of(name))
        lines.append(f'<h2>{title}: <span class="{color}">{state}</span></h2>')
        text, address = lesson_of(name, lessons)
        link = f'<a href="{html.escape(address, quote=True)}">{text}</a>'
        lines.append(f"<p>See {link if address else text}.")
        if says:
            lines.append(f"<pre>{html.escape(says)}</pre>")
    return "\n".join([*lines, "</html>"]) + "\n"
