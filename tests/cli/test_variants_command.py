"""``assign --variants`` and ``grade``, from a list of students to their grades."""

from __future__ import annotations

import csv
import json
import re
import shutil

import pytest

ODD = """    x, W = cache
    return x * 0 + 0.7, W * 0.3 + 0.11, W.sum(axis=0) * 0.5 + 0.2
"""


def test_each_gets_another_and_is_graded_by_it(cli, tmp_path):
    students = ["ann", "bob", "Cid Dee", "eve", "fay"]
    (tmp_path / "class.txt").write_text("\n".join(students) + "\n")
    code, out, err = cli(
        "assign", "dropout_backward", "dense_backward", "--out", "hw",
        "--variants", "class.txt", "--seed", 3,
    )  # fmt: skip
    assert code == 0, err
    student = tmp_path / "hw" / "student"
    assert {p.name for p in student.iterdir()} == set(students)
    texts = {(student / s / "lesson03.py").read_text("utf-8") for s in students}
    assert len(texts) > 1
    about = json.loads((tmp_path / "hw" / "instructor" / "assignment.json").read_text())
    assert len(about["variants"]) == 32
    assert about["variants"] not in "".join(texts)
    handed = tmp_path / "in"
    handed.mkdir()
    for name in students[:3]:
        (handed / name).mkdir()
        for lesson in ("lesson02", "lesson03"):
            solved = tmp_path / "hw" / "instructor" / name / f"{lesson}_solution.ipynb"
            shutil.copy(solved, handed / name / f"{lesson}.ipynb")
    for name in students[3:]:
        text = (student / name / "lesson02.py").read_text("utf-8")
        body = re.sub(r'    raise NotImplementedError\("dense.*\n', ODD, text)
        body = re.sub(r"\b(dense_backward\()\s*dy[^)]*\)", r"\1dy, cache)", body)
        (handed / f"{name}.py").write_text(body, "utf-8")
    code, out, err = cli(
        "grade", "in", "--assignment", "hw/instructor/assignment.json", "--out", "g",
        "--weak-sandbox", "--jobs", 1,
    )  # fmt: skip
    assert code == 0, err
    with open(tmp_path / "g" / "grades.csv", newline="", encoding="utf-8-sig") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert set(rows) == set(students)
    for name in students[:3]:
        assert float(rows[name]["dense_backward"]) == 2, rows[name]
        assert float(rows[name]["dropout_backward"]) == 2, rows[name]
    assert float(rows["eve"]["dense_backward"]) == 0
    result = json.loads((tmp_path / "g" / "results" / "ann.json").read_text("utf-8"))
    codes = {e["variant"] for e in result["exercises"].values()}
    assert all("." in code for code in codes)


def test_two_who_share_odd_numbers_stand_in_the_summary(cli, tmp_path):
    handed = tmp_path / "in"
    handed.mkdir()
    whole = "import numpy as np\ndef relu_backward(dy, cache):\n    return {}\n"
    for name, right in {
        "ann": "dy * np.cos(cache)",
        "bob": "np.cos(cache) * dy",
        "cid": "dy * np.sin(cache) ** 2",
        "eve": "dy * (cache > 0)",
        "fay": "dy * (cache > 0)",
        "gus": "dy",
        "hal": "dy",
    }.items():
        (handed / f"{name}.py").write_text(whole.format(right))
    code, _, err = cli(
        "grade", "in", "--out", "g", "--weak-sandbox", "--jobs", 1, "--seed", 5
    )
    assert code == 0, err
    summary = (tmp_path / "g" / "summary.md").read_text("utf-8")
    _, _, told = summary.partition("## The same unusual wrong numbers")
    assert told.strip().split("\n") == ["- ann and bob: dx of relu_backward"]


@pytest.mark.parametrize(
    "content, more, message",
    [
        ("", (), "names nobody"),
        ("ann\nAnn\n", (), "twice"),
        ("../ann\n", (), "is no student's name"),
        *(
            ("ann\n", ("--format", form), f"{form} releases one notebook for everyone")
            for form in ("otter", "nbgrader")
        ),
        ("ann\n", ("--format", "gradescope"), "expected the e-mail address by which"),
        (
            "ann\n",
            ("--notebook", "x.ipynb"),
            "--notebook has one notebook for everyone",
        ),
    ],
)
def test_what_is_refused(content, more, message, cli, tmp_path):
    (tmp_path / "class.txt").write_text(content)
    code, _, err = cli("assign", "02", "--out", "hw", "--variants", "class.txt", *more)
    assert code == 2 and message in err and err.count("\n") == 1
    assert not (tmp_path / "hw").exists()
