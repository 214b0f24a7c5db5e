"""The lessons' questions in a hand-in: read as text, graded, worth points if wanted."""

from __future__ import annotations

import ast
import csv
import json
from pathlib import Path

import pytest
from hostile import LIMITS

from gan_numpy.files import make_directory, write_text
from gan_numpy.grading.feedback import write_feedback
from gan_numpy.grading.grader import Task, failed_record, grade
from gan_numpy.grading.questions import LONGEST, add_answers, answers_in, graded
from gan_numpy.grading.report import grades_of, write_grades
from gan_numpy.grading.submissions import Handin
from gan_numpy.grading.summary import write_summary
from gan_numpy.lesson.bank import QUESTIONS

LESSON = Path(__file__).parents[2] / "lessons" / "07_dirac_gan.ipynb"
OF_07 = [name for name in QUESTIONS if name.startswith("07")]


@pytest.mark.parametrize(
    "source, found",
    [
        ('lesson.ask("00-tenth", 100.0)', {"00-tenth": "100.0"}),
        ('ask("00-tenth", answer=-1)', {"00-tenth": "-1"}),
        ('ask("00-tenth", ...)', {"00-tenth": ""}),
        ('ask("00-tenth")', {"00-tenth": ""}),
        ('if x:\n    ask("00-best", "(3*eps)**.5")', {"00-best": "(3*eps)**.5"}),
        ('ask("a", 1)\nask("a", ...)', {"a": "1"}),
        ('ask("a", 1)\nask("a", 2)', {"a": "2"}),
        ('ask("a", 2 * np.sqrt(3))', {"a": "2 * np.sqrt(3)"}),
        ('ask("a", "' + "1" * 999 + '")', {"a": "1" * (LONGEST + 1)}),
        ("ask(name, 1)\nask()\nother('a', 1)\nask(7, 1)", {}),
    ],
)
def test_what_is_written_is_read(source, found):
    assert answers_in(ast.parse(source).body) == found


@pytest.mark.parametrize(
    "answer, state",
    [
        ("100", "right"),
        ("10 ** 2", "right"),
        ("1e4 / np.sqrt(1e4)", "right"),
        ("math.exp(4.60517)", "right"),
        ("10", "wrong"),
        ("", "not attempted"),
        ("9**9**9**9", "wrong"),
        ("__import__('os').system('x')", "wrong"),
        ("[100][0]", "wrong"),
        ("(" * 299, "wrong"),
        ("1" * 301, "wrong"),
        ("1j", "wrong"),
    ],
)
def test_a_number_may_be_written_as_a_formula_and_nothing_else_is(answer, state):
    assert graded({"00-tenth": answer})["00-tenth"]["state"] == state


def test_every_question_of_the_lessons_is_graded():
    right = graded({q.name: str(q.answer) for q in QUESTIONS.values()})
    assert {entry["state"] for entry in right.values()} == {"right"}
    assert right.keys() == QUESTIONS.keys()
    assert graded({"99-none": "1"}) == {}


def test_the_first_file_with_an_answer_counts_and_no_lie_breaks_anything():
    record = {"questions": {}}
    for file, answers in (("a", {"00-tenth": ""}), ("b", {"00-tenth": "100"})):
        add_answers(record, answers, file)
    add_answers(record, {"00-tenth": "3"}, "c")
    assert record["questions"]["00-tenth"]["state"] == "right"
    assert record["questions"]["00-tenth"]["file"] == "b"
    for lie in (None, 7, ["00-tenth"], {"00-tenth": {"a": 1}, 3: "x"}):
        add_answers(record, lie, "d")


def handed_in(answers):
    """The lesson as its student gets it, with some answers in the place of dots."""
    book = json.loads(LESSON.read_text("utf-8"))
    for one in book["cells"]:
        for name, answer in answers.items():
            if f'lesson.ask("{name}"' in "".join(one["source"]):
                one["source"] = f'lesson.ask("{name}", {answer!r})'
    return json.dumps(book).encode()


def test_a_lesson_that_is_handed_in_has_its_answers_graded(tmp_path):
    """Also without any exercise solved; a wrong one says why."""
    first, second, _ = OF_07
    answers = {first: QUESTIONS[first].answer, second: "1"}
    content = ((LESSON.name, handed_in(answers)),)
    record = grade(Handin("ann", content, ()), Task(limits=LIMITS, weak=True))
    states = {name: entry["state"] for name, entry in record["questions"].items()}
    assert states == dict(zip(OF_07, ("right", "wrong", "not attempted")))
    assert record["exercises"]["dirac_step"]["state"] == "not attempted"
    write(tmp_path, record)
    silent = grades_of(tmp_path, ["dirac_step"], {"dirac_step": 2})
    assert silent.possible == 2 and silent.rows[0].total == 0
    grades = grades_of(tmp_path, ["dirac_step"], {"dirac_step": 2}, question=0.5)
    assert grades.possible == 3.5 and grades.rows[0].total == 0.5
    write_grades(tmp_path, grades)
    (row,) = csv.DictReader((tmp_path / "grades.csv").read_text().splitlines())
    assert [row[name] for name in OF_07] == ["0.5", "0", "0"]
    assert f"{second}: wrong" in row["remarks"]
    for counted, table in ((silent, 0), (grades, 1)):
        write_feedback(tmp_path, counted)
        for suffix in ("md", "html"):
            page = (tmp_path / f"feedback/ann.{suffix}").read_text("utf-8")
            assert f"Question {second}: " in page and "lesson 07" in page
            assert (f"{OF_07[2]}" in page) == bool(table)
    write_summary(tmp_path, grades)
    assert f"| {first} | 1 | 0 |" in (tmp_path / "summary.md").read_text("utf-8")


def write(out, *records):
    make_directory(out / "results")
    for record in records:
        text = json.dumps(record)
        write_text(out / "results" / f"{record['student']}.json", text)


def test_records_of_before_and_failures_have_no_answers(tmp_path):
    old = {
        "student": "old", "problems": [], "missing": [],
        "exercises": {"dirac_step": {"state": "right", "findings": [], "reasons": []}},
    }  # fmt: skip
    write(tmp_path, old, failed_record("lost", "no memory"))
    grades = grades_of(tmp_path, ["dirac_step"], {}, question=1)
    assert [row.total for row in grades.graded] == [2]
    assert f"{OF_07[0]}: missing" in grades.graded[0].reasons
